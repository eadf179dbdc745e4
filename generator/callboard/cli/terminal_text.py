"""Text of others → the same text without what could change the display of a terminal; whether a terminal shows colors."""

from __future__ import annotations

import re
from collections.abc import Mapping

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """Tabs and line breaks stay; control characters and those that change the direction of text are replaced."""
    return _CONTROL.sub("\ufffd", text)


def wants_colour(*, terminal: bool, environ: Mapping[str, str]) -> bool:
    """Color on a terminal only, and never where ``NO_COLOR`` is set (no-color.org)."""
    return terminal and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
