"""Data beside the pages: JSON that is compact and the same for the same value."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any


def json_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8; mappings keep their order, which is part of the value's meaning to readers.

    Text that is no valid Unicode (a lone surrogate) is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()


def json_lines(values: Iterable[Any]) -> bytes:
    """One compact JSON document a line."""
    return b"".join(json_bytes(value) + b"\n" for value in values)
