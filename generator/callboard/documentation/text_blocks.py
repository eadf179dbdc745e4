"""Blocks in the text of a page: fenced code, and what stands between two marks. Needs no library for Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable

FENCE = re.compile(r"^(?P<all>[ ]*+(?P<mark>`{3,}+|~{3,}+)[^\n]*+\n.*?(?:^[ ]*+(?P=mark)[`~]*+[ ]*+$|\Z))", re.MULTILINE | re.DOTALL)
"""Fenced code, whose end may be missing."""


def replaced_blocks(text: str, start: re.Pattern[str], end: str, replacement: Callable[[re.Match[str], str], str]) -> str:
    """The text with what stands between each ``start`` and the next ``end``, and both, replaced; in time that grows with the text."""
    parts, done = [], 0
    while (found := start.search(text, done)) and (closing := text.find(end, found.end())) >= 0:
        parts += [text[done : found.start()], replacement(found, text[found.end() : closing])]
        done = closing + len(end)
    return "".join((*parts, text[done:]))
