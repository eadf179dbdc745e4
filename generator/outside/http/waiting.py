"""Clocks that a client waits by."""

from __future__ import annotations

import time
from typing import Protocol


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
