"""The text of a file → its YAML documents, each with a value or with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent, StreamEndEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from callboard.model.problem import Span
from callboard.yaml.problems import YamlTrouble, explain, span_of
from callboard.yaml.values import Builder, Parser, RedefiningParser, Unusable

_OPEN_LINE = re.compile(r"""[\[{][^\[\]{}\n]*$|,[ \t\r]*$|^[^"'\n]*(?:"[^"\n]*|'[^'\n]*)$""", re.MULTILINE)
"""A line on which a bracket or a quote may stay open, which very few descriptors have."""
_MARKER = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BARE_START = re.compile(r"---[ \t]*(?:[ \t]#[^\n]*)?(?:\r?\n|\Z)")
_PREAMBLE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)|%[^\n]*(?:\n|\Z))*\Z")
_DIRECTIVE = re.compile(r"^%(?!TAG )[^\n]*", re.MULTILINE)
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
_TAB_LINE = re.compile(r"^[ ]*\t[ \t]*(?=\r?$)", re.MULTILINE)
_DASH_TAB = re.compile(r"^ *(?:- +)*-[ \t]*\t[ \t]*(?=[^\s#-])(?![^\n]*:(?:\s|$))", re.MULTILINE)
_EXOTIC = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Characters that npm's ``yaml`` allows and libyaml rejects or, by YAML 1.1, reads as line breaks."""
_AWAY, _PLANE = 0xF0000, 0x10000
_EXOTIC_CODES = tuple(code for code in range(_PLANE) if _EXOTIC.match(chr(code)))
_STASH = {code: _AWAY + code for code in _EXOTIC_CODES} | {_AWAY + code: _AWAY + _PLANE + code for code in _EXOTIC_CODES}
"""Replacements of exotic characters by private ones of the same length; private characters in the text are replaced by others."""
_RESTORE = {stashed: code for code, stashed in _STASH.items()}
_STASHED = re.compile(f"[{''.join(map(chr, _RESTORE))}]")
_SUSPECT = re.compile(r"^ {300}|(?:[-?:][ \t]+){100}", re.MULTILINE)
_TOO_DEEP_FOR_LIBYAML = "maximum nesting depth"
_MANY_BRACKETS = 400
_LIMIT_NODES, _LIMIT_DEPTH, _LIMIT_DOCUMENTS = 100_000, 60, 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a stream."""

    index: int
    """Index in the file, from 0; empty documents are counted."""
    line: int
    """Line of the file at which ``text`` begins, from 1."""
    text: str
    """As written, without a ``---`` line before it."""
    value: Any
    """None, a boolean, a number, a string, a list or a mapping with string keys; None if ``failed``."""
    troubles: tuple[YamlTrouble, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the document could not be read."""
        return any(trouble.fatal for trouble in self.troubles)


class _Chunk(NamedTuple):
    """The offsets of a document: start, end, and that of its ``---`` (-1: none)."""

    start: int
    end: int
    marker: int


def decode(data: bytes) -> tuple[str, int]:
    """Decode UTF-8 without a byte order mark; also returns the offset of the first invalid byte (-1: none), which becomes U+FFFD."""
    try:
        return data.decode("utf-8-sig"), -1
    except UnicodeDecodeError as error:
        return data.decode("utf-8-sig", "replace"), error.start


def read_documents(
    text: str, *, nodes: int = _LIMIT_NODES, depth: int = _LIMIT_DEPTH, documents: int = _LIMIT_DOCUMENTS
) -> tuple[Document, ...]:
    """Read all documents of a text, valid or not, in order; after ``documents`` of them one with the trouble ``too-many`` is the last."""
    results: list[Document] = []
    line, at = 1, 0
    for index, chunk in enumerate(_chunks(text)):
        if index >= documents:
            line += text.count("\n", at, chunk.start)
            message = f"The file has more than {documents:,} documents; the rest is not read"
            trouble = YamlTrouble("too-many", message, Span.at(line, 1), "Split the file.")
            results.append(Document(index, line, "", None, (trouble,)))
            break
        begin = _content_start(text, chunk)
        line += text.count("\n", at, begin)
        at = begin
        results.append(_read(index, line, text[begin : chunk.end], nodes, depth))
    return tuple(results)


def read_one(text: str, *, nodes: int = _LIMIT_NODES, depth: int = _LIMIT_DEPTH) -> Document:
    """Read a text with at most one document; a second one is a trouble."""
    found = read_documents(text, nodes=nodes, depth=depth, documents=2)
    if len(found) <= 1:
        return found[0] if found else Document(0, 1, text, None)
    line = found[1].line
    trouble = YamlTrouble("too-many", "Only one document is allowed here", Span.at(line, 1), "Remove the rest of the file from --- on.")
    return Document(0, found[0].line, found[0].text, None, (*found[0].troubles, trouble))


def _chunks(text: str) -> Iterator[_Chunk]:
    """Split at ``---`` and ``...`` in the first column; in YAML 1.2 nothing continues over them, not even a block scalar."""
    start, marker = 0, -1
    for match in _MARKER.finditer(text):
        here = match.start()
        idle = marker < 0 and _PREAMBLE.match(text, start, here) is not None
        if match.group() == "---":
            if not idle:
                yield _Chunk(start, here, marker)
                start = here
            marker = here
            continue
        if not idle:
            yield _Chunk(start, here, marker)
        newline = text.find("\n", here)
        start, marker = len(text) if newline < 0 else newline + 1, -1
    if marker >= 0 or not _PREAMBLE.match(text, start):
        yield _Chunk(start, len(text), marker)


def _content_start(text: str, chunk: _Chunk) -> int:
    """The offset after a bare ``---`` line and blank lines, or that of the chunk if directives or content on the marker's line need it."""
    begin = chunk.start
    if chunk.marker >= 0 and "\n%" not in "\n" + text[chunk.start : chunk.marker]:
        bare = _BARE_START.match(text, chunk.marker, chunk.end)
        begin = bare.end() if bare else chunk.marker
    blank = _BLANK_LINES.match(text, begin, chunk.end)
    return blank.end() if blank else begin


def _read(index: int, line: int, text: str, nodes: int, depth: int) -> Document:
    source = prepared(text)
    builder = Builder(nodes, depth, shared="&" in text)
    try:
        node = compose_source(source, depth)
        value = None if node is None else builder.build(node)
        if node is not None:
            builder.troubles += _flow_indentation_troubles(node, source)
    except Unusable as error:
        value, builder.troubles = None, [error.trouble]
    except MarkedYAMLError as error:
        value, builder.troubles = None, [explain(error, source)]
    except YAMLError:
        value, builder.troubles = (
            None,
            [YamlTrouble("syntax", "This text contains characters that YAML does not allow", Span.at(1, 1), "Save the file as UTF-8.")],
        )
    if not builder.troubles:
        return Document(index, line, text, _restored(value) if source is not text and _STASHED.search(source) else value)
    troubles = tuple(trouble.moved_down(line - 1) for trouble in builder.troubles)
    return Document(index, line, text, None if any(t.fatal for t in troubles) else value, troubles)


def prepared(text: str) -> str:
    """Prepare a text so that libyaml reads it as YAML 1.2: with a final newline, exotic characters replaced by private ones."""
    source = text if text.endswith("\n") else text + "\n"
    if _EXOTIC.search(source):
        source = source.removeprefix("\ufeff").translate(_STASH)
    return source


def _restored(value: Any) -> Any:
    """The value with the original exotic characters."""
    if isinstance(value, str):
        return value.translate(_RESTORE)
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, dict):
        return {_restored(key): _restored(item) for key, item in value.items()}
    return value


