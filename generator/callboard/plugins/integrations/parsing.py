"""What vendors write, as values: times, numbers, words. Every function raises ``FactError`` with a message for people."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping, Sequence
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from callboard.model.facts.words import AlertState, FactError, FactSeverity, GateState, Health, IncidentState, RunState

TEXT_LIMIT = 500
RELATIVE = re.compile(r"([+-])\s*(\d{1,7})\s*([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MILLISECONDS = 100_000_000_000
"""Larger numbers of seconds would be in the year 5138: they are milliseconds."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
Word = TypeVar("Word", bound=StrEnum)

SYNONYMS: Mapping[type[StrEnum], Mapping[str, str]] = {
    FactSeverity: {
        "blocker": "critical", "fatal": "critical", "emergency": "critical", "p1": "critical", "sev1": "critical", "highest": "critical",
        "page": "critical", "error": "high", "major": "high", "important": "high", "p2": "high", "sev2": "high",
        "moderate": "medium", "warning": "medium", "warn": "medium", "p3": "medium", "sev3": "medium", "normal": "medium",
        "minor": "low", "info": "low", "informational": "low", "information": "low", "note": "low", "none": "low", "negligible": "low",
        "trivial": "low", "lowest": "low", "p4": "low", "p5": "low", "sev4": "low", "sev5": "low", "undefined": "unknown", "": "unknown",
    },
    RunState: {
        "success": "succeeded", "successful": "succeeded", "passed": "succeeded", "ok": "succeeded", "completed": "succeeded",
        "deployed": "succeeded", "active": "succeeded", "inactive": "succeeded", "synced": "succeeded", "stable": "succeeded",
        "failure": "failed", "error": "failed", "timed-out": "failed", "startup-failure": "failed", "broken": "failed",
        "in-progress": "running", "progressing": "running", "started": "running", "building": "running", "terminating": "running",
        "queued": "waiting", "pending": "waiting", "created": "waiting", "scheduled": "waiting", "manual": "waiting", "blocked": "waiting",
        "waiting-for-resource": "waiting", "preparing": "waiting", "action-required": "waiting", "requested": "waiting",
        "canceled": "cancelled", "canceling": "cancelled", "aborted": "cancelled", "skipped": "cancelled", "neutral": "cancelled",
        "stale": "cancelled", "rolledback": "rolled-back", "reverted": "rolled-back", "": "unknown",
    },
    IncidentState: {
        "triggered": "open", "investigating": "open", "new": "open", "identified": "acknowledged", "monitoring": "acknowledged",
        "in-progress": "acknowledged", "acked": "acknowledged", "verifying": "acknowledged", "closed": "resolved", "done": "resolved",
        "completed": "resolved", "postmortem": "resolved",
    },
    AlertState: {"active": "firing", "alert": "firing", "warn": "firing", "unprocessed": "firing", "suppressed": "silenced"},
    Health: {"ok": "healthy", "good": "healthy", "": "unknown"},
    GateState: {"ok": "passed", "success": "passed", "warn": "warning", "error": "failed", "failure": "failed", "": "none"},
}  # fmt: skip
"""How vendors call what we have one word for; compared in lower case with hyphens."""


def text(value: Any, limit: int = TEXT_LIMIT) -> str:
    """A text without control characters, cut at ``limit``; a number as it is written, an empty text for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FactError(f"{_shown(value)} is not a string")
    clean = CONTROL.sub(" ", str(value)).strip()
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def number(value: Any) -> float:
    """A finite number, also from a text, where a ``%`` behind it is read over."""
    try:
        if isinstance(value, bool):
            raise FactError(f"{_shown(value)} is not a number")
        found = float(value.strip().removesuffix("%").replace(",", "") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        raise FactError(f"{_shown(value)} is not a number") from None
    if not math.isfinite(found):
        raise FactError(f"{_shown(value)} is not a number")
    return found


def whole(value: Any) -> int:
    """A whole number."""
    found = number(value)
    if found != int(found):
        raise FactError(f"{_shown(value)} is not an integer")
    return int(found)


def truth(value: Any) -> bool:
    """True or false, also from a text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false", "yes", "no"}:
        return value.strip().lower() in {"true", "yes"}
    raise FactError(f"{_shown(value)} is not a boolean (write true or false)")


