"""Fields of a descriptor → bounded strings, lists and mappings, whatever the descriptor holds there; and paths of fields as strings."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from callboard.model.entity import Entity

FieldPath = tuple[str | int, ...]
"""Keys and indexes from the root of a document to a value."""
LONGEST_TEXT = 20_000
"""Characters that are kept of any string: a longer one is not a title or description but a mistake."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_NOTHING = dict.fromkeys(map(ord, _BIDI))
_BIDI_BYTES = re.compile(b"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
"""The same characters in UTF-8."""
_STEP = re.compile(r"\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([^.\[]+)")
_PLAIN_KEY = re.compile(r"[^.\[\]\"]+")


def without_bidi(text: str) -> str:
    """The text without the characters that show other text in another order than it is written in: ``exe.txt`` for ``txt.exe``.

    Arabic and Hebrew letters are shown from right to left without them.
    """
    if text.isascii():
        return text
    for character in _BIDI:  # each search of a whole page is faster than one step of an expression for each of its letters
        if character in text:
            return text.translate(_NOTHING)
    return text


def bytes_without_bidi(text: str) -> bytes:
    """``without_bidi`` in UTF-8, with ``?`` for halves of characters: of a page, in a fifth of the time that it takes before encoding."""
    content = text.encode("utf-8", "replace")
    return content if text.isascii() or not _BIDI_BYTES.search(content) else _BIDI_BYTES.sub(b"", content)


def dotted(path: Iterable[str | int]) -> str:
    """A path of keys and indexes as a string: ``spec.dependsOn[1]``, ``metadata.annotations["backstage.io/techdocs-ref"]``."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}")
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts).removeprefix(".")


def undotted(field: str) -> FieldPath:
    """The path that a string of ``dotted`` means."""
    path: list[str | int] = []
    for index, quoted, plain in _STEP.findall(field):
        path.append(int(index) if index else plain or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(path)


def text_at(mapping: object, key: str) -> str:
    """The string at a key, safe to show: bounded, without control characters; a number as a string; empty for anything else.

    ``mapping`` may be of any type, because descriptors are.
    """
    if type(mapping) is dict or (mapping is not None and isinstance(mapping, Mapping)):  # the last check is slow
        value = mapping.get(key)
        return "" if value is None else as_text(value)
    return ""


def as_text(value: object) -> str:
    """A string or number as a string safe to show; empty for anything else."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = value[:LONGEST_TEXT].strip()
        return text if text.isascii() and text.isprintable() else _CONTROL.sub("", text)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return repr(value) if isinstance(value, float) or -(10**30) < value < 10**30 else ""
    return ""


def items_of(value: object) -> tuple[Any, ...]:
    """The items of a list; an empty tuple for anything else."""
    return tuple(value) if isinstance(value, list | tuple) else ()


def annotations(entity: Entity) -> Mapping[str, str]:
    """``metadata.annotations`` whose value is a string (or number), by key in the author's order."""
    global _last  # noqa: PLW0603 - a page asks for them a dozen times
    value = entity.metadata.get("annotations")
    if _last[0] is not value:
        _last = value, _texts(value)
    return _last[1]


_last: tuple[object, Mapping[str, str]] = (None, {})
"""What ``annotations`` was asked for last, and its result."""


def labels(entity: Entity) -> Mapping[str, str]:
    """``metadata.labels`` whose value is a string (or number), by key in the author's order."""
    return _texts(entity.metadata.get("labels"))


def _texts(value: object) -> Mapping[str, str]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {key: text for key, text in ((as_text(k), as_text(v)) for k, v in pairs) if key and text}
