"""Other programs: started with a list of arguments, never by a shell, with bounds on time and output."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
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
        _kill(self._process)

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


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program with all programs that it started; on a system without process groups (Windows), the program alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


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


TALK_LIMIT = 65_536
"""Bytes that are told of what it said on its standard error."""
_PIECE = 1 << 20
_LOOK = 0.005
"""Seconds between two looks for an answer."""


class ProgramError(Exception):
    """The program has ended, or does not answer; the message says how and what it said."""


class ServiceProcess:
    """A program that was started; questions and answers end with one byte that stands in none of them.

    Its answers go to a file without a name, so that neither ever waits for the other to read, and no thread is needed: copies of
    this process may be made meanwhile.

    Args:
        command: never by a shell.
        environ: all that it sees.
        end: the byte.
        timeout: seconds that it may live.
        limit: bytes that it may answer.

    Raises:
        OSError: there is no such program, or it may not be run.
    """

    def __init__(
        self, command: Sequence[str | Path], *, environ: Mapping[str, str], end: bytes, timeout: float = 60, limit: int = 4_000_000_000
    ) -> None:  # fmt: skip
        self._end, self._limit, self._ends = end, limit, time.monotonic() + timeout
        self._heard = bytearray()
        self._searched = self._read = 0
        with contextlib.ExitStack() as opened:
            self._answers: IO[bytes] = opened.enter_context(tempfile.TemporaryFile())
            self._talk: IO[bytes] = opened.enter_context(tempfile.TemporaryFile())
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command], stdin=subprocess.PIPE, stdout=self._answers, stderr=self._talk,
                env=dict(environ), start_new_session=True,
            )  # fmt: skip
            self._files = opened.pop_all()
        assert self._process.stdin is not None  # noqa: S101 - a pipe was asked for
        self._ear = self._process.stdin.fileno()
        os.set_blocking(self._ear, False)
        self._room = select.poll()
        self._room.register(self._ear, select.POLLOUT)

    def say(self, question: bytes) -> None:
        """Give it a question. Raises ``ProgramError``."""
        left = memoryview(question + self._end)
        while left:
            try:
                left = left[os.write(self._ear, left) :]
            except BlockingIOError:
                self._room.poll(max(0, self._ends - time.monotonic()) * 1000)
                self._insist_on_time()
            except BrokenPipeError:
                raise self._ended() from None

    def answer(self) -> bytearray:
        """Its next answer. Raises ``ProgramError``."""
        while (end := self._heard.find(self._end, self._searched)) < 0:
            self._searched = len(self._heard)
            self._heard += self._listen()
        self._searched = 0
        if end + 1 == len(self._heard):  # it may be large: it is not copied
            answer, self._heard = self._heard, bytearray()
            del answer[end:]
            return answer
        answer = self._heard[:end]
        del self._heard[: end + 1]
        return answer

    def stop(self) -> None:
        """End it and its children at once. To be called in any case; may be called twice."""
        if not self._process.stdin or self._process.stdin.closed:
            return
        _kill(self._process)
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._files.close()

    def _listen(self) -> bytes:
        """Something that it says, as soon as it does."""
        while True:
            has_ended = self._process.poll() is not None
            size = os.fstat(self._answers.fileno()).st_size
            if size > self._limit:
                raise ProgramError(f"it answered more than {self._limit:,} bytes")
            if size > self._read:
                news = os.pread(self._answers.fileno(), min(size - self._read, _PIECE), self._read)
                self._read += len(news)
                return news
            if has_ended:
                raise self._ended()
            self._insist_on_time()
            time.sleep(_LOOK)

    def _insist_on_time(self) -> None:
        if time.monotonic() > self._ends:
            raise ProgramError("it took too long")

    def _ended(self) -> ProgramError:
        code = self._process.wait()
        size = os.fstat(self._talk.fileno()).st_size
        said = os.pread(self._talk.fileno(), TALK_LIMIT, max(0, size - TALK_LIMIT)).decode("utf-8", "replace").strip()
        return ProgramError(f"exit code {code}: {said}")
