"""The folder ``.callboard/`` next to ``sources.yaml`` → paths of state, blobs and caches; its lock; atomic writes of files."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import math
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError, LockedError

FOLDER = ".callboard"
IGNORE_ALL = "# Made by Callboard. Keep state/ and blobs/ between builds; cache/ may be deleted at any time.\n*\n"

_POLL = 0.1
"""Seconds between two attempts to get a lock."""


def _ignore(message: str) -> None:
    """Announce nothing."""


@dataclass(frozen=True, slots=True)
class LockWait:
    """How long a command waits for the lock of a portal that another command holds."""

    seconds: float = 0.0
    announce: Callable[[str], None] = _ignore
    """Called once, with the holder, before the command waits."""


NO_WAIT = LockWait()


@dataclass(frozen=True, slots=True)
class Store:
    """The folder of one portal."""

    folder: Path

    @classmethod
    def beside(cls, root: Path) -> Store:
        """The store of the portal whose ``sources.yaml`` is in ``root``; creates nothing."""
        return cls(root / FOLDER)

    @property
    def state(self) -> Path:
        """Folder of sorted JSON lines that are kept between builds."""
        return self.folder / "state"

    @property
    def blobs(self) -> Path:
        """Folder of contents by SHA-256, which the state refers to."""
        return self.folder / "blobs"

    @property
    def cache(self) -> Path:
        """Folder of data that may be deleted at any time."""
        return self.folder / "cache"

    def make(self) -> None:
        """Create the folders, with a ``.gitignore`` for all of them; an existing one stays as it is."""
        for part in (self.state, self.blobs, self.cache):
            part.mkdir(parents=True, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write_atomically(ignore, IGNORE_ALL.encode())

    def blob(self, digest: str) -> bytes | None:
        """The content with that digest, or None where it is missing or damaged."""
        if len(digest) != hashlib.sha256().digest_size * 2 or not digest.isalnum():
            return None
        try:
            content = self.blob_file(digest).read_bytes()
        except FileNotFoundError:
            return None
        return content if hashlib.sha256(content).hexdigest() == digest else None

    @contextlib.contextmanager
    def lock(self, wait: LockWait = NO_WAIT, command: str = "build") -> Iterator[None]:
        """Hold the lock of this portal for a run of ``callboard <command>``. Raises ``LockedError`` if another run holds it for too long.

        The kernel releases the lock when its holder ends in any way, so that a stale file never blocks a build.
        """
        self.make()
        with _held(self.folder / "lock", wait, command):
            yield

    def blob_file(self, digest: str) -> Path:
        """Where the content with that digest is, if there is one."""
        return self.blobs / digest[:2] / digest


@contextlib.contextmanager
def file_lock(path: Path, *, wait: bool) -> Iterator[None]:
    """Hold ``path`` as a lock, waiting for it or raising ``LockedError``; also between threads of one process.

    Raises ``CallboardError`` on a system without POSIX file locks.
    """
    with _held(path, LockWait(math.inf if wait else 0), "build"):
        yield


@contextlib.contextmanager
def _held(path: Path, wait: LockWait, command: str) -> Iterator[None]:
    """``file_lock`` with a limited time to wait; ``command`` is what a run that waits for the lock names as its holder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _acquire(descriptor, path.parent, wait)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {command}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, folder: Path, wait: LockWait) -> None:
    """Lock the file, trying again until the time is over. Raises ``LockedError`` with the holder then."""
    try:
        import fcntl  # noqa: PLC0415 - Windows has none, and commands that need no build run there
    except ImportError:
        raise CallboardError(
            "this command needs a POSIX system (Linux, macOS), which has file locks", "Elsewhere, use lint, explain and diff."
        ) from None
    deadline, is_announced = time.monotonic() + wait.seconds, False
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait.seconds == math.inf else fcntl.LOCK_NB))
        except BlockingIOError:
            holder, hint = _holder(os.pread(descriptor, 64, 0).decode("ascii", "replace").split())
        else:
            return
        if time.monotonic() >= deadline:
            raise LockedError(f"{holder} is using {folder}", hint)
        if not is_announced:
            wait.announce(f"{holder} is using {folder}; waiting for up to {wait.seconds:.0f} s.")
            is_announced = True
        time.sleep(_POLL)


def _holder(words: list[str]) -> tuple[str, str]:
    """Who holds the lock, by the words of its file, and what to do about it."""
    number, command = f" (process {words[0]})" if words else "", words[1] if len(words) > 1 else "build"
    if command == "serve":
        return f"the preview's background build{number}", "Wait until it ends, or stop `callboard serve` with Ctrl-C."
    return f"another run of `callboard {command}`{number}", "Wait until it ends, or stop it."


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that a reader, also after a crash, sees either the old content or the new one.

    The new file gets the default permissions of new files.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            if hasattr(os, "fchmod"):  # POSIX; elsewhere a new file has the rights of its folder
                os.fchmod(file.fileno(), 0o666 & ~umask())
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            Path(temporary).unlink()
        raise
    sync_folder(path.parent)


def flush(folder: Path) -> None:
    """Flush the file system of a folder to the disk: one call costs far less than one for each file."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        syncfs = getattr(ctypes.CDLL(None), "syncfs", None)  # Linux
        if syncfs is None or syncfs(descriptor):
            os.sync()
    finally:
        os.close(descriptor)


def umask() -> int:
    """The process's umask, read without changing it: another thread may be creating a file at the same time."""
    with contextlib.suppress(OSError, ValueError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("Umask:"):
                return int(line.split()[1], 8)
    return 0o022


def sync_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk: after that a power failure does not undo a rename. Does nothing on Windows."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
