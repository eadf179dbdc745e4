"""Limits of one client, its counters, and its rate limiter: headers of responses → when the next request may be sent."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from typing import Protocol

from callboard.io.http import rate_windows
from callboard.io.http.errors import HttpError
from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """Limits of a client; exceeding one is an ``HttpError``."""

    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    """Between two chunks of a response."""
    request_seconds: float = 120.0
    """For one attempt of one request, from the first byte sent to the last byte received."""
    tries: int = 4
    """Attempts for each request."""
    trying_seconds: float = 300.0
    """For all attempts of one request; waits that the host required do not count."""
    waiting_seconds: float = 900.0
    """Total time that the host may make this client wait (``Retry-After``, used-up rate limits)."""
    body_bytes: int = 20_000_000
    """Of one response, decompressed."""
    pages: int = 1_000
    """Of one listing."""
    requests: int = 100_000
    """Total number that this client sends, retries included."""
    redirects: int = 5
    at_once: int = 8
    """Requests in flight at the same time."""
    per_second: float = 0.0
    """Requests a second; 0 means no limit but that of the host's headers."""
    failures_in_a_row: int = 5
    """Consecutive failed requests after which nothing is retried."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counters of one source or integration."""

    requests: int = 0
    """Sent, retries included."""
    retries: int = 0
    """Of these, the second and later attempts."""
    hits: int = 0
    """Cached responses that the host confirmed as unchanged (304)."""
    saved: int = 0
    """Cached responses that were used without a request, since they cannot change."""
    bytes: int = 0
    """Of bodies, as received (compressed)."""
    waited: float = 0.0
    """Seconds that the client waited because the host required it."""
    fetches: int = 0
    """Fetches by git, which hosts do not count as requests to their APIs."""


class Traffic:
    """Counters that grow while the client works; safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts = Counts()
        self._included: list[Traffic] = []
        self._is_included = False

    @property
    def counts(self) -> Counts:
        """The counters up to now, with those of what is included."""
        found = [self._counts, *(each.counts for each in self._included)]
        return Counts(*(sum(values) for values in zip(*map(astuple, found), strict=True)))

    def include(self, other: Traffic) -> None:
        """Count what another client sends, too: it requests tokens for this one. Each is included once, by the first that uses it."""
        with other._lock:
            is_new, other._is_included = not other._is_included, True
        if is_new:
            self._included.append(other)

    def add(
        self,
        *,
        requests: int = 0,
        retries: int = 0,
        hits: int = 0,
        saved: int = 0,
        received: int = 0,
        waited: float = 0.0,
        fetches: int = 0,
    ) -> Counts:
        """Add to the counters, and return the new ones."""
        with self._lock:
            c = self._counts
            self._counts = Counts(
                c.requests + requests, c.retries + retries, c.hits + hits, c.saved + saved, c.bytes + received, c.waited + waited,
                c.fetches + fetches,
            )  # fmt: skip
            return self._counts


class RateLimiter:
    """Delays every request of a client until the host's limits and the client's own allow it."""

    def __init__(self, limits: ClientLimits, clock: Clock, traffic: Traffic) -> None:
        self._limits = limits
        self._clock = clock
        self._traffic = traffic
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(max(1, limits.at_once))
        self._open_at = 0.0
        self._waited = 0.0
        self._counted_until = 0.0

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the next request may be sent, and hold a slot while it is in flight. Raises ``HttpError`` (``rate-limited``)."""
        with self._slots:
            while (seconds := self._until_open()) > 0:
                self._clock.sleep(seconds)
            yield

    def update(self, headers: Mapping[str, str]) -> None:
        """Send nothing until the rate limits are reset, where the headers of a response say that one is used up or require a wait."""
        now = self._clock.time()
        waits = (rate_windows.used_up(headers, now), rate_windows.retry_after(headers, now))
        self.close(max(wait or 0.0 for wait in waits))

    def close(self, seconds: float) -> None:
        """Send nothing for that long."""
        with self._lock:
            self._open_at = max(self._open_at, self._clock.monotonic() + max(0.0, seconds))

    def retry_after(self, headers: Mapping[str, str], body: bytes = b"") -> float | None:
        """Seconds that a refusal requires to wait, or None."""
        now = self._clock.time()
        wait = rate_windows.retry_after(headers, now, body)
        return rate_windows.used_up(headers, now) if wait is None else wait

    def _until_open(self) -> float:
        """Seconds to wait; 0 means that the next request may be sent."""
        with self._lock:
            now = self._clock.monotonic()
            seconds = self._open_at - now
            if seconds <= 0:
                if self._limits.per_second:
                    self._open_at = now + 1 / self._limits.per_second
                return 0.0
            is_own_limit = self._limits.per_second and seconds <= 1 / self._limits.per_second
            if not is_own_limit:
                self._count_wait(seconds, now)
            return seconds

    def _count_wait(self, seconds: float, now: float) -> None:
        """Count a wait that the host requires; of several threads that wait for the same time, only one counts."""
        already = max(0.0, self._counted_until - now)
        extra = max(0.0, seconds - already)
        if self._waited + extra > self._limits.waiting_seconds:
            raise HttpError("rate-limited", f"the host requires a wait of {_time(seconds)}, longer than this build may wait", wait=seconds)
        self._waited += extra
        self._counted_until = now + seconds
        self._traffic.add(waited=extra)


def _time(seconds: float) -> str:
    return f"{seconds / 60:,.0f} minutes" if seconds >= 120 else f"{seconds:,.0f} seconds"  # noqa: PLR2004 - minutes from two on


class Clock(Protocol):
    """Time and sleep; tests bring a clock that never sleeps."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary time; never decreases."""

    def time(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""

    def jitter(self) -> float:
        """A random number from 0 to 1, so that many clients do not retry at the same time."""


class SystemClock:
    """The clock of the system."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary time."""
        return time.monotonic()

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def jitter(self) -> float:
        """A fraction from a nanosecond counter: random enough to spread retries, and not used for secrets."""
        return (time.perf_counter_ns() % 997) / 997
