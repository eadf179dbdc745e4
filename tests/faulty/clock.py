"""A clock on which waiting takes no time."""

import threading
import time


class PatientClock:
    """Real time plus all that was slept; remembers the sleeps."""

    def __init__(self):
        self.slept = []
        self._lock = threading.Lock()

    def monotonic(self):
        return time.monotonic() + sum(self.slept)

    def time(self):
        return time.time() + sum(self.slept)

    def sleep(self, seconds):
        with self._lock:
            self.slept.append(seconds)

    def jitter(self):
        return 0.5
