"""Other programs: started with a list of arguments, never by a shell, with bounds on time and output."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PASSED_ON = (
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "SYSTEMROOT",
    "http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    "SSL_CERT_FILE", "SSL_CERT_DIR",
)  # fmt: skip
"""Variables that any program may see; everything else of the environment (tokens of a CI job …) stays here."""
CHUNK = 65_536
STDERR_LIMIT = 65_536


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended."""

    code: int
    """Exit code; negative: ended by that signal."""
    stdout: bytes
    stderr: str
    """Its talk, at most 64 KiB of it."""
    timed_out: bool = False
    """It was stopped because it took too long."""
    truncated: bool = False
    """It was stopped because it wrote more than the limit."""

    @property
    def good(self) -> bool:
        """It ended by itself, with exit code 0 and all of its output read."""
        return self.code == 0 and not self.timed_out and not self.truncated


def allowed(environ: Mapping[str, str], also: Sequence[str] = ()) -> dict[str, str]:
    """The part of the environment that a program may see, in the C locale (its messages are read by us)."""
    return {name: environ[name] for name in (*PASSED_ON, *also) if name in environ} | {"LC_ALL": "C"}


class Running:
    """A program that was started; ``finish`` waits for its end, ``stop`` ends it and its children.

    ``environ`` is all that it sees; it and its children are stopped after ``timeout`` seconds or ``limit`` bytes of output.
    With ``log`` everything that it says goes into that file, and no thread is needed: copies of this process may be made meanwhile.
    Raises ``FileNotFoundError`` where there is no such program.
    """

    def __init__(
        self, command: Sequence[str | Path], *, environ: Mapping[str, str], cwd: Path | None = None, stdin: bytes = b"",
        timeout: float = 60, limit: int = 256_000_000, log: Path | None = None,
    ) -> None:  # fmt: skip
        self._ends = time.monotonic() + timeout
        self._limit, self._log = limit, log
        self._stdout, self._stderr = bytearray(), bytearray()
        with contextlib.ExitStack() as files:
            into = files.enter_context(log.open("wb")) if log else subprocess.PIPE
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command],
                stdin=subprocess.DEVNULL if log else subprocess.PIPE, stdout=into, stderr=into,
                cwd=cwd, env=dict(environ), start_new_session=True,
            )  # fmt: skip
        self._threads = [] if log else self._watching(stdin)
        for thread in self._threads:
            thread.start()

    def _watching(self, stdin: bytes) -> list[threading.Thread]:
        process = self._process
        return [
            threading.Thread(target=_read, args=(process.stdout, self._stdout, self._limit, self.stop), daemon=True),
            threading.Thread(target=_read, args=(process.stderr, self._stderr, STDERR_LIMIT, lambda: None), daemon=True),
            threading.Thread(target=_feed, args=(process.stdin, stdin), daemon=True),
        ]

    def finish(self) -> Finished:
        """Wait for its end, and see how it ended."""
        with self._process:
            timed_out = self._has_timed_out()
            # A grandchild may hold the pipes open after its parent has ended: stop the whole session, then the readers end.
            self.stop()
            code = self._process.wait()
            for thread in self._threads:
                thread.join(timeout=5)
        if self._log:
            self._stderr += _end_of(self._log)
        said = bytes(self._stderr[:STDERR_LIMIT]).decode("utf-8", "replace")
        return Finished(code, bytes(self._stdout[: self._limit]), said, timed_out, len(self._stdout) > self._limit)

    def stop(self) -> None:
        """End it and its children at once."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _has_timed_out(self) -> bool:
        try:
            self._process.wait(max(0, self._ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            return True
        except BaseException:  # Ctrl-C: the child is in a session of its own and would live on
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
) -> Finished:
    """Run a program to its end, with the bounds of ``Running``."""
    return Running(command, environ=environ, cwd=cwd, stdin=stdin, timeout=timeout, limit=limit).finish()


def _end_of(log: Path) -> bytes:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - STDERR_LIMIT))
        return file.read(STDERR_LIMIT)


def _read(pipe: IO[bytes], into: bytearray, limit: int, at_limit: Callable[[], None]) -> None:
    """Read to the end; what is beyond the limit is thrown away, but for one byte that tells of it."""
    while chunk := os.read(pipe.fileno(), CHUNK):
        if len(into) <= limit:
            into.extend(chunk[: limit + 1 - len(into)])
        if len(into) > limit:
            at_limit()


def _feed(pipe: IO[bytes], data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(data)
