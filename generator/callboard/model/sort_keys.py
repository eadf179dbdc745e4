"""A title → its place in lists: by letters without case and accents, digits as numbers, the same in every browser and language."""

from __future__ import annotations

import re
from typing import Any

from callboard.model.transliteration import ascii_text

_DIGITS = re.compile(r"([0-9]++)")


def sort_key(text: str) -> tuple[Any, ...]:
    """Sort key of a title: strings and numbers in turn, so that ``item-2`` precedes ``item-10`` and ``Élodie`` precedes ``Zoe``.

    Equal titles but for case and accents have the same first part; the title itself decides between them.
    """
    parts = _DIGITS.split(ascii_text(text).strip().casefold())
    return tuple(int(part) if index % 2 else part for index, part in enumerate(parts)), text
