"""Inside of a ``WorkerProcess``: requests on one pipe → answers on another, until Callboard closes them."""

from __future__ import annotations

import contextlib
import os
import signal
import threading

from callboard.io.worker_messages import ANSWER, HEADER, QUESTION, THIS_PROCESS


class ParentConnection:
    """Messages on the two pipes. A copy of the process that its code forks must not send any."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = requests, answers
        self._owner = os.getpid()
        self._number = 0

    def receive(self) -> bytes:
        """The next request."""
        _, self._number, size = HEADER.unpack(self._read(HEADER.size))
        return self._read(size)

    def send(self, content: bytes, kind: int = ANSWER) -> None:
        """Send a message about the last request."""
        if os.getpid() != self._owner:
            os._exit(0)
        left = memoryview(HEADER.pack(kind, self._number, len(content)) + content)
        while left:
            left = left[os.write(self._answers, left) :]

    def ask(self, content: bytes) -> bytes:
        """What Callboard answers to a question, while it waits for the answer to its request."""
        self.send(content, QUESTION)
        return self.receive()

    def _read(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size:
            chunk = os.read(self._requests, size - len(content))
            if not chunk:
                os._exit(0)
            content += chunk
        return bytes(content)


def start_worker(requests: int, answers: int, lifeline: int) -> ParentConnection:
    """Mark this process as a worker, which ends when Callboard ends."""
    THIS_PROCESS.is_worker = True
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    return ParentConnection(requests, answers)


def _end_with_parent(lifeline: int) -> None:
    """Kill this process and its group when Callboard ends, also when that is killed: an orphan would go on for ever."""
    with contextlib.suppress(OSError):  # its code closed it
        os.read(lifeline, 1)
        os.killpg(os.getpgrp(), signal.SIGKILL)
