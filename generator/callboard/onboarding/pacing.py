"""Requests that change something on a host → the same requests, not more than a host takes in a minute and in an hour."""

from __future__ import annotations

from collections import deque
from typing import Any, Literal

from callboard.io.http.cache import Answer
from callboard.io.http.client import Client
from callboard.io.http.limits import Clock

BETWEEN_SECONDS = 1.0
"""GitHub's documentation asks for a second between requests that create content, and allows 80 of them a minute."""
MOST_PER_HOUR = 450
"""GitHub allows 500 an hour; the rest is for people who use the same account."""
HOUR = 3_600.0


class PacedChanges:
    """Changes through one client, at a steady pace."""

    def __init__(self, client: Client, clock: Clock) -> None:
        self._client = client
        self._clock = clock
        self._sent: deque[float] = deque()

    def send(self, method: Literal["POST", "PUT", "PATCH"], path: str, value: Any, *, accept: str = "application/json") -> Answer:
        """The response to one change. Raises ``HttpError``."""
        self._wait()
        self._sent.append(self._clock.monotonic())
        return self._client.change(method, path, value, accept=accept)

    def _wait(self) -> None:
        now = self._clock.monotonic()
        while self._sent and now - self._sent[0] >= HOUR:
            self._sent.popleft()
        pauses = [self._sent[-1] + BETWEEN_SECONDS - now] if self._sent else []
        if len(self._sent) >= MOST_PER_HOUR:
            pauses.append(self._sent[0] + HOUR - now)
        if (pause := max(pauses, default=0.0)) > 0:
            self._clock.sleep(pause)
