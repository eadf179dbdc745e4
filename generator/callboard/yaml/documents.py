"""The text of a file → its YAML documents, each with a value or with what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from yaml.error import MarkedYAMLError, YAMLError

from callboard.model.data_classes import dataclass
from callboard.model.problem import Span
from callboard.yaml.indentation import indentation_troubles
from callboard.yaml.nodes import compose_source, is_changed, prepared, restored, unprepared
from callboard.yaml.problems import YamlTrouble, explain, with_anchor
from callboard.yaml.values import Builder, Unusable

_MARKER = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)", re.MULTILINE)
_BARE_START = re.compile(r"---[ \t]*(?:[ \t]#[^\n]*)?(?:\r?\n|\Z)")
_PREAMBLE = re.compile(r"(?:[ \t]*+(?:#[^\n]*+)?+\r?+(?:\n|\Z)|%[^\n]*+(?:\n|\Z))*+\Z")
_BLANK_LINES = re.compile(r"(?:[ \t]*\r?\n)*")
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


_ANCHORS_WITHIN = 100_000
"""Characters of earlier documents that are searched for the anchor of an alias."""


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
    return tuple(each_document(text, nodes=nodes, depth=depth, documents=documents))


def each_document(text: str, *, nodes: int, depth: int, documents: int) -> Iterator[Document]:
    """As ``read_documents``, one after the other: positions in a document are found at once before the next one is read."""
    line, at = 1, 0
    for index, chunk in enumerate(_chunks(text)):
        if index >= documents:
            line += text.count("\n", at, chunk.start)
            message = f"The file has more than {documents:,} documents; the rest is not read"
            trouble = YamlTrouble(
                "too-many", message, Span.at(line, 1), "Split the file, or raise limits.documents_per_file in sources.yaml."
            )
            yield Document(index, line, "", None, (trouble,))
            return
        begin = _content_start(text, chunk)
        line += text.count("\n", at, begin)
        at = begin
        document = _read(index, line, text[begin : chunk.end], nodes, depth)
        if document.failed and 0 < begin < _ANCHORS_WITHIN:
            document = replace(document, troubles=tuple(with_anchor(trouble, text[:begin]) for trouble in document.troubles))
        yield document


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
            builder.troubles += indentation_troubles(node, source)
    except Unusable as error:
        value, builder.troubles = None, [error.trouble]
    except MarkedYAMLError as error:
        value, builder.troubles = None, [explain(error, unprepared(source))]
    except YAMLError:
        value, builder.troubles = (
            None,
            [YamlTrouble("syntax", "This text contains characters that YAML does not allow", Span.at(1, 1), "Save the file as UTF-8.")],
        )
    except Exception as error:  # noqa: BLE001 - a defect at one document must not lose the others
        hint = "This is a defect in Callboard: please report it with the descriptor."
        value, builder.troubles = (
            None,
            [YamlTrouble("failure", f"Reading this document failed: {type(error).__name__}", Span.at(1, 1), hint)],
        )
    if not builder.troubles:
        return Document(index, line, text, restored(value) if is_changed(source) else value)
    troubles = tuple(trouble.moved_down(line - 1) for trouble in builder.troubles)
    return Document(index, line, text, None if any(t.fatal for t in troubles) else value, troubles)
