"""Commands (lists of arguments, never a shell) → exit code and output of other programs, bounded in time and output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from callboard.model.data_classes import dataclass

PASSED_ON = (
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SYSTEMROOT",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""Variables that any program may see; the rest of the environment (tokens of a CI job …) is not passed on."""
CHUNK = 65_536
STDERR_LIMIT = 65_536
_started: weakref.WeakSet[subprocess.Popen[bytes]] = weakref.WeakSet()
"""Programs of this process, for ``stop_all``."""


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended."""

    code: int
    """Exit code; negative: ended by that signal."""
    stdout: bytes
    stderr: str
    """Its standard error, at most 64 KiB of it."""
    timed_out: bool = False
    """True if it was stopped because it took too long."""
    truncated: bool = False
    """True if it was stopped because it wrote more than the limit."""

    @property
    def good(self) -> bool:
        """Whether it ended by itself, with exit code 0 and all of its output read."""
        return self.code == 0 and not self.timed_out and not self.truncated


def allowed(environ: Mapping[str, str], extra: Sequence[str] = ()) -> dict[str, str]:
    """The part of the environment that a program may see, in the C locale, since its messages are matched."""
    return {name: environ[name] for name in (*PASSED_ON, *extra) if name in environ} | {"LC_ALL": "C"}


class Running:
    """A program that was started; ``finish`` waits for its end, ``stop`` ends it and its children.

    ``environ`` is its complete environment; it and its children are stopped after ``timeout`` seconds or ``limit`` bytes of output.
    With ``log`` all of its output goes into that file, and no thread is needed, so that this process may be forked meanwhile.
    ``largest_file`` is the size in bytes of a file that it and its children may write (0: any), where the system can bound that (Linux).
    Raises ``FileNotFoundError`` where there is no such program.
    """

    def __init__(
        self, command: Sequence[str | Path], *, environ: Mapping[str, str], cwd: Path | None = None, stdin: bytes = b"",
        timeout: float = 60, limit: int = 256_000_000, log: Path | None = None, largest_file: int = 0,
    ) -> None:  # fmt: skip
        self._deadline = time.monotonic() + timeout
        self._limit, self._log = limit, log
        self._stdout, self._stderr = bytearray(), bytearray()
        with contextlib.ExitStack() as files:
            output = files.enter_context(log.open("wb")) if log else subprocess.PIPE
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=subprocess.DEVNULL if log else subprocess.PIPE, stdout=output, stderr=output,
                cwd=cwd, env=dict(environ), start_new_session=True,
            )  # fmt: skip
        _started.add(self._process)
        if largest_file:
            _bound_files(self._process.pid, largest_file)
        self._threads = [] if log else self._reader_threads(stdin)
        for thread in self._threads:
            thread.start()

    def _reader_threads(self, stdin: bytes) -> list[threading.Thread]:
        process = self._process
        return [
            threading.Thread(target=_read, args=(process.stdout, self._stdout, self._limit, self.stop), daemon=True),
            threading.Thread(target=_read, args=(process.stderr, self._stderr, STDERR_LIMIT, lambda: None), daemon=True),
            threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
        ]

    def finish(self) -> Finished:
        """Wait for its end, or stop it when the time is up; how it ended."""
        with self._process:
            timed_out = self._has_timed_out()
            # A grandchild may hold the pipes open after its parent has ended: stop the whole session, then the readers end.
            self.stop()
            code = self._process.wait()
            for thread in self._threads:
                thread.join(timeout=5)
        if self._log:
            self._stderr += _end_of(self._log)
        stderr = bytes(self._stderr[:STDERR_LIMIT]).decode("utf-8", "replace")
        return Finished(code, bytes(self._stdout[: self._limit]), stderr, timed_out, len(self._stdout) > self._limit)

    def stop(self) -> None:
        """End it and its children at once."""
        _kill(self._process)

    def _has_timed_out(self) -> bool:
        try:
            self._process.wait(max(0, self._deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return True
        except BaseException:  # Ctrl-C: the child is in a session of its own and would go on
            self.stop()
            raise
        return False


def run(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bytes = b"",
    timeout: float = 60,
    limit: int = 256_000_000,
    largest_file: int = 0,
) -> Finished:
    """Run a program to its end, with the bounds of ``Running``."""
    return Running(
        command, environ=environ, cwd=cwd, stdin=stdin, timeout=timeout, limit=limit, largest_file=largest_file
    ).finish()  # fmt: skip


def stop_all() -> None:
    """End all programs that this process started, before it ends itself while threads wait for them."""
    for process in list(_started):
        if process.poll() is None:
            _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program with all programs that it started; on a system without process groups (Windows), the program alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _bound_files(pid: int, size: int) -> None:
    """Bound the files that a program writes; the kernel ends one that writes more. Its children have the same bound."""
    if sys.platform == "linux":
        import resource  # noqa: PLC0415 - not on Windows

        with contextlib.suppress(OSError, ValueError):  # it has ended
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, size))


def _end_of(log: Path) -> bytes:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - STDERR_LIMIT))
        return file.read(STDERR_LIMIT)


def _read(pipe: IO[bytes], into: bytearray, limit: int, at_limit: Callable[[], None]) -> None:
    """Read to the end; what exceeds the limit is dropped, but for one byte that shows that there was more."""
    while chunk := os.read(pipe.fileno(), CHUNK):
        if len(into) <= limit:
            into.extend(chunk[: limit + 1 - len(into)])
        if len(into) > limit:
            at_limit()


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)
