"""Requests (bytes) → the answers of a child process that stays alive, each bounded in time and size.

The child may print, hang, fork or end as it likes: answers travel over pipes of their own, so that what it prints falsifies none, and its
whole process group is killed when it is late or no longer needed. It ends itself when this process ends, however that happens.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.util
import os
import select
import signal
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import NamedTuple

from callboard.io.worker_messages import ANSWER, HEADER, QUESTION, REQUEST
from callboard.model.data_classes import dataclass

OUTPUT_LIMIT = 65_536
"""Bytes of what the child printed that are kept, from the end."""
_CHUNK = 1 << 16
_POLL_SECONDS = 0.1
"""Between two checks whether the child has ended: a process that it started may hold its pipes open."""
_EXIT_SECONDS = 2.0
"""Between the end of a connection and the exit of its process, which takes long on a busy machine."""
_running: weakref.WeakSet[WorkerProcess] = weakref.WeakSet()


class WorkerError(Exception):
    """The child ended, was late, or answered too much. The message is a clause whose subject is the child: ``ended with exit code 1``."""


@dataclass(frozen=True, slots=True)
class _Pipes:
    """The parent's ends of the pipes."""

    requests: int
    answers: int
    output: int
    lifeline: int
    """Nothing is ever written to it: the child sees the end of it when the last process that has this end is gone."""
    turns: int
    """An unnamed file, whose lock is held during a request."""

    def close(self) -> None:
        for descriptor in (self.requests, self.answers, self.output, self.lifeline, self.turns):
            with contextlib.suppress(OSError):
                os.close(descriptor)


class _Deadline(NamedTuple):
    """When an answer must be there, and how long that was from the request."""

    at: float
    seconds: float


