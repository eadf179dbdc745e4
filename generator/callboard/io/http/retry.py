"""When a request is sent again, and the clock by which a client waits."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits, Clock, Traffic

FIRST_SECONDS = 0.5
LONGEST_SECONDS = 30.0

Result = TypeVar("Result")


class RetryPolicy:
    """How long a client goes on with a host in trouble."""

    def __init__(self, limits: ClientLimits, clock: Clock, traffic: Traffic) -> None:
        self._limits = limits
        self._clock = clock
        self._traffic = traffic
        self._lock = threading.Lock()
        self._in_a_row = 0

    def tried(self, ask: Callable[[], Result]) -> Result:
        """What ``ask`` gives, asked again where that may help. Raises the last ``HttpError``."""
        started = self._clock.monotonic()
        asked_to_wait = 0.0
        for number in count(1):
            try:
                result = ask()
            except HttpError as error:
                pause = self._pause(number)
                spent = self._clock.monotonic() - started - asked_to_wait + pause
                if not error.is_passing or self._is_over(error, number, spent):
                    self._came_to(error)
                    raise
                asked_to_wait += error.wait or 0.0
                self._clock.sleep(pause)
                self._traffic.add(retries=1)
            else:
                self._came_to(None)
                return result
        raise AssertionError

    def _is_over(self, error: HttpError, number: int, spent: float) -> bool:
        """The gate does the waiting that the host asked for, and refuses what is too long."""
        given_up = self._in_a_row >= self._limits.failures_in_a_row
        too_long = error.wait is not None and error.wait > self._limits.waiting_seconds
        return number >= self._limits.tries or given_up or too_long or (not error.wait and spent > self._limits.trying_seconds)

    def _pause(self, number: int) -> float:
        """Twice as long each time, half of it by chance."""
        longest: float = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (number - 1))
        return longest / 2 + longest / 2 * self._clock.jitter()

    def _came_to(self, error: HttpError | None) -> None:
        with self._lock:
            self._in_a_row = self._in_a_row + 1 if error and error.is_passing else 0
