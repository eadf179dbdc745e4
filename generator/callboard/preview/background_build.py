"""The whole build beside a preview: a process of its own, of low priority, that never works while something changes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

QUIET = 3.0
"""Seconds without a change before it begins; at least as long as it took the last time, so that it takes half of the time at most."""
LOW_PRIORITY = 10


class WholeBuild:
    """Runs a command again after changes, when it has been quiet for a while.

    Args:
        command: the program and its arguments.
        environ: for the program.
        done: told of each end: whether it went well, and what it said.
    """

    def __init__(self, command: Sequence[str | Path], environ: Mapping[str, str], done: Callable[[bool, str], None]) -> None:
        self._command = [*map(str, command)]
        self._environ = dict(environ)
        self._done = done
        self._changed = threading.Condition()
        self._wanted_at: float | None = None
        self._is_paused = False
        self._open = True
        self._took = 0.0
        self._running: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work, name="whole build", daemon=True)

    def start(self) -> None:
        """Begin, in a thread of its own."""
        self._thread.start()

    def wish(self) -> None:
        """Something is other: what runs now is for nothing, and has to be done again."""
        with self._changed:
            self._is_paused = False
            self._wanted_at = time.monotonic() + max(QUIET, self._took)
            self._end()
            self._changed.notify_all()

    def pause(self) -> bool:
        """End what runs, and begin nothing before the next wish; True if there was something to be done."""
        with self._changed:
            is_owed = self._running is not None or self._wanted_at is not None
            self._wanted_at = None
            self._is_paused = True
            self._end()
            return is_owed

    def stop(self) -> None:
        """End it, and wait for that."""
        with self._changed:
            self._open = False
            self._end()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while self._waited():
            began = time.monotonic()
            running = self._begin()
            said = running.communicate()[1].decode("utf-8", "replace")
            with self._changed:
                self._running = None
                is_for_nothing = not self._open or self._is_paused or self._wanted_at is not None
                self._took = self._took if is_for_nothing else time.monotonic() - began
            if not is_for_nothing:
                self._done(running.returncode == 0, said)

    def _begin(self) -> subprocess.Popen[bytes]:
        with self._changed:
            self._wanted_at = None
            self._running = subprocess.Popen(
                self._command, env=self._environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                start_new_session=True,
            )  # fmt: skip
            if not self._open:
                self._end()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._running.pid, LOW_PRIORITY)
        return self._running

    def _waited(self) -> bool:
        """True when it is time; False when all is over."""
        with self._changed:
            while self._open:
                left = None if self._wanted_at is None else self._wanted_at - time.monotonic()
                if left is not None and left <= 0:
                    return True
                self._changed.wait(left)
        return False

    def _end(self) -> None:
        if self._running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running.pid, signal.SIGTERM)
