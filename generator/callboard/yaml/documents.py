"""Texts in quotes and collections in brackets over several lines: npm's ``yaml`` wants their lines indented, libyaml does not mind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from yaml.composer import ComposerError
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent, StreamEndEvent
from yaml.nodes import MappingNode, Node, ScalarNode

from callboard.yaml.problems import Extent, YamlTrouble, explain, extent_of, shifted
from callboard.yaml.values import Builder, Parser, RedefiningParser, Unusable

_OPEN_LINE = re.compile(r"""[\[{][^\[\]{}\n]*$|,[ \t\r]*$|^[^"'\n]*(?:"[^"\n]*|'[^'\n]*)$""", re.MULTILINE)
"""A line on which a bracket or a quote may stay open: nearly no descriptor has one."""


def too_far_left(root: Node, text: str) -> list[YamlTrouble]:
    """A trouble for each such text or collection of which a line is not indented deeper than the block that holds it."""
    if not _OPEN_LINE.search(text):
        return []
    lines = text.split("\n")
    hint = "Indent each of its lines deeper than its key, or close it in the first line."
    message = "A line of this value is not indented deeper than what holds it"
    return [
        YamlTrouble("syntax", message, extent_of(node), hint)
        for node, column in _over_lines(root, -1, set())
        if _leaves(node, column, lines)
    ]


def _over_lines(node: Node, column: int, seen: set[int]) -> Iterator[tuple[Node, int]]:
    """Each of them, the outermost only, with the column of the block that holds it (-1: none)."""
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
        yield from _over_lines(child, node.start_mark.column, seen)


def _leaves(node: Node, column: int, lines: Sequence[str]) -> bool:
    """Whether a continued line has text in the block's column or further left; a closing bracket may stand in that column."""
    continued = lines[node.start_mark.line + 1 : node.end_mark.line + 1]
    return any(_depth(line) <= column for line in continued if line.strip() and not _may_stand(node, line, column))


def _may_stand(node: Node, line: str, column: int) -> bool:
    bare = line.lstrip(" ")
    return not isinstance(node, ScalarNode) and (bare.startswith("#") or (bare[0] in "]}" and _depth(line) == column))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


_MARKER = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BARE_START = re.compile(r"---[ \t]*(?:[ \t]#[^\n]*)?(?:\r?\n|\Z)")
_PREAMBLE = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)|%[^\n]*(?:\n|\Z))*\Z")
_DIRECTIVE = re.compile(r"^%(?!TAG )[^\n]*", re.MULTILINE)
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
_TAB_LINE = re.compile(r"^[ ]*\t[ \t]*(?=\r?$)", re.MULTILINE)
_DASH_TAB = re.compile(r"^ *(?:- +)*-[ \t]*\t[ \t]*(?=[^\s#-])(?![^\n]*:(?:\s|$))", re.MULTILINE)
_EXOTIC = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
"""Allowed by npm's ``yaml``; libyaml refuses them, or takes them for line breaks as YAML 1.1 did."""
_AWAY, _PLANE = 0xF0000, 0x10000
_EXOTIC_CODES = tuple(code for code in range(_PLANE) if _EXOTIC.match(chr(code)))
_STASH = {code: _AWAY + code for code in _EXOTIC_CODES} | {_AWAY + code: _AWAY + _PLANE + code for code in _EXOTIC_CODES}
"""Exotic characters to private ones of the same length; private characters that the author wrote make room for them."""
_RESTORE = {stashed: code for code, stashed in _STASH.items()}
_STASHED = re.compile(f"[{''.join(map(chr, _RESTORE))}]")
_SUSPECT = re.compile(r"^ {300}|(?:[-?:][ \t]+){100}", re.MULTILINE)
_MANY_BRACKETS = 400
_LIMIT_NODES, _LIMIT_DEPTH, _LIMIT_DOCUMENTS = 100_000, 60, 1_000


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a stream."""

    index: int
    """Position in the file, from 0; empty documents count."""
    line: int
    """Line of the file at which ``text`` begins, from 1."""
    text: str
    """As written, without a ``---`` line in front."""
    value: Any
    """None, a boolean, a number, a text, a list or a mapping with text keys; None too where ``failed``."""
    troubles: tuple[YamlTrouble, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether it could not be read."""
        return any(trouble.fatal for trouble in self.troubles)


class _Chunk(NamedTuple):
    """A document as text: where it starts and ends, and where its ``---`` stands (-1: none)."""

    start: int
    end: int
    marker: int


def decode(data: bytes) -> tuple[str, int]:
    """UTF-8 without a byte order mark, and the offset of the first byte that is no UTF-8 (-1: none; it becomes U+FFFD)."""
    try:
        return data.decode("utf-8-sig"), -1
    except UnicodeDecodeError as error:
        return data.decode("utf-8-sig", "replace"), error.start


def read_documents(
    text: str, *, nodes: int = _LIMIT_NODES, depth: int = _LIMIT_DEPTH, documents: int = _LIMIT_DOCUMENTS
) -> tuple[Document, ...]:
    """All documents of a text, good and bad, in order; what is past ``documents`` is left out, and the last one says so."""
    found: list[Document] = []
    line, at = 1, 0
    for index, chunk in enumerate(_chunks(text)):
        if index >= documents:
            line += text.count("\n", at, chunk.start)
            message = f"The file has more than {documents:,} documents; the rest is not read"
            trouble = YamlTrouble("too-many", message, Extent(line, 1, line, 2), "Split the file.")
            found.append(Document(index, line, "", None, (trouble,)))
            break
        begin = _content_start(text, chunk)
        line += text.count("\n", at, begin)
        at = begin
        found.append(_read(index, line, text[begin : chunk.end], nodes, depth))
    return tuple(found)


def read_one(text: str, *, nodes: int = _LIMIT_NODES, depth: int = _LIMIT_DEPTH) -> Document:
    """The only document of a text; a second one is a trouble."""
    found = read_documents(text, nodes=nodes, depth=depth, documents=2)
    if len(found) <= 1:
        return found[0] if found else Document(0, 1, text, None)
    line = found[1].line
    trouble = YamlTrouble(
        "too-many", "Only one document may stand here", Extent(line, 1, line, 2), "Remove the rest of the file from --- on."
    )
    return Document(0, found[0].line, found[0].text, None, (*found[0].troubles, trouble))


def _chunks(text: str) -> Iterator[_Chunk]:
    """Cut at ``---`` and ``...`` in the first column: YAML 1.2 lets nothing continue over them, not even a block scalar."""
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
    """Behind a bare ``---`` line and blank lines; at the chunk's start where directives or content on the marker's line need it."""
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
            builder.troubles += too_far_left(node, source)
    except Unusable as past:
        value, builder.troubles = None, [past.trouble]
    except MarkedYAMLError as error:
        value, builder.troubles = None, [explain(error, source)]
    except YAMLError:
        value, builder.troubles = (
            None,
            [YamlTrouble("syntax", "This is no text that YAML allows", Extent(1, 1, 1, 2), "Save the file as UTF-8.")],
        )
    if not builder.troubles:
        return Document(index, line, text, _restored(value) if source is not text and _STASHED.search(source) else value)
    troubles = tuple(trouble.moved(line - 1) for trouble in builder.troubles)
    return Document(index, line, text, None if any(t.fatal for t in troubles) else value, troubles)


def prepared(text: str) -> str:
    """The text as libyaml must see it to agree with YAML 1.2: with a last newline, exotic characters stashed away."""
    source = text if text.endswith("\n") else text + "\n"
    if _EXOTIC.search(source):
        source = source.removeprefix("\ufeff").translate(_STASH)
    return source


def _restored(value: Any) -> Any:
    """The value with the stashed characters in their places."""
    if isinstance(value, str):
        return value.translate(_RESTORE)
    if isinstance(value, list):
        return [_restored(item) for item in value]
    if isinstance(value, dict):
        return {_restored(key): _restored(item) for key, item in value.items()}
    return value


def compose_source(source: str, depth: int) -> Node | None:
    """The root node. Raises ``MarkedYAMLError``, or ``Unusable`` for what libyaml's recursion could not bear."""
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
    """Tabs as blanks where YAML 1.2 allows them and libyaml does not: in lines without text, and between a dash and a text."""
    return _DASH_TAB.sub(lambda match: match.group().replace("\t", " "), _TAB_LINE.sub("", source))


def _single(parser: Parser) -> Node | None:
    try:
        node: Node | None = parser.get_single_node()
        return node
    finally:
        parser.dispose()


def _check_depth(source: str, most: int) -> None:
    """Walk the events, which needs no recursion, before nodes are composed, which does."""
    parser, depth = Parser(source), 0
    while not isinstance(event := parser.get_event(), StreamEndEvent):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > most:
            mark: Any = getattr(event, "start_mark", None)
            at = shifted(Extent(1, mark.column + 1, 1, mark.column + 2), mark.line)
            message = f"The document is nested more than {most} levels deep"
            raise Unusable(YamlTrouble("too-deep", message, at, "Split it into several documents."))
