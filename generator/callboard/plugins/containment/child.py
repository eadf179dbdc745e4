"""The program of a plugin's process: requests on one pipe → replies on another, until Callboard closes them."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading

from callboard.io.worker_messages import ANSWER, HEADER, QUESTION, THIS_PROCESS
from callboard.plugins.containment.errors import raised_error
from callboard.plugins.containment.messages import Reply, Request, decode, encode
from callboard.plugins.containment.plugin_host import PluginHost


class _Connection:
    """Messages on the two pipes. A copy of the process that the plugin forks must not send any."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers = requests, answers
        self._owner = os.getpid()
        self._number = 0

    def receive(self) -> bytes:
        _, self._number, size = HEADER.unpack(self._read(HEADER.size))
        return self._read(size)

    def send(self, kind: int, content: bytes) -> None:
        if os.getpid() != self._owner:
            os._exit(0)
        left = memoryview(HEADER.pack(kind, self._number, len(content)) + content)
        while left:
            left = left[os.write(self._answers, left) :]

    def ask(self, content: bytes) -> bytes:
        """What Callboard answers to a question, while it waits for the answer to its request."""
        self.send(QUESTION, content)
        return self.receive()

    def _read(self, size: int) -> bytes:
        content = bytearray()
        while len(content) < size:
            chunk = os.read(self._requests, size - len(content))
            if not chunk:
                os._exit(0)
            content += chunk
        return bytes(content)


def main(requests: int, answers: int, lifeline: int) -> None:
    """Serve requests; never returns."""
    THIS_PROCESS.is_worker = True
    threading.Thread(target=_end_with_parent, args=(lifeline,), daemon=True).start()
    connection = _Connection(requests, answers)
    host = PluginHost(connection.ask)
    try:
        while True:
            content = connection.receive()
            connection.send(ANSWER, _reply(host, content))
    except OSError:  # the plugin closed descriptors that it did not open
        os._exit(1)


def _reply(host: PluginHost, content: bytes) -> bytes:
    """The reply to a request: a result, or whatever was raised, of any class."""
    try:
        reply = host.reply(decode(content, Request))
    except BaseException as error:  # noqa: BLE001 - SystemExit and KeyboardInterrupt of a plugin are failures like any other
        reply = Reply(error=raised_error(error))
    for flush in (sys.stdout.flush, sys.stderr.flush):
        with contextlib.suppress(Exception):  # the plugin may have closed or replaced it
            flush()
    return encode(reply)


def _end_with_parent(lifeline: int) -> None:
    """Kill this process and its group when Callboard ends, also when that is killed: an orphan would go on for ever."""
    with contextlib.suppress(OSError):  # the plugin closed it
        os.read(lifeline, 1)
        os.killpg(os.getpgrp(), signal.SIGKILL)
