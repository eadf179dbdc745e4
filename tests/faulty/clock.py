"""A clock on which waiting takes no time."""

import threading
import time

MIDNIGHT = 1_700_000_000
"""Seconds since 1970 (in the past, so that no cached file is old) at which every ``PatientClock`` starts."""


class PatientClock:
    """Stands still but for what was slept; remembers the sleeps. ``monotonic`` runs as well, as deadlines of tries do."""

    def __init__(self):
        self.slept = []
        self._lock = threading.Lock()

    def monotonic(self):
        return time.monotonic() + sum(self.slept)

    def time(self):
        return MIDNIGHT + sum(self.slept)

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(seconds)

    def jitter(self):
        return 0.5
