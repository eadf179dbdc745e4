"""A failed attempt of a request → whether and when it is repeated."""

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
    """Repeats requests that failed for a passing reason, with exponential backoff."""

    def __init__(self, limits: ClientLimits, clock: Clock, traffic: Traffic) -> None:
        self._limits = limits
        self._clock = clock
        self._traffic = traffic
        self._lock = threading.Lock()
        self._consecutive_failures = 0

    def run(self, attempt: Callable[[], Result], *, only_limited: bool = False) -> Result:
        """The result of ``attempt``, repeated where that may help; ``only_limited``: only after a refusal by a rate limit.

        Raises the last ``HttpError``.
        """
        started = self._clock.monotonic()
        required_wait = 0.0
        for number in count(1):
            try:
                result = attempt()
            except HttpError as error:
                pause = self._pause(number)
                spent = self._clock.monotonic() - started - required_wait + pause
                may_help = error.kind == "rate-limited" if only_limited else error.is_passing
                if not may_help or self._is_over(error, number, spent):
                    self._record(error)
                    raise
                required_wait += error.wait or 0.0
                self._clock.sleep(pause)
                self._traffic.add(retries=1)
            else:
                self._record(None)
                return result
        raise AssertionError

    def _is_over(self, error: HttpError, number: int, spent: float) -> bool:
        """The rate limiter does the waiting that the host requires, and refuses a wait that is too long."""
        host_is_down = self._consecutive_failures >= self._limits.failures_in_a_row
        too_long = error.wait is not None and error.wait > self._limits.waiting_seconds
        return number >= self._limits.tries or host_is_down or too_long or (not error.wait and spent > self._limits.trying_seconds)

    def _pause(self, number: int) -> float:
        """Seconds before the next attempt: twice as long each time, half of it random."""
        longest: float = min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** (number - 1))
        return longest / 2 + longest / 2 * self._clock.jitter()

    def _record(self, error: HttpError | None) -> None:
        with self._lock:
            self._consecutive_failures = self._consecutive_failures + 1 if error and error.is_passing else 0
