"""A string in any script → the nearest ASCII string, and the nearest valid tag, name or namespace of Backstage."""

from __future__ import annotations

import re

from anyascii import anyascii

LONGEST = 63
_LONGEST_READ = 1_000
"""Characters of a string that are read: only the first ones can be in the result."""
_NOT_IN_TAG = re.compile(r"[^a-z0-9+#]+")
_NOT_IN_NAME = re.compile(r"[^A-Za-z0-9_.]+")
_NOT_IN_NAMESPACE = re.compile(r"[^a-z0-9]+")
_SEPARATORS = r"[ \t_./:,;|\\\u00a0\u2010-\u2015\u2212-]"
_SAFE = re.compile(rf"[\s_-]*[A-Za-z0-9+#]+(?:{_SEPARATORS}+[A-Za-z0-9+#]+)*[\s_-]*")


def ascii_text(text: str) -> str:
    """The string in ASCII, transliterated: ``Größe`` is ``Grosse``. Of a very long string only the beginning."""
    read = text[:_LONGEST_READ]
    if read.isascii():
        return read
    written = anyascii(read)
    return written if "'" in read else written.replace("'", "")  # which it writes for letters without a Latin counterpart


def usable_tag(text: str) -> str:
    """The nearest valid tag; an empty string if no letter or digit remains."""
    return _short(_NOT_IN_TAG.sub("-", ascii_text(text).lower()), "-")


def usable_name(text: str) -> str:
    """The nearest valid name of an entity; an empty string if no letter or digit remains."""
    return _short(_NOT_IN_NAME.sub("-", ascii_text(text)), "-_.")


def usable_namespace(text: str) -> str:
    """The nearest valid namespace; an empty string if no letter or digit remains."""
    return _short(_NOT_IN_NAMESPACE.sub("-", ascii_text(text).lower()), "-")


def keeps_all_letters(text: str) -> bool:
    """Whether ``usable_tag`` changes only case and separators: no letter is transliterated, and no other character or part is dropped."""
    return _SAFE.fullmatch(text) is not None and len(text.strip()) <= LONGEST


def _short(text: str, edges: str) -> str:
    return text.strip(edges)[:LONGEST].strip(edges)