def moment(value: Any, now: datetime) -> datetime:
    """A time in UTC: ISO 8601 (UTC where it names no zone), seconds or milliseconds since 1970, ``now``, or ``-2d`` counted from now.

    The units of relative times are s, m, h, d and w.
    """
    with contextlib.suppress(ValueError, OverflowError, OSError):
        found = _moment(value, now)
        if found is not None and MINYEAR < found.year < MAXYEAR:  # the ends of the calendar have no date in some time zones
            return found
    raise FactError(f"{_shown(value)} is not a time (write it as 2026-05-17T02:00:00Z, or as -2d)")


def _moment(value: Any, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if abs(value) > MILLISECONDS else value, UTC)
    return _written_moment(value.strip(), now) if isinstance(value, str) else None


def day(value: Any, now: datetime) -> date:
    """The day of a moment, in UTC."""
    return moment(value, now).date()


def word(kind: type[Word], value: Any) -> Word:
    """One of our words, or what vendors say instead of it."""
    found = re.sub(r"[\s_]+", "-", text(value, 60).lower())
    try:
        return kind(SYNONYMS.get(kind, {}).get(found, found))
    except ValueError:
        raise FactError(f"{_shown(value)} is not one of {', '.join(kind)}") from None


def known_word(kind: type[Word], value: Any, otherwise: Word) -> Word:
    """The same for connectors: ``otherwise`` for a word that a vendor has invented since."""
    try:
        return word(kind, value)
    except FactError:
        return otherwise


def incident_severity(value: Any) -> int:
    """1 (worst) to 5, from a number or from ``SEV2``, ``P1``, ``critical``."""
    written = text(value, 40).lower().replace("-", "").replace("_", "").replace(" ", "")
    named = {"critical": 1, "high": 2, "major": 2, "medium": 3, "moderate": 3, "low": 4, "minor": 4, "maintenance": 5, "none": 5, "info": 5}
    digits = written.removeprefix("severity").removeprefix("sev").removeprefix("p")
    found = int(digits) if digits.isdecimal() and len(digits) == 1 else named.get(written, 0)
    if not 1 <= found <= 5:  # noqa: PLR2004 - the scale
        raise FactError(f"{_shown(value)} is not a severity from 1 to 5")
    return found


def _written_moment(value: str, now: datetime) -> datetime:
    if value == "now":
        return _utc(now)
    if relative := RELATIVE.fullmatch(value):
        sign, amount, unit = relative.groups()
        distance = timedelta(**{UNITS[unit]: int(amount)})
        return _utc(now + distance if sign == "+" else now - distance)
    if value.isdecimal() and len(value) >= 9:  # noqa: PLR2004 - fewer digits are a date without hyphens
        return moment(int(value), now)
    return _utc(datetime.fromisoformat(value))


def _utc(value: datetime) -> datetime:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"{str(value)[:60]!r}"


LONGEST = 80
UNTOLD = frozenset({"", "latest"})
"""Tags that name no version."""


def tag_of(image: str) -> str:
    """The tag of ``registry:5000/acme/payments:1.4.2@sha256:…``; empty where it has none that says a version."""
    tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
    return "" if tag in UNTOLD else tag[:LONGEST]


def version_of(images: Sequence[str], name: str) -> str:
    """The version that images say: of the only one, or of the one that is called like the thing that runs it."""
    tags = {image: tag_of(image) for image in images}
    own = [tag for image, tag in tags.items() if image.partition("@")[0].rpartition("/")[2].partition(":")[0] == name]
    told = own or [*tags.values()]
    return told[0] if len(set(told)) == 1 else ""
