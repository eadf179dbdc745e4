"""Which texts may stand in a field of the envelope, as Backstage's catalog-model 1.10.1 checks them."""

from __future__ import annotations

import re
from typing import TypeGuard

MOST_CHARACTERS = 63
_MOST_PREFIX = 253
_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_LABEL = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_KIND = re.compile(r"[a-zA-Z][a-z0-9A-Z]*")
_VERSION = re.compile(r"[a-z0-9A-Z]+")
_TAG = re.compile(r"[a-z0-9+#]+(?:-[a-z0-9+#]+)*")


def is_api_version(value: object) -> bool:
    """``v1`` or ``<DNS subdomain>/v1``."""
    return _prefixed(value, _VERSION)


def is_kind(value: object) -> TypeGuard[str]:
    """A letter, then letters and digits, at most 63."""
    return _short(value, _KIND)


def is_name(value: object) -> bool:
    """Letters, digits, ``-``, ``_`` and ``.``, with a letter or digit at both ends, at most 63."""
    return _short(value, _NAME)


def is_namespace(value: object) -> bool:
    """Lower-case letters, digits and inner ``-``, at most 63."""
    return _short(value, _LABEL)


def is_key(value: object) -> bool:
    """The key of a label or an annotation: a name, or ``<DNS subdomain>/<name>``."""
    return _prefixed(value, _NAME)


def is_label_value(value: object) -> bool:
    """A name, or the empty text."""
    return value == "" or is_name(value)


def is_tag(value: object) -> bool:
    """Lower-case letters, digits, ``+`` and ``#``, in groups joined by single ``-``, at most 63."""
    return _short(value, _TAG)


def is_subdomain(value: object) -> bool:
    """DNS labels joined by dots, at most 253."""
    return isinstance(value, str) and 1 <= len(value) <= _MOST_PREFIX and all(is_namespace(part) for part in value.split("."))


def is_filled(value: object) -> bool:
    """A text that is more than white space, which for JavaScript includes U+FEFF."""
    return isinstance(value, str) and bool(value.strip(" \t\n\r\v\f\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + _SPACES))


_SPACES = "".join(map(chr, range(0x2000, 0x200B)))


def _short(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and 1 <= len(value) <= MOST_CHARACTERS and pattern.fullmatch(value) is not None


def _prefixed(value: object, pattern: re.Pattern[str]) -> bool:
    if not isinstance(value, str):
        return False
    prefix, slash, name = value.partition("/")
    return _short(name, pattern) and is_subdomain(prefix) if slash else _short(value, pattern)
