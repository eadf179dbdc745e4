"""Times → their text in published data and in the state: UTC to the second."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def time_text(at: datetime) -> str:
    """``2026-11-22T02:00:00Z``: UTC to the second; sorts by time."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"  # strftime writes the year 900 as three digits


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """``2026-11-22 03:00 CET``."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
