"""An API definition and its type → format, file extension and highlighted HTML."""

from __future__ import annotations

from functools import lru_cache

from markupsafe import Markup, escape
from pygments import highlight as pygments_highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from callboard.model.data_classes import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """One type of API, as ``spec.type`` names it."""

    type: str
    label: str
    """Display name: ``OpenAPI``."""
    language: str
    """Language for ``highlight``; ``text`` for plain text."""
    extension: str
    """Extension of the definition's file, without a dot; never one that servers send as XML, in which browsers execute scripts."""


_FORMATS = {
    f.type: f
    for f in (
        Format("openapi", "OpenAPI", "yaml", "yaml"),
        Format("asyncapi", "AsyncAPI", "yaml", "yaml"),
        Format("graphql", "GraphQL", "graphql", "graphql"),
        Format("grpc", "gRPC", "protobuf", "proto"),
        Format("mcp-server", "MCP server", "yaml", "yaml"),
        Format("wsdl", "WSDL", "xml", "wsdl.txt"),
        Format("trpc", "tRPC", "typescript", "ts"),
    )
}
MAX_BYTES = 100_000
"""Larger texts are not highlighted: colors cost more than they help."""
MAX_LINE = 5_000
"""Texts with longer lines are not highlighted: some lexers are slow regular expressions (minified JSON)."""


def format_of(api_type: object, definition: str = "") -> Format:
    """The format of a definition; a YAML one that begins with ``{`` or ``[`` is JSON. An unknown type is plain text."""
    name = api_type.strip().lower() if isinstance(api_type, str) else ""
    found = _FORMATS.get(name) or Format(name or "unknown", str(api_type).strip()[:60] if name else "Unknown type", "text", "txt")
    if found.language in {"yaml", "text"} and definition.lstrip("\ufeff \t\r\n")[:1] in {"{", "["}:
        return Format(found.type, found.label, "json", "json")
    return found


def highlight(text: str, language: str) -> Markup:
    """``<div class="highlight"><pre tabindex="0"><code>…`` with a span for each token.

    Plain if the language is unknown or the text too large. ``language`` is a name of a Pygments lexer
    (``yaml``, ``json``, ``graphql``, ``protobuf``, ``xml``).
    """
    lexer = _lexer(language.lower())
    body = escape(text) if lexer is None or _too_large(text) else _highlighted(text, lexer)
    return Markup('<div class="highlight"><pre tabindex="0"><code>{}</code></pre></div>').format(body)


def _too_large(text: str) -> bool:
    return len(text) > MAX_BYTES or len(text.encode(errors="replace")) > MAX_BYTES or max(map(len, text.split("\n"))) > MAX_LINE


def _highlighted(text: str, lexer: Lexer) -> Markup:
    return Markup(pygments_highlight(text, lexer, _FORMATTER))  # noqa: S704  # the formatter escapes every token


_FORMATTER = HtmlFormatter(nowrap=True)
"""Making one takes a tenth of the time that a definition takes."""


@lru_cache(64)
def _lexer(language: str) -> Lexer | None:
    """The lexer of a language, which strips and adds no line breaks; None if it is unknown."""
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
