"""A build command → repeated runs of it, in a process of low priority, while no changes arrive."""

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
"""Seconds without a change before a build starts. If the last build took longer, its duration counts instead, so that builds run at most
half of the time."""
LOW_PRIORITY = 10
"""Nice value of the process."""


class BackgroundBuild:
    """Runs a build command after changes, once no further change has arrived for ``QUIET`` seconds.

    Args:
        command: the program and its arguments.
        environ: environment of the program.
        done: called from another thread after each run that was not stopped, with success and standard error.
    """

    def __init__(self, command: Sequence[str | Path], environ: Mapping[str, str], done: Callable[[bool, str], None]) -> None:
        self._command = [*map(str, command)]
        self._environ = dict(environ)
        self._done = done
        self._changed = threading.Condition()
        self._due: float | None = None
        """Monotonic time at which the next run starts; None if none is scheduled."""
        self._is_paused = False
        self._is_open = True
        self._duration = 0.0
        """Seconds that the last complete run took."""
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work, name="background build", daemon=True)

    def start(self) -> None:
        """Start the thread that runs the command."""
        self._thread.start()

    def schedule(self) -> None:
        """Schedule a run after a change; a current run is out of date and is stopped."""
        with self._changed:
            self._is_paused = False
            self._due = time.monotonic() + max(QUIET, self._duration)
            self._terminate()
            self._changed.notify_all()

    def pause(self) -> bool:
        """Stop a current run, and start none before the next ``schedule``. Returns True if a run was in progress or scheduled."""
        with self._changed:
            was_due = self._process is not None or self._due is not None
            self._due = None
            self._is_paused = True
            self._terminate()
            return was_due

    def stop(self) -> None:
        """Stop a current run and the thread, and wait for the thread."""
        with self._changed:
            self._is_open = False
            self._terminate()
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def _work(self) -> None:
        while self._wait_until_due():
            started = time.monotonic()
            process = self._start_process()
            stderr = process.communicate()[1].decode("utf-8", "replace")
            with self._changed:
                self._process = None
                is_out_of_date = not self._is_open or self._is_paused or self._due is not None
                self._duration = self._duration if is_out_of_date else time.monotonic() - started
            if not is_out_of_date:
                self._done(process.returncode == 0, stderr)

    def _start_process(self) -> subprocess.Popen[bytes]:
        with self._changed:
            self._due = None
            self._process = subprocess.Popen(
                self._command, env=self._environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                start_new_session=True,
            )  # fmt: skip
            if not self._is_open:
                self._terminate()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LOW_PRIORITY)
        return self._process

    def _wait_until_due(self) -> bool:
        """Wait; returns True when a run is due, and False after ``stop``."""
        with self._changed:
            while self._is_open:
                left = None if self._due is None else self._due - time.monotonic()
                if left is not None and left <= 0:
                    return True
                self._changed.wait(left)
        return False

    def _terminate(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGTERM)
