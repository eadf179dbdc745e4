"""How fast a host may be asked: what its headers say, and how many requests are on the way at once."""

from __future__ import annotations

import contextlib
import math
import re
import threading
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime

from generator.outside.http.errors import HttpError
from generator.outside.http.limits import Limits
from generator.outside.http.traffic import Traffic
from generator.outside.http.waiting import Clock

REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "x-sentry-rate-limit-remaining")
RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "x-sentry-rate-limit-reset")
SEPARATORS = re.compile("[,;]")
FIRST_MOMENT = 1_000_000_000
"""A larger number is a moment (seconds since 1970), a smaller one a time to wait: vendors use both under the same name."""


class Pace:
    """The gate that every request of a client goes through."""

    def __init__(self, limits: Limits, clock: Clock, traffic: Traffic) -> None:
        self._limits = limits
        self._clock = clock
        self._traffic = traffic
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(max(1, limits.at_once))
        self._open_at = 0.0
        self._waited = 0.0
        self._paid_until = 0.0

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the next request may be sent, and hold a place while it is on the way. Raises ``HttpError`` (``rate-limited``)."""
        with self._places:
            while (seconds := self._until_open()) > 0:
                self._clock.sleep(seconds)
            yield

    def heed(self, headers: Mapping[str, str]) -> None:
        """Close the gate until the allowance is renewed, where the host says that it is used up."""
        left = _number(headers, REMAINING)
        if left is not None and left <= 0:
            reset = _number(headers, RESET)
            if reset is not None:
                self.close(reset - self._clock.time() if reset >= FIRST_MOMENT else reset)

    def close(self, seconds: float) -> None:
        """Let nobody through for that long."""
        with self._lock:
            self._open_at = max(self._open_at, self._clock.monotonic() + max(0.0, seconds))

    def asked_to_wait(self, headers: Mapping[str, str]) -> float | None:
        """Seconds of ``Retry-After`` (a number or a date, RFC 9110), or None."""
        value = headers.get("retry-after", "").strip()
        if not value:
            return None
        seconds = _float(value)
        if seconds is None:
            with contextlib.suppress(ValueError, TypeError, OverflowError):
                seconds = parsedate_to_datetime(value).timestamp() - self._clock.time()
        return None if seconds is None else max(0.0, seconds)

    def _until_open(self) -> float:
        """Seconds to wait; 0 takes the turn."""
        with self._lock:
            now = self._clock.monotonic()
            seconds = self._open_at - now
            if seconds <= 0:
                if self._limits.per_second:
                    self._open_at = now + 1 / self._limits.per_second
                return 0.0
            pacing = self._limits.per_second and seconds <= 1 / self._limits.per_second
            if not pacing:
                self._spend(seconds, now)
            return seconds

    def _spend(self, seconds: float, now: float) -> None:
        """Several threads that wait for one moment spend the time once."""
        already = max(0.0, self._paid_until - now)
        extra = max(0.0, seconds - already)
        if self._waited + extra > self._limits.waiting_seconds:
            raise HttpError("rate-limited", f"the host asks us to wait {_time(seconds)}, longer than this build may wait", wait=seconds)
        self._waited += extra
        self._paid_until = now + seconds
        self._traffic.add(waited=extra)


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> float | None:
    return next((value for name in names if (value := _float(headers.get(name, ""))) is not None), None)


def _float(text: str) -> float | None:
    try:
        value = float(SEPARATORS.split(text, maxsplit=1)[0])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _time(seconds: float) -> str:
    return f"{seconds / 60:,.0f} minutes" if seconds >= 120 else f"{seconds:,.0f} seconds"  # noqa: PLR2004 - minutes from two on
