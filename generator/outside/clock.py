"""The time: an input of every build, so that the same inputs make the same site."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from generator.errors import CallboardError

EPOCH_VARIABLE = "SOURCE_DATE_EPOCH"
"""Seconds since 1970, as reproducible-builds.org defines it."""


def _clock() -> datetime:
    return datetime.now(UTC)


def now(option: str | None, environ: Mapping[str, str], clock: Callable[[], datetime] = _clock) -> datetime:
    """The time of this build in UTC, to the second: ``option``, else ``SOURCE_DATE_EPOCH``, else the clock.

    ``option`` is ISO 8601, in UTC where it names no zone. Raises ``CallboardError`` where the text is no time.
    """
    if option:
        return _iso(option)
    epoch = environ.get(EPOCH_VARIABLE, "").strip()
    return _seconds(epoch) if epoch else clock().astimezone(UTC).replace(microsecond=0)


def _iso(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text.strip())
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        raise CallboardError(f'--now is "{text}", which is no time.', "Write it as in 2024-05-17T02:00:00Z.") from None


def _seconds(text: str) -> datetime:
    try:
        return datetime.fromtimestamp(int(text), UTC)
    except (ValueError, OverflowError, OSError):
        raise CallboardError(
            f'{EPOCH_VARIABLE} is "{text}", which is no time.', "It holds whole seconds since 1970, such as 1715904000."
        ) from None