class WorkerProcess:
    """A child process that answers requests. Safe between threads, and in processes that are forked from the one that started it.

    Args:
        command: makes the command from the numbers of three descriptors that the child inherits: requests, answers, lifeline.
        environ: its complete environment.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, command: Callable[[int, int, int], Sequence[str | Path]], *, environ: Mapping[str, str]) -> None:
        _check_system()
        self._owner = os.getpid()
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._printed = bytearray()
        self._failure = ""
        (their_requests, requests), (answers, their_answers), (output, their_output), (their_lifeline, lifeline) = (
            os.pipe() for _ in range(4)
        )
        inherited = (their_requests, their_answers, their_lifeline)
        with tempfile.TemporaryFile() as turns:
            self._pipes = _Pipes(requests, answers, output, lifeline, os.dup(turns.fileno()))
        try:
            self._process = subprocess.Popen(
                [os.fspath(part) for part in command(*inherited)],
                stdin=subprocess.DEVNULL, stdout=their_output, stderr=their_output, env=dict(environ), pass_fds=inherited,
                start_new_session=True,
            )  # fmt: skip
        except BaseException:
            self._pipes.close()
            raise
        finally:
            for descriptor in (*inherited, their_output):
                os.close(descriptor)
        for descriptor in (requests, answers, output):
            os.set_blocking(descriptor, False)
        self._end = weakref.finalize(self, _end, self._process, self._pipes, self._owner)
        _running.add(self)

    @property
    def is_running(self) -> bool:
        """False once it has failed or was stopped."""
        return self._end.alive and not self._failure

    def take_output(self) -> str:
        """The end of what it printed since the last call, to standard output and standard error."""
        if self._end.alive:
            self._drain()
        text = bytes(self._printed).decode("utf-8", "replace")
        self._printed.clear()
        return text

    def exchange(self, request: bytes, *, timeout: float, limit: int, respond: Callable[[bytes], bytes]) -> bytes:
        """The answer to a request; ``respond`` answers what the child asks meanwhile.

        ``timeout``: seconds. ``limit``: bytes of the answer. After a failure the child is killed, and all later requests fail alike.

        Raises:
            WorkerError: it ended, was late, or answered too much.
        """
        with self._turn():
            if not self.is_running:
                raise WorkerError(self._failure or "was stopped")
            try:
                return self._exchange(request, timeout, limit, respond)
            except WorkerError as error:
                self._failure = str(error)
                self._kill()
                raise
            except BaseException:  # Ctrl-C: the answer is never read, and the child is in a session of its own and would go on
                self._failure = "was interrupted"
                self._kill()
                raise

    def stop(self) -> None:
        """End it, with everything that it started. May be called twice."""
        if os.getpid() != self._owner:
            return
        with self._lock:  # not while another thread waits for an answer
            if self._end.alive:
                self._drain()
                self._end()

    def _exchange(self, request: bytes, timeout: float, limit: int, respond: Callable[[bytes], bytes]) -> bytes:
        deadline = _Deadline(time.monotonic() + timeout, timeout)
        number = os.getpid() << 32 | next(self._numbers)  # unique among forked processes
        self._send(number, request, deadline)
        while True:
            kind, of, content = self._receive(deadline, limit)
            if of != number:
                continue  # the answer to a process that ended before it read it
            if kind == ANSWER:
                return content
            self._send(number, respond(content), deadline)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """One request at a time, among threads and among forked processes."""
        with self._lock:
            if not self._end.alive:
                yield
                return
            import fcntl  # noqa: PLC0415 - Windows has none, and commands that need no plugin run there

            fcntl.lockf(self._pipes.turns, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._pipes.turns, fcntl.LOCK_UN)

    def _send(self, number: int, content: bytes, deadline: _Deadline) -> None:
        left = memoryview(HEADER.pack(REQUEST, number, len(content)) + content)
        while left:
            try:
                left = left[os.write(self._pipes.requests, left) :]
            except BlockingIOError:
                self._wait(self._pipes.requests, select.POLLOUT, deadline)
            except BrokenPipeError:
                raise self._ended() from None

    def _receive(self, deadline: _Deadline, limit: int) -> tuple[int, int, bytes]:
        kind, number, size = HEADER.unpack(self._bytes(HEADER.size, deadline))
        if size > limit:
            raise WorkerError(f"answered with {size:,} bytes, and at most {limit:,} are accepted")
        if kind not in {ANSWER, QUESTION}:
            raise WorkerError("sent something that is no answer")
        return kind, number, self._bytes(size, deadline)

    def _bytes(self, size: int, deadline: _Deadline) -> bytes:
        content = bytearray()
        while len(content) < size:
            try:
                chunk = os.read(self._pipes.answers, min(size - len(content), _CHUNK))
            except BlockingIOError:
                self._wait(self._pipes.answers, select.POLLIN, deadline)
                continue
            if not chunk:
                raise self._ended()
            content += chunk
        return bytes(content)

    def _wait(self, descriptor: int, event: int, deadline: _Deadline) -> None:
        """Wait until the descriptor is ready, while the child prints. Raises ``WorkerError`` when it has ended or is late."""
        poll = select.poll()
        poll.register(descriptor, event)
        poll.register(self._pipes.output, select.POLLIN)
        seconds = min(_POLL_SECONDS, deadline.at - time.monotonic())
        ready = dict(poll.poll(max(0.0, seconds) * 1000))
        if ready.get(self._pipes.output, 0) & select.POLLHUP:  # it closed its output: without a wait, this would be a busy loop
            time.sleep(0.001)
        self._drain()
        if descriptor in ready:
            return
        if os.getpid() == self._owner and self._process.poll() is not None:
            raise self._ended()
        if time.monotonic() >= deadline.at:
            raise WorkerError(f"did not answer within {deadline.seconds:g} seconds")

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            while chunk := os.read(self._pipes.output, _CHUNK):
                self._printed += chunk
                del self._printed[:-OUTPUT_LIMIT]

    def _ended(self) -> WorkerError:
        if os.getpid() != self._owner:
            return WorkerError("ended")
        try:
            code = self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            return WorkerError("closed its connection to Callboard")
        self._drain()
        return WorkerError(f"was ended by the signal {_signal_name(-code)}" if code < 0 else f"ended with exit code {code}")

    def _kill(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def stop_all() -> None:
    """End every child of this process: an interrupted command waits for none of them."""
    for process in tuple(_running):
        process._kill()  # noqa: SLF001 - not ``stop``: another thread may wait for an answer, and notices the end


def _check_system() -> None:
    """Raises ``OSError`` on a system on which no child can be contained."""
    if os.name != "posix" or importlib.util.find_spec("fcntl") is None:
        raise OSError(errno.ENOTSUP, "it needs a POSIX system, such as Linux or macOS")


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _end(process: subprocess.Popen[bytes], pipes: _Pipes, owner: int) -> None:
    """Kill the child and its process group, unless this is a forked copy of the process that started it."""
    if os.getpid() != owner:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    pipes.close()
    process.wait()
