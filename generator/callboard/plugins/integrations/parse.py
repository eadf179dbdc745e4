"""Loosely typed values of tools in, typed values out: strings, numbers, times, enumerations.

Every function raises ``FactError`` with a message for people, such as ``'soon' is not a time``.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Mapping
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from callboard.model.facts.enumerations import RunState
from callboard.model.facts.validation import FactError
from callboard.plugins.integrations.words import SYNONYMS, normal_word

STRING_LIMIT = 500
"""Characters of a string; a longer one is cut."""
RELATIVE = re.compile(r"([+-])\s*(\d{1,7})\s*([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
MILLISECONDS = 100_000_000_000
"""A larger number is milliseconds since 1970: as seconds it would be in the year 5138 or later."""
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
SEVERITIES = {
    "critical": 1, "high": 2, "major": 2, "medium": 3, "moderate": 3, "low": 4, "minor": 4, "maintenance": 5, "none": 5, "info": 5,
}  # fmt: skip
"""Severities of incidents by word; 1 is the worst."""
MIDDLE_SEVERITY = 3
WORD_LIMIT = 60
"""Characters of a tool's word for a state."""
NO_WORDS = frozenset({"", "unknown", "undefined"})
"""Words that say nothing more than that the state is unknown."""
Word = TypeVar("Word", bound=StrEnum)


def parse_string(value: Any, limit: int = STRING_LIMIT) -> str:
    """A string without control characters, cut at ``limit`` characters; a number as a string; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise FactError(f"{_shown(value)} is not a string")
    text = str(value)
    clean = (text if text.isprintable() else CONTROL.sub(" ", text)).strip()
    return clean if len(clean) <= limit else f"{clean[: limit - 1]}…"


def without_surrogates(value: Any) -> Any:
    """A value from JSON or YAML with ``�`` in place of surrogates, which no file and no page can contain."""
    if isinstance(value, str):
        return value if value.isascii() else SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {without_surrogates(key): without_surrogates(item) for key, item in value.items()}
    return [without_surrogates(item) for item in value] if isinstance(value, list) else value


def parse_number(value: Any) -> float:
    """A finite number, also from a string such as ``1,234.5`` or ``84.2 %`` (as 84.2)."""
    try:
        if isinstance(value, bool):
            raise FactError(f"{_shown(value)} is not a number")
        number = float(value.strip().removesuffix("%").replace(",", "") if isinstance(value, str) else value)
    except (TypeError, ValueError, OverflowError):
        raise FactError(f"{_shown(value)} is not a number") from None
    if not math.isfinite(number):
        raise FactError(f"{_shown(value)} is not a number")
    return number


def parse_integer(value: Any) -> int:
    """An integer, also from a string or from a float without a fraction."""
    number = parse_number(value)
    if number != int(number):
        raise FactError(f"{_shown(value)} is not an integer")
    return int(number)


def parse_boolean(value: Any) -> bool:
    """A boolean, also from the strings ``true``, ``false``, ``yes`` and ``no`` in any case."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in {"true", "false", "yes", "no"}:
        return value.strip().lower() in {"true", "yes"}
    raise FactError(f"{_shown(value)} is not a boolean (write true or false)")


def parse_time(value: Any, now: datetime) -> datetime:
    """A time in UTC, from one of these.

    ISO 8601 (UTC if it has no time zone), seconds or milliseconds since 1970, ``now``, or a time relative to ``now`` such as ``-2d`` or
    ``+36h``; the units are s, m, h, d and w.
    """
    with contextlib.suppress(ValueError, OverflowError, OSError):
        time = _time(value, now)
        if time is not None and MINYEAR < time.year < MAXYEAR:  # the ends of the calendar have no date in some time zones
            return time
    raise FactError(f"{_shown(value)} is not a time (write it as 2026-05-17T02:00:00Z, or as -2d)")


def parse_date(value: Any, now: datetime) -> date:
    """The date in UTC of whatever ``parse_time`` accepts."""
    return parse_time(value, now).date()


def parse_enum(kind: type[Word], value: Any, default: Word | None = None) -> Word:
    """A member of an enumeration, from its value or from a synonym that tools use (``SYNONYMS``).

    An unknown value returns ``default``, if there is one. Connectors pass one: a tool may add a value at any time.
    """
    try:
        word = normal_word(parse_string(value, 60))
        return kind(SYNONYMS.get(kind, {}).get(word, word))
    except ValueError:
        if default is not None:
            return default
        raise FactError(f"{_shown(value)} is not one of {', '.join(kind)}") from None


def parse_run_state(value: Any) -> tuple[RunState, str]:
    """The state of a run, and the tool's word for it if the state is unknown: pages show it, so that nothing is lost.

    A word that only says that a run is over (``completed``) is unknown, too. Raises ``FactError`` for a value that is no string.
    """
    return parse_word(RunState, value, RunState.UNKNOWN)


def parse_word(kind: type[Word], value: Any, default: Word) -> tuple[Word, str]:
    """A member of an enumeration, and the tool's word if the member is ``default`` because the word is unknown.

    Connectors use it where a word must not lose the item. Raises ``FactError`` for a value that is no string.
    """
    word = parse_string(value, WORD_LIMIT)
    member = parse_enum(kind, word, default)
    is_named = member is not default or normal_word(word) in {*NO_WORDS, *kind}
    return member, "" if is_named else word


def parse_severity_word(value: Any) -> tuple[int, str]:
    """The severity of an incident from 1 to 5, and the tool's word if it is none of them: the severity is 3 then."""
    word = parse_string(value, 40)
    try:
        return parse_incident_severity(word), ""
    except FactError:
        return MIDDLE_SEVERITY, word


def parse_incident_severity(value: Any) -> int:
    """1 (worst) to 5, from a number, or from a string such as ``SEV2``, ``P1`` or ``critical``."""
    word = parse_string(value, 40).lower().replace("-", "").replace("_", "").replace(" ", "")
    digits = word.removeprefix("severity").removeprefix("sev").removeprefix("p")
    severity = int(digits) if digits.isdecimal() and len(digits) == 1 else SEVERITIES.get(word, 0)
    if not 1 <= severity <= 5:  # noqa: PLR2004 - the scale
        raise FactError(f"{_shown(value)} is not a severity from 1 to 5")
    return severity


def _time(value: Any, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return _utc(value)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return datetime.fromtimestamp(value / 1000 if abs(value) > MILLISECONDS else value, UTC)
    return _time_of_string(value.strip(), now) if isinstance(value, str) else None


def _time_of_string(value: str, now: datetime) -> datetime:
    if value == "now":
        return _utc(now)
    if value[:1] in {"+", "-"} and (relative := RELATIVE.fullmatch(value)):
        sign, amount, unit = relative.groups()
        distance = timedelta(**{UNITS[unit]: int(amount)})
        return _utc(now + distance if sign == "+" else now - distance)
    if value.isdecimal() and len(value) >= 9:  # noqa: PLR2004 - fewer digits are a date without hyphens
        return parse_time(int(value), now)
    return _utc(datetime.fromisoformat(value))


def _utc(value: datetime) -> datetime:
    if value.tzinfo is UTC:
        return value
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _shown(value: Any) -> str:
    """A value as messages quote it: bounded, and without the content of lists and mappings."""
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else f"{str(value)[:60]!r}"
