"""Collapses the white space of templates when they are compiled: rendering pays nothing, users' text is never touched."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

_KEPT = re.compile(r"(</?(?:pre|code|textarea|script|style)\b)")
_RUN = re.compile(r"\s*\n\s*|[ \t]{2,}")


class CollapseWhitespace(Extension):
    """Turns each run of white space with a line break into one line break, outside of ``pre``, ``code`` and ``textarea``."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens of a template with its literal text collapsed; line numbers stay."""
        open_elements = 0
        for token in stream:
            if token.type == "data":
                text, open_elements = _collapse(token.value, open_elements)
                yield Token(token.lineno, "data", text)
            else:
                yield token


def _collapse(text: str, open_elements: int) -> tuple[str, int]:
    parts = []
    for part in _KEPT.split(text):
        if part.startswith("</") and _KEPT.fullmatch(part):
            open_elements = max(0, open_elements - 1)
        elif _KEPT.fullmatch(part):
            open_elements += 1
        elif not open_elements:
            part = _RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", part)  # noqa: PLW2901 - the part, collapsed
        parts.append(part)
    return "".join(parts), open_elements
