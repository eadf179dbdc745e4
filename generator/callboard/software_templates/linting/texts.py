"""A text with ``${{ … }}``, ``{% … %}`` and ``{# … #}`` → its expressions and tags, each with its place and what it uses."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.model.data_classes import dataclass
from callboard.software_templates.linting.expressions import ExpressionReader, ExpressionUse
from callboard.software_templates.linting.tokens import ExpressionError, string_end, tokens

_STARTS = {"${{": "}}", "{%": "%}", "{#": "#}"}
_RAW = {"raw": "endraw", "verbatim": "endverbatim"}
_EMPTY = ExpressionUse((), ())
_TAGS_WITHOUT_VALUES = frozenset(
    {"else", "endif", "endfor", "endset", "endmacro", "endcall", "endfilter", "endblock", "default", "endswitch"}
)
_TAGS_OF_VALUES = frozenset({"if", "elif", "elseif", "switch", "case"})
_CLOSES = {
    "endif": "if",
    "endfor": "for",
    "endmacro": "macro",
    "endcall": "call",
    "endfilter": "filter",
    "endblock": "block",
    "endswitch": "switch",
}
MAX_PIECES = 5000


@dataclass(frozen=True, slots=True)
class TemplatePiece:
    """One expression or tag."""

    text: str
    """As written, with its delimiters."""
    offset: int
    """In the whole text."""
    uses: ExpressionUse = _EMPTY
    sets: tuple[str, ...] = ()
    """Names that it gives a value, until the end of the text."""
    error: str = ""
    """Why the engine cannot parse it; then nothing of the text is rendered."""
    is_tag: bool = False

    @property
    def inner(self) -> str:
        """The text without delimiters, on one line."""
        start = 3 if self.text.startswith("${{") else 2
        return " ".join(self.text[start:-2].strip("-").split())

    @property
    def tag(self) -> str:
        """The name of a tag; empty for an expression."""
        return self.inner.split(" ", 1)[0] if self.is_tag else ""


def pieces(text: str, start: str = "${{") -> Iterator[TemplatePiece]:
    """All expressions and tags outside of ``{% raw %}``; the last one has an error if the text ends inside of it.

    ``start``: ``{{`` for the delimiters of Cookiecutter.
    """
    at, open_tags = 0, list[TemplatePiece]()
    for _ in range(MAX_PIECES):
        begin, at, opening = _next(text, at, start)
        if not opening:
            break
        if at < 0:
            yield TemplatePiece(text[begin : begin + 80], begin, error=f"`{opening}` has no `{_closing(opening)}` after it")
            return
        piece = _piece(text, begin, at, opening)
        if raw := _RAW.get(piece.tag):
            at = _after_raw(text, at, raw)
        elif opening != "{#":
            yield _balanced(piece, open_tags)
    if open_tags:
        opened = open_tags[-1]
        yield TemplatePiece(opened.text, opened.offset, error=f"`{{% {opened.tag} %}}` has no end", is_tag=True)


def has_templating(text: str) -> bool:
    """Whether anything in the text is for the engine."""
    return any(start in text for start in _STARTS)


def _next(text: str, at: int, start: str) -> tuple[int, int, str]:
    """Begin, end (-1 for none) and opening of the next piece."""
    places = [(text.find(each, at), each) for each in (start, "{%", "{#")]
    begin, opening = min((place for place in places if place[0] >= 0), default=(0, ""))
    if not opening:
        return 0, at, ""
    return begin, _end(text, begin + len(opening), _closing(opening)), opening


def _closing(opening: str) -> str:
    return _STARTS.get(opening, "}}")


def _end(text: str, at: int, closing: str) -> int:
    """The position after the piece; -1 if it has no end. Strings may contain the closing; comments have no strings."""
    if closing == "#}":
        found = text.find(closing, at)
        return found + 2 if found >= 0 else -1
    while at < len(text):
        if text.startswith(closing, at):
            return at + 2
        at = string_end(text, at) if text[at] in "'\"" else at + 1
    return -1


def _piece(text: str, begin: int, end: int, opening: str) -> TemplatePiece:
    whole = text[begin:end]
    inner = whole[len(opening) : -2]
    inner = inner.removeprefix("-").removesuffix("-")
    if opening == "{#":
        return TemplatePiece(whole, begin)
    try:
        reader = ExpressionReader(tokens(inner))
        sets = _read_tag(reader) if opening == "{%" else _read_value(reader)
    except ExpressionError as error:
        return TemplatePiece(whole, begin, error=str(error), is_tag=opening == "{%")
    return TemplatePiece(whole, begin, reader.used(), sets, is_tag=opening == "{%")


def _read_value(reader: ExpressionReader) -> tuple[str, ...]:
    reader.expression()
    reader.end()
    return ()


def _read_tag(reader: ExpressionReader) -> tuple[str, ...]:
    """Names that the tag sets."""
    tag = reader.name()
    if tag in _TAGS_OF_VALUES:
        reader.expression()
        reader.end()
    elif tag in {"for", "set"}:
        names = [reader.name()]
        while reader.take(","):
            names.append(reader.name())
        if tag == "for":
            reader.expect("in")
            reader.expression()
        elif reader.take("="):
            reader.expression()
        reader.end()
        return (*names, "loop") if tag == "for" else tuple(names)
    elif tag == "macro":
        return _names_of_macro(reader)
    elif tag not in _TAGS_WITHOUT_VALUES and tag not in _RAW and tag not in {"call", "filter", "block"}:
        raise ExpressionError(f"`{tag}` is no tag of templates")
    return ()


def _names_of_macro(reader: ExpressionReader) -> tuple[str, ...]:
    """The name of a macro, and those of its parameters."""
    rest = reader.found[reader.at :]
    return tuple(token.text for token in rest if token.kind == "word")


def _after_raw(text: str, at: int, end_tag: str) -> int:
    """The position after ``{% endraw %}``, or the end of the text."""
    while (begin := text.find("{%", at)) >= 0:
        end = text.find("%}", begin)
        if end < 0:
            break
        if text[begin + 2 : end].strip("-").strip() == end_tag:
            return end + 2
        at = begin + 2
    return len(text)


def _balanced(piece: TemplatePiece, open_tags: list[TemplatePiece]) -> TemplatePiece:
    """The piece, with an error if it ends or continues a tag that is not open."""
    tag = piece.tag
    if piece.error or not tag:
        return piece
    expected = _CLOSES.get(tag) or {"elif": "if", "elseif": "if", "else": "if"}.get(tag, "")
    current = open_tags[-1].tag if open_tags else ""
    if expected and current != expected and not (tag == "else" and current == "for"):
        return TemplatePiece(piece.text, piece.offset, error=f"`{{% {tag} %}}` has no `{{% {expected} … %}}` before it", is_tag=True)
    if tag in _CLOSES:
        open_tags.pop()
    elif tag in _CLOSES.values():
        open_tags.append(piece)
    return piece
