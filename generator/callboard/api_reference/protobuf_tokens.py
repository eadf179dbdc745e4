"""The text of a .proto file → its tokens, each with the comment before it. Nothing is too wrong for it: an unknown character is a token."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

MAX_TOKENS = 300_000
_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))|(?P<string>"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)"""
    r"""|(?P<word>\.?[A-Za-z_][\w.]*|-?[0-9][\w.+]*)|(?P<mark>.)""",
    re.DOTALL,
)
_STARS = re.compile(r"^\s*\*? ?", re.MULTILINE)


class ProtoToken(NamedTuple):
    """A word, number, string (with its quotes) or mark."""

    text: str
    comment: str
    """The comment directly before it; empty for none."""
    line: int
    trailing: str = ""
    """The comment behind it on the same line."""


def tokens(text: str) -> Iterator[ProtoToken]:
    """The tokens of a file, at most ``MAX_TOKENS``."""
    comments: list[str] = []
    line, breaks, pending = 1, 0, None
    for match in islice(_TOKEN.finditer(text), MAX_TOKENS):
        kind, found = match.lastgroup, match.group()
        if kind == "space":
            breaks = found.count("\n")
            if breaks > 1:
                comments.clear()
        elif kind == "comment":
            if pending is not None and not breaks and pending.line == line:
                pending = pending._replace(trailing=_comment(found))
            else:
                comments.append(_comment(found))
        else:
            yield from () if pending is None else (pending,)
            pending = ProtoToken(found, "\n".join(comments).strip(), line)
            comments.clear()
        breaks = breaks if kind == "space" else 0
        line += found.count("\n")
    yield from () if pending is None else (pending,)


def _comment(text: str) -> str:
    if text.startswith("//"):
        return text.lstrip("/").removeprefix(" ").rstrip()
    return _STARS.sub("", text.removeprefix("/*").lstrip("*").removesuffix("*/")).strip()
