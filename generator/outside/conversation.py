"""A program that is asked on its standard input and answers on its standard output, as long as it is needed."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

TALK_LIMIT = 65_536
"""Bytes that are told of what it said on its standard error."""
_PIECE = 1 << 20
_LOOK = 0.005
"""Seconds between two looks for an answer."""


class ProgramError(Exception):
    """The program has ended, or does not answer; the message says how and what it said."""


class Conversation:
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
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
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
