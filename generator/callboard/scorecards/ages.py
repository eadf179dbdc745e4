"""``30d`` → a duration; a text, date or time → an aware time in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

_AGE = re.compile(r"(\d{1,6})(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
TICK = timedelta(microseconds=1)
"""The resolution of times: what is older than a limit is older by this at least."""


def age_of(text: object) -> timedelta | None:
    """The duration that ``30d``, ``36h``, ``2w`` or ``90m`` (minutes) stands for; None for anything else.

    Months and years have no fixed length and are not read.
    """
    match = _AGE.fullmatch(text) if isinstance(text, str) else None
    return timedelta(**{_UNITS[match[2]]: int(match[1])}) if match else None


def time_of(value: object) -> datetime | None:
    """A time, a date (its midnight in UTC) or the ISO 8601 text of either; None for anything else. Times without a zone are in UTC."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
