"""Source text with the classes that the theme colours; no style, no script."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

MAX_BYTES = 100_000
"""Above that colours cost more than they help: the text is shown plain."""
MAX_LINE = 5_000
"""Lexers are regular expressions, some of them slow on endless lines (minified JSON)."""


def highlight(text: str, language: str) -> Markup:
    """``<div class="highlight"><pre tabindex="0"><code>…`` with a span for each token.

    Plain where the language is unknown or the text too large. ``language`` is a name that Pygments knows
    (``yaml``, ``json``, ``graphql``, ``protobuf``, ``xml``).
    """
    lexer = _lexer(language.lower())
    body = escape(text) if lexer is None or _too_large(text) else _coloured(text, lexer)
    return Markup('<div class="highlight"><pre tabindex="0"><code>{}</code></pre></div>').format(body)


def _too_large(text: str) -> bool:
    return len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES or max(map(len, text.split("\n"))) > MAX_LINE


def _coloured(text: str, lexer: Lexer) -> Markup:
    return Markup(pygments_highlight(text, lexer, HtmlFormatter(nowrap=True)))  # noqa: S704  # the formatter escapes every token


@lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    """Keeps every line as it is: nothing stripped, nothing added."""
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
