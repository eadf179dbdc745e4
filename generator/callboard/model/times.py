"""Times → their text in published data and in the state: UTC to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def time_text(at: datetime) -> str:
    """``2026-11-22T02:00:00Z``: UTC to the second; sorts by time."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"  # strftime writes the year 900 as three digits
