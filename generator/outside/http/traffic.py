"""What a client has asked for so far."""

from __future__ import annotations

import threading
from dataclasses import dataclass


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
