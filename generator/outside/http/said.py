"""What a host says about its error, in a few words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

LONGEST = 200
FIELDS = ("message", "error_description", "error", "detail", "title", "errors", "errorMessages")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def said(headers: Mapping[str, str], body: bytes, clean: Callable[[str], str] = str) -> str:
    """The message of a JSON error; an empty text for a page for people.

    ``clean`` takes secrets out before the text is cut: a part of one would not be known any more.
    """
    if "json" not in headers.get("content-type", "").lower():
        return ""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return clean(CONTROL.sub(" ", _message(value))).encode("utf-8", "replace").decode()[:LONGEST].strip()


def _message(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return value
    if depth < 3 and isinstance(value, list) and value:  # noqa: PLR2004 - no vendor nests deeper
        return _message(value[0], depth + 1)
    if depth < 3 and isinstance(value, dict):  # noqa: PLR2004
        return next((text for name in FIELDS if (text := _message(value.get(name), depth + 1))), "")
    return ""
