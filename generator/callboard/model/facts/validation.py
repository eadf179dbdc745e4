"""The fields of a value → the same with times in UTC, or ``FactError``: what all values of facts are checked for.

Times are aware and in UTC, shares are percent (0 to 100), durations are seconds; other input raises ``FactError``. Integrations
create the values from the responses of vendors.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any


class FactError(ValueError):
    """A value that is invalid in its family; the message names the field and the reason."""


class Validated:
    """Base class of values whose fields are validated on creation."""

    __slots__ = ()

    def __post_init__(self) -> None:
        validated(self)


def validated(value: Any) -> None:
    """Convert times to UTC and check that numbers are finite. Raises ``FactError``."""
    for name in value.__slots__:
        field_value = getattr(value, name)
        if isinstance(field_value, datetime):
            if field_value.tzinfo is None:
                raise FactError(f"{name} has no time zone")
            if field_value.tzinfo is not UTC:
                object.__setattr__(value, name, field_value.astimezone(UTC))
        elif isinstance(field_value, float) and not math.isfinite(field_value):
            raise FactError(f"{name} is {field_value}, which is not a finite number")
