"""Repositories of a host that permits few requests → which are read in this build, and which wait for a later one."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from callboard.plugins.sources import HttpError, SourceError, Traffic, TreeError

LIMITED = 429


class WaitingError(TreeError):
    """A repository is not read in this build, because the host permits no more requests."""


class RequestBudget:
    """The requests that a build may send to a host. Safe between threads."""

    def __init__(self, traffic: Traffic, requests: int) -> None:
        """``traffic`` counts the requests; ``requests`` is how many may be sent."""
        self._traffic = traffic
        self._requests = requests
        self.is_refused = False
        """True after the host refused a request because of its limit."""

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is to be requested."""
        return self.is_refused or self._traffic.counts.requests >= self._requests

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Raises ``WaitingError`` for a request that the host refuses because of its limit, and other errors as they are."""
        try:
            yield
        except HttpError as error:
            if error.status != LIMITED and error.kind != "rate-limited":
                raise
            self.is_refused = True
            raise WaitingError(str(error), error.hint) from None


def waiting_error(last_read: Sequence[datetime | None], host: str, *, is_refused: bool) -> SourceError:
    """One error for all repositories that wait; ``last_read`` has for each the time when it was read, None for never."""
    oldest = min((time for time in last_read if time), default=None)
    since = f"; the oldest of the others was read on {oldest.date().isoformat()}" if oldest else ""
    why = f"{host} refused more requests" if is_refused else "the option requests permits no more"
    unread = f"{len(last_read):,} (not read yet: {last_read.count(None):,}{since})"
    return SourceError(
        f"repositories that wait for a later build: {unread}, because {why}; the next build begins with them",
        "Build more often, select fewer repositories, or use a token with a higher limit.",
    )
