"""Fields of a descriptor as bounded strings, lists and mappings, whatever the descriptor holds there."""

import re
from collections.abc import Mapping
from typing import Any

from callboard.model.entity import Entity

LONGEST_TEXT = 20_000
"""Letters kept of any text: a longer one is no title or description but somebody's mistake."""


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def text_at(mapping: object, key: str) -> str:
    """The text at that key, safe to show: no control letters, bounded; numbers as text; empty for anything else.

    ``mapping`` may be of any type, because descriptors are.
    """
    value = mapping.get(key) if isinstance(mapping, Mapping) else None
    return as_text(value)


def as_text(value: object) -> str:
    """A text or number safe to show; empty for anything else."""
    if isinstance(value, str):
        text = value[:LONGEST_TEXT].strip()
        return text if text.isascii() and text.isprintable() else _CONTROL.sub("", text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value) if isinstance(value, float) or -(10**30) < value < 10**30 else ""
    return ""


def items_of(value: object) -> tuple[Any, ...]:
    """The items of a list, or nothing."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def annotations(entity: Entity) -> Mapping[str, str]:
    """``metadata.annotations`` whose value is a text (or number), by key in the author's order."""
    return _texts(entity.metadata.get("annotations"))


def labels(entity: Entity) -> Mapping[str, str]:
    """``metadata.labels`` whose value is a text (or number), by key in the author's order."""
    return _texts(entity.metadata.get("labels"))


def _texts(value: object) -> Mapping[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {key: text for key, text in ((as_text(k), as_text(v)) for k, v in pairs) if key and text}
