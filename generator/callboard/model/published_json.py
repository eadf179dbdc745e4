"""A value → the JSON that a site publishes, which no browser can take for markup, whatever content type the file is sent with.

Authors choose names of entities, and so the last letters of file names: servers that derive content types from extensions send the
JSON of an entity ``component:default/x.html`` as HTML.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

_ESCAPES = tuple((character, f"\\u{ord(character):04x}") for character in "<>&\u2028\u2029")


def published_json(value: Any) -> bytes:
    """Compact JSON in UTF-8 with ``<``, ``>``, ``&``, U+2028 and U+2029 as escapes: the same value to every reader of JSON.

    Mappings keep their order, because people read them in it. Raises ``ValueError`` for numbers that JSON does not have.
    """
    return inert(plain_json(value))


def plain_json(value: Any) -> str:
    """The same JSON with these characters as they are, for a search of the text; published text goes through ``inert``.

    A string that is not valid Unicode (a lone surrogate) is written with escapes.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text if _is_unicode(text) else json.dumps(value, separators=(",", ":"), allow_nan=False)


def plain_json_of_descriptor(value: Any) -> str:
    """``plain_json`` of values of descriptors, in a fifth of the time. Their numbers are finite; it writes ``1e16`` for ``1e+16``."""
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, ValueError, OverflowError):  # a half of a character, an integer of more than 64 bits
        return plain_json(value)


def inert(text: str) -> bytes:
    """JSON with escapes for the characters that begin markup or end a line of a script; outside of strings JSON has none of them."""
    for character, escape in _ESCAPES:
        if character in text:
            text = text.replace(character, escape)
    return text.encode()


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
