"""JSON of descriptors with long strings ↔ the same JSON with the digests of blobs in their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

LONGEST_INLINE = 4_096
"""Letters of a string in a line; a longer one is a blob."""
_BLOB, _MAPPING = "$blob", "$mapping"


def packed(value: Any, put: Callable[[bytes], str]) -> Any:
    """The value with each string that is long, or that UTF-8 cannot encode, replaced by ``{"$blob": digest}``.

    A mapping of a descriptor with such a key is written as pairs.
    """
    if isinstance(value, str):
        return value if len(value) <= LONGEST_INLINE and _is_unicode(value) else {_BLOB: put(value.encode("utf-8", "surrogatepass"))}
    if isinstance(value, Mapping):
        inner = {key: packed(item, put) for key, item in value.items()}
        if (len(inner) == 1 and not {_BLOB, _MAPPING}.isdisjoint(inner)) or not all(map(_is_unicode, inner)):
            return {_MAPPING: [[packed(key, put), item] for key, item in inner.items()]}
        return inner
    if isinstance(value, list | tuple):
        return [packed(item, put) for item in value]
    return value


def unpacked(value: Any, get: Callable[[str], bytes]) -> Any:
    """The inverse of ``packed``. ``get`` raises if a blob is missing."""
    if isinstance(value, dict):
        if len(value) == 1 and _BLOB in value:
            return get(value[_BLOB]).decode("utf-8", "surrogatepass")
        if len(value) == 1 and _MAPPING in value:
            return {unpacked(key, get): unpacked(item, get) for key, item in value[_MAPPING]}
        return {key: unpacked(item, get) for key, item in value.items()}
    if isinstance(value, list):
        return [unpacked(item, get) for item in value]
    return value


def needs_packing(line: bytes) -> bool:
    """Whether a line may have something to pack: few lines have, and walking through all values takes long."""
    return len(line) > LONGEST_INLINE or is_packed(line)


def is_packed(line: bytes) -> bool:
    """Whether a line may have something to unpack."""
    return b'"$' in line


def _is_unicode(text: str) -> bool:
    """False if the string has a lone surrogate."""
    return text.isascii() or text.encode("utf-8", "ignore") == text.encode("utf-8", "surrogatepass")