def compose_source(source: str, depth: int) -> Node | None:
    """Compose the root node. Raises ``MarkedYAMLError``, or ``Unusable`` if nesting would exhaust libyaml's recursion."""
    if source.startswith("%") and "\n---" in source:
        source = _DIRECTIVE.sub("", source)
    if source.count("[") + source.count("{") > _MANY_BRACKETS or _SUSPECT.search(source):
        _check_depth(source, depth)
    try:
        return _single(Parser(source))
    except ComposerError as error:
        if "duplicate anchor" not in str(error):
            raise
        return _single(RedefiningParser(source))
    except MarkedYAMLError:
        if "\t" not in source:
            raise
        return _single(Parser(_with_harmless_tabs(source)))


def _with_harmless_tabs(source: str) -> str:
    """Replace tabs that YAML 1.2 allows and libyaml rejects by spaces: in blank lines, and between a dash and a scalar."""
    return _DASH_TAB.sub(lambda match: match.group().replace("\t", " "), _TAB_LINE.sub("", source))


def _single(parser: Parser) -> Node | None:
    try:
        node: Node | None = parser.get_single_node()
        return node
    finally:
        parser.dispose()


def _check_depth(source: str, most: int) -> None:
    """Check the nesting by parser events, which need no recursion, before nodes are composed recursively.

    PyYAML 6.0.4 brings a libyaml that has a limit of its own, and refuses deeper collections before it reports them.
    """
    parser, depth = Parser(source), 0
    try:
        while not isinstance(event := parser.get_event(), StreamEndEvent):
            depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
            if depth > most:
                raise _too_deep(most, getattr(event, "start_mark", None))
    except MarkedYAMLError as error:
        if _TOO_DEEP_FOR_LIBYAML not in (error.problem or ""):
            raise
        raise _too_deep(most, error.problem_mark) from error


