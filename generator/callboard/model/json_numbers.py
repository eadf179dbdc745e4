"""Integers in JSON of others → numbers: one with thousands of digits must not make the whole file invalid."""

from __future__ import annotations

import math

LONGEST_INTEGER = 400
"""Digits of an integer that are read; a floating-point number has at most 309 before the point."""


def json_integer(digits: str) -> int | float:
    """An integer in JSON (``parse_int`` of ``json.loads``); infinite if it has more digits than are read."""
    return int(digits) if len(digits) <= LONGEST_INTEGER else math.copysign(math.inf, -1 if digits.startswith("-") else 1)
