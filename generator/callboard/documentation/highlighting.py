"""Code of pages → the same HTML as pymdownx makes of it, without looking for the lexer and without writing a style sheet for each block."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pygments.lexers import find_lexer_class_by_name
from pygments.util import ClassNotFound
from pymdownx.highlight import Highlight

import markdown


class _NoStyle:
    """In place of a style, of which HTML with classes has nothing: its rules would be computed for each block."""

    def __iter__(self) -> Iterator[Any]:
        return iter(())


_NO_STYLE = _NoStyle()


@lru_cache(maxsize=1_000)
def _lexer_class(language: str) -> Any:
    """The class of lexers of a language; None if there is none. Pygments searches its whole list, and all packages, each time."""
    try:
        return find_lexer_class_by_name(language)
    except ClassNotFound:
        return None


class QuickHighlight(Highlight):  # type: ignore[misc]  # it has no stubs
    """As its base, which needs a fifth of the time of an ordinary page."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if not self.noclasses:
            self.pygments_style = _NO_STYLE

    def get_lexer(self, src: Any, language: Any, inline: Any, stripnl: Any) -> Any:
        """As its base: lexer and name of the language."""
        plain = _lexer_class(self.default_lang or "text")
        if self.guess_lang or plain is None:
            return super().get_lexer(src, language, inline, stripnl)
        name, options = self.get_extended_language(language) if language else ("", {})
        options = {"stripnl": stripnl, **options}
        made = _lexer_class(name)
        try:
            lexer = made(**options) if made else None
        except Exception:  # noqa: BLE001 - as its base, for options that a lexer refuses
            lexer = None
        return (lexer, language) if lexer is not None else (plain(**options), plain.aliases[0])


def make_quick(parser: markdown.Markdown) -> None:
    """Let the parser's extensions, which find each other by this method, highlight code in this way."""
    for extension in parser.registeredExtensions:
        if hasattr(extension, "get_pymdownx_highlighter"):
            extension.get_pymdownx_highlighter = lambda: QuickHighlight
