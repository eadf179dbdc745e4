"""What one client may spend, what it has spent, and its rate limiter."""

from __future__ import annotations

import contextlib
import math
import re
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Protocol

from callboard.io.http.errors import HttpError


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Bounds of a client; whatever exceeds one is an ``HttpError``."""

    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    """Between two pieces of an answer."""
    request_seconds: float = 120.0
    """For one try of one request, from the first byte sent to the last byte received."""
    tries: int = 4
    """How often a request is sent before we give up."""
    trying_seconds: float = 300.0
    """For all tries of one request; waiting that the host asked for does not count."""
    waiting_seconds: float = 900.0
    """That the host may make this client wait in all (``Retry-After``, used up allowances)."""
    body_bytes: int = 20_000_000
    """Of one answer, unpacked."""
    pages: int = 1_000
    """Of one listing."""
    requests: int = 100_000
    """That this client sends in all, tries included."""
    redirects: int = 5
    at_once: int = 8
    """Requests on the way at the same time."""
    per_second: float = 0.0
    """Requests a second; 0 leaves the pace to the host's own headers."""
    failures_in_a_row: int = 5
    """Requests that came to nothing one after another, after which the host is no longer asked."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of one source or integration."""

    requests: int = 0
    """Sent, tries included."""
    retries: int = 0
    """Of these, the second and later tries."""
    hits: int = 0
    """Answers that the host confirmed as unchanged (304)."""
    saved: int = 0
    """Answers for which nothing was sent: they cannot change."""
    bytes: int = 0
    """Of bodies, as they came over the network."""
    waited: float = 0.0
    """Seconds spent waiting because the host asked for it."""


class Traffic:
    """Counts while the client works; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()

    @property
    def counts(self) -> Counts:
        """The numbers up to now."""
        return self._counts

    def add(self, *, requests: int = 0, retries: int = 0, hits: int = 0, saved: int = 0, received: int = 0, waited: float = 0.0) -> Counts:
        """Add to the numbers; the new ones."""
        with self._lock:
            c = self._counts
            self._counts = Counts(
                c.requests + requests, c.retries + retries, c.hits + hits, c.saved + saved, c.bytes + received, c.waited + waited
            )
            return self._counts


REMAINING = ("x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining", "x-sentry-rate-limit-remaining")
RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset", "x-sentry-rate-limit-reset")
SEPARATORS = re.compile("[,;]")
FIRST_MOMENT = 1_000_000_000
"""A larger number is a moment (seconds since 1970), a smaller one a time to wait: vendors use both under the same name."""


class RateLimiter:
    """The gate that every request of a client goes through."""

    def __init__(self, limits: ClientLimits, clock: Clock, traffic: Traffic) -> None:
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


class Clock(Protocol):
    """Time, and waiting for it to pass; tests bring one that never waits."""

    def monotonic(self) -> float:
        """Seconds since any moment; never goes back."""

    def time(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Let time pass."""

    def jitter(self) -> float:
        """A number from 0 to 1 at random, so that many clients do not come back in step."""


class SystemClock:
    """The machine's own."""

    def monotonic(self) -> float:
        """Seconds since any moment."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def jitter(self) -> float:
        """A fraction of a nanosecond count: random enough to spread waits, and nobody's secret depends on it."""
        return (time.perf_counter_ns() % 997) / 997
