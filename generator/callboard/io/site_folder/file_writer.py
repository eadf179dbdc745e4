"""Contents of files → files below a staging folder, written with few system calls."""

from __future__ import annotations

import contextlib
import os
import stat

from callboard.io.store import umask
from callboard.model.errors import WebsiteError


class FileWriter:
    """Writes new files below ``root``, which ends in ``/``. It uses plain system calls: a cold build writes 40,000 files."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._folders: set[str] = set()
        self._last: tuple[bytes, str] = (b"", "")

    def write(self, path: str, content: bytes, twin: str = "") -> None:
        """Write a file; if the same object was written last, the file is a hard link to that one.

        It is one to ``twin`` if that is a file with this content, which is compared here and now, and with the rights of a new file.
        Raises ``WebsiteError`` if a file has the path of a folder, or the other way round.
        """
        target = self.root + path
        self._make_folder_of(target, path)
        if twin and _is_equal(twin, content):
            with contextlib.suppress(OSError):  # on another file system, or one without hard links
                os.link(twin, target, follow_symlinks=False)
                return
        last, name = self._last
        self._last = (content, target)
        if last is content and content:
            with contextlib.suppress(OSError):  # a file system without hard links
                os.link(name, target)
                return
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def _make_folder_of(self, target: str, path: str) -> None:
        folder = target.rpartition("/")[0]
        if folder in self._folders:
            return
        try:
            _make_folder(folder)
        except (FileExistsError, NotADirectoryError):
            raise WebsiteError(f"Two parts of the site have {path!r}, one as a file and one as a folder.") from None
        self._folders.add(folder)


def _is_equal(path: str, content: bytes) -> bool:
    """Whether a regular file has this content and the rights that a new file gets."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(descriptor)
        is_alike = stat.S_ISREG(about.st_mode) and about.st_size == len(content) and stat.S_IMODE(about.st_mode) == 0o666 & ~umask()
        return is_alike and file.read(len(content) + 1) == content


def read_file(path: str) -> bytes:
    """The content of a file. Raises ``OSError``."""
    with open(path, "rb") as file:  # noqa: PTH123 - as many calls as ``write`` has
        return file.read()


def _make_folder(folder: str) -> None:
    """Make a folder, whose parent exists in most cases."""
    try:
        os.mkdir(folder)  # noqa: PTH102
    except (FileNotFoundError, FileExistsError):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103
