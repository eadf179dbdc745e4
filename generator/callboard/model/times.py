"""Times → their text in published data and in the state: UTC to the second."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_TIME = re.compile(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
"""What ``time_text`` writes."""


def time_text(at: datetime) -> str:
    """``2026-11-22T02:00:00Z``: UTC to the second; sorts by time."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"  # strftime writes the year 900 as three digits


def local_time(at: datetime, zone: ZoneInfo) -> str:
    """``2026-11-22 03:00 CET``."""
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def with_local_times(text: str, zone: ZoneInfo) -> str:
    """The text with each time of ``time_text`` in it as ``local_time``; what is no time, such as the 99th of a month, stays."""
    return _TIME.sub(lambda found: _local(found[0], zone), text)


def _local(text: str, zone: ZoneInfo) -> str:
    try:
        return local_time(datetime.fromisoformat(text), zone)
    except (ValueError, OverflowError):  # the first and the last day of the calendar have no time in other zones
        return text
