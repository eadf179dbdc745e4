"""The errors that an application reported: counts by day, unresolved and new ones."""

from __future__ import annotations

from dataclasses import dataclass

from callboard.model.facts.validation import Validated


@dataclass(frozen=True, slots=True)
class ErrorTrend(Validated):
    """Errors reported by an application."""

    name: str
    """Name of the project."""
    counts: tuple[int, ...] = ()
    """By day, oldest first."""
    unresolved: int | None = None
    """Number of distinct unresolved errors."""
    new: int | None = None
    """Number of those first seen in the last seven days."""
    users: int | None = None
    """Number of affected users."""
