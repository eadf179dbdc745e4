"""Headers and body of a response → seconds until a host's rate limits permit the next request.

A host may have several windows at once, such as one a minute and one an hour, or one of the user and one of the organization: each is a
pair of headers that differ in one word, ``…remaining…`` and ``…reset…``. The time of the reset is written in seconds from now, in seconds
or milliseconds since 1970, as a date of HTTP, or as a date of ISO 8601.
"""

from __future__ import annotations

import contextlib
import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

FIRST_TIMESTAMP = 1_000_000_000
"""A larger number is a time (seconds since 1970), a smaller one a duration in seconds: vendors use both under the same name."""
FIRST_MILLISECONDS = 100_000_000_000
"""A larger number is milliseconds since 1970."""
LIMIT_NAME = re.compile(r"rate-?limit")
BODY_FIELDS = (("retry_after",), ("retryAfter",), ("rate_limit", "retry_after"))
"""Where hosts write into the body of a refusal how long to wait: incident.io has an object ``rate_limit``."""
STRUCTURED = re.compile(r"(?:^|[;,\s])(r|t|remaining|reset)=(\d{1,12})")
"""Parameters of the header ``RateLimit`` of the IETF's drafts, older (``remaining``, ``reset``) and newer (``r``, ``t``)."""
LONGEST_BODY = 20_000
SEPARATORS = re.compile("[,;]")


def used_up(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds until all windows that are used up are reset; None if none is. ``now``: seconds since 1970."""
    waits = [wait for remaining, reset in _windows(headers) if _is_zero(remaining) and (wait := seconds_until(reset, now)) is not None]
    return max(waits, default=None)


def retry_after(headers: Mapping[str, str], now: float, body: bytes = b"") -> float | None:
    """Seconds to wait by ``Retry-After`` (RFC 9110), which Azure DevOps also sends with successes, or by the body of a refusal.

    None if neither says it.
    """
    written = headers.get("retry-after", "").strip()
    return seconds_until(written, now) if written else _in_body(body, now)


def seconds_until(written: str, now: float) -> float | None:
    """Seconds from now to a time in any of the spellings, at least 0; None if it is none of them."""
    number = _float(written)
    if number is None:
        moment = _moment(written.strip())
        return None if moment is None else max(0.0, moment - now)
    if number >= FIRST_TIMESTAMP:
        number = (number / 1_000 if number >= FIRST_MILLISECONDS else number) - now
    return max(0.0, number)


def _windows(headers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of what remains and when it is reset; a window without a reset of its own is that of another header."""
    limits = {name: value for name, value in headers.items() if LIMIT_NAME.search(name) and "concurrent" not in name}
    resets = [value for name, value in limits.items() if "reset" in name]
    for name, value in limits.items():
        if "remaining" in name and (reset := limits.get(name.replace("remaining", "reset")) or next(iter(resets), "")):
            yield value, reset
    for item in headers.get("ratelimit", "")[:1_000].split(", "):
        found = dict(STRUCTURED.findall(item))
        if remaining := found.get("r"):
            yield remaining, found.get("t", "")
    found = dict(STRUCTURED.findall(headers.get("ratelimit", "")[:1_000]))
    if remaining := found.get("remaining"):
        yield remaining, found.get("reset", "")


def _is_zero(remaining: str) -> bool:
    number = _float(remaining)
    return number is not None and number <= 0


def _in_body(body: bytes, now: float) -> float | None:
    if not body or len(body) > LONGEST_BODY:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = (_nested(value, path) for path in BODY_FIELDS)
    return next((wait for one in found if one is not None and (wait := seconds_until(str(one), now)) is not None), None)


def _nested(value: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _moment(written: str) -> float | None:
    """Seconds since 1970 of a date of ISO 8601 or of HTTP; one without a zone is in UTC."""
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return _utc(datetime.fromisoformat(written)).timestamp()
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return _utc(parsedate_to_datetime(written)).timestamp()
    return None


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _float(text: str) -> float | None:
    try:
        value = float(SEPARATORS.split(text, maxsplit=1)[0])
    except ValueError:
        return None
    return value if math.isfinite(value) else None