def _too_deep(most: int, mark: Any) -> Unusable:
    message = f"The document is nested more than {most} levels deep"
    at = Span.at(mark.line + 1, mark.column + 1)
    return Unusable(YamlTrouble("too-deep", message, at, "Split it into several documents."))


def _flow_indentation_troubles(root: Node, text: str) -> list[YamlTrouble]:
    """A trouble for each quoted string and flow collection with a line that is not indented deeper than the block around it.

    npm's ``yaml`` rejects such lines; libyaml accepts them.
    """
    if not _OPEN_LINE.search(text):
        return []
    lines = text.split("\n")
    hint = "Indent each of its lines deeper than its key, or close it in the first line."
    message = "A line of this value is not indented deeper than the block around it"
    return [
        YamlTrouble("syntax", message, span_of(node), hint)
        for node, column in _multi_line_nodes(root, -1, set())
        if _is_outdented(node, column, lines)
    ]


def _multi_line_nodes(node: Node, column: int, seen: set[int]) -> Iterator[tuple[Node, int]]:
    """The outermost quoted strings and flow collections over several lines, with the column of the block around them (-1: none)."""
    flow = getattr(node, "flow_style", False)
    if flow or isinstance(node, ScalarNode):
        if (flow or getattr(node, "style", None) in {"'", '"'}) and node.start_mark.line != node.end_mark.line:
            yield node, column
        return
    if id(node) in seen:
        return
    seen.add(id(node))
    children: Sequence[Node] = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    for child in children:
        yield from _multi_line_nodes(child, node.start_mark.column, seen)


def _is_outdented(node: Node, column: int, lines: Sequence[str]) -> bool:
    """Whether a continuation line has text at or left of the block's column, where only a closing bracket is allowed."""
    continued = lines[node.start_mark.line + 1 : node.end_mark.line + 1]
    return any(_depth(line) <= column for line in continued if line.strip() and not _is_allowed(node, line, column))


def _is_allowed(node: Node, line: str, column: int) -> bool:
    bare = line.lstrip(" ")
    return not isinstance(node, ScalarNode) and (bare.startswith("#") or (bare[0] in "]}" and _depth(line) == column))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
