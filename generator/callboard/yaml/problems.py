"""What is wrong in a YAML text, in plain English with a position and a way to mend it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from yaml.error import MarkedYAMLError
from yaml.nodes import Node


class Extent(NamedTuple):
    """A range of text, 1-based; the end column is the first one behind the range."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class YamlTrouble:
    """One thing that is wrong with a document."""

    reason: str
    """``syntax``, ``tab``, ``duplicate-key``, ``unquoted-braces``, ``alias``, ``too-deep``, ``too-large`` or ``too-many``."""
    message: str
    """One sentence without a full stop."""
    at: Extent
    """Where, in lines of the file."""
    hint: str
    """How to mend it, in one sentence."""
    fatal: bool = True
    """The document has no value because of it."""
    first: Extent | None = None
    """The other place that it is about, such as the first of two equal keys."""
    about: str = ""
    """What it is about, such as the key that stands twice."""

    def moved(self, lines: int) -> YamlTrouble:
        """The same, so many lines further down."""
        first = shifted(self.first, lines) if self.first else None
        message = self.message
        if self.first and first:
            message = message.replace(f"in line {self.first.line}", f"in line {first.line}")
        return replace(self, message=message, at=shifted(self.at, lines), first=first)


def shifted(at: Extent, lines: int) -> Extent:
    """The same range, so many lines further down."""
    return Extent(at.line + lines, at.column, at.end_line + lines, at.end_column)


def extent_of(node: Node) -> Extent:
    """Where a node stands; a block collection ends where its last line does not show, so only its first position counts."""
    start, end = node.start_mark, node.end_mark
    if end.line == start.line and end.column > start.column:
        return Extent(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return Extent(start.line + 1, start.column + 1, start.line + 1, start.column + 2)


class _Place(NamedTuple):
    """What a message can be made from."""

    line: str
    """The line of the problem."""
    number: int
    column: int
    """0-based."""
    begun: int
    """The line where the construct began, from 1."""
    begun_text: str
    begun_column: int
    """0-based."""


def explain(error: MarkedYAMLError, text: str) -> YamlTrouble:
    """An error of libyaml in our words; positions count from the text's first line."""
    lines = text.splitlines() or [""]
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    number, column = _inside(lines, mark.line if mark else 0, mark.column if mark else 0)
    begun, begun_column = _inside(lines, context.line, context.column) if context else (number, column)
    place = _Place(lines[number], number + 1, column, begun + 1, lines[begun], begun_column)
    said = f"{error.problem or ''}|{error.context or ''}"
    for words, make in _EXPLANATIONS:
        if words in said:
            return make(place)
    return _at(place, f"This is no valid YAML ({error.problem or error.context})", "Check the quotes and the indentation of this line.")


def _inside(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """The position, or the end of the last line that has text when it lies behind the text."""
    if line < len(lines):
        return line, min(column, len(lines[line]))
    last = max((i for i, text in enumerate(lines) if text.strip()), default=0)
    return last, len(lines[last].rstrip())


def _at(place: _Place, message: str, hint: str, reason: str = "syntax", *, begun: bool = False) -> YamlTrouble:
    line, column, text = (place.begun, place.begun_column, place.begun_text) if begun else (place.number, place.column, place.line)
    end = max(len(text.rstrip()), column + 1) if begun else column + 1
    return YamlTrouble(reason, message, Extent(line, column + 1, line, end + 1), hint)


def _colon(place: _Place) -> YamlTrouble:
    before = place.line[: place.column]
    if ": " in before.lstrip(" -?"):
        return _at(place, 'A text without quotes cannot hold ": "', "Put the text in quotes: it contains ': '.")
    return _at(
        place,
        "A key stands here where the lines above do not allow one",
        "Check the indentation: keys of one mapping begin in the same column, and a key that holds others has no text behind its colon.",
    )


def _no_colon(place: _Place) -> YamlTrouble:
    found = place.begun_text.strip()[:60]
    return _at(
        place,
        f'Expected "key: value", found "{found}"',
        "Put a colon and a space behind the key, or indent the line if it continues a text.",
        begun=True,
    )


def _bad_start(place: _Place) -> YamlTrouble:
    char = place.line[place.column : place.column + 1]
    if char == "\t":
        return _tab(place)
    if char == "%" and place.line[: place.column].rstrip().endswith("{"):
        return _at(
            place,
            'This is the tag of a template language ("{%"), which YAML does not know',
            "Put the template's text in quotes, or leave this file out of the catalog.",
        )
    return _at(place, f'A text without quotes cannot begin with "{char}"', "Put the text in quotes.")


def _tab(place: _Place) -> YamlTrouble:
    return _at(place, "A tab indents this line, and YAML allows only spaces there", "Replace the tab by spaces.", "tab")


def _open_quote(place: _Place) -> YamlTrouble:
    return _at(place, "This quote is never closed", "Close the quote at the end of the text.", begun=True)


def _block(place: _Place) -> YamlTrouble:
    if "\t" in place.line[: len(place.line) - len(place.line.lstrip())]:
        return _tab(place)
    kind = "This line does not fit the lines above, which began in line"
    return _at(
        place,
        f"{kind} {place.begun}",
        "Check the indentation, and that each text with quotes ends with its quote.",
    )


def _flow(place: _Place) -> YamlTrouble:
    return _at(
        place,
        f"The bracket of line {place.begun} is not closed here, nor does a comma follow",
        "Close the bracket, separate items by commas, or put a text with brackets in quotes.",
    )


def _alias(place: _Place) -> YamlTrouble:
    word = place.line[place.column :].split()
    name = word[0][:60] if word else "*"
    return _at(
        place,
        f'"{name}" names an anchor that the document does not have',
        "Put the text in quotes: a value that begins with * is an alias.",
    )


def _escape(place: _Place) -> YamlTrouble:
    return _at(place, "Double quotes know no such escape", "Write two backslashes, or use single quotes.")


def _no_character(place: _Place) -> YamlTrouble:
    return _at(place, "This escape stands for no character", "Write the character itself, or the text in single quotes.")


def _anchor(place: _Place) -> YamlTrouble:
    return _at(place, 'A text without quotes cannot begin with "&", "*" or "!"', "Put the text in quotes.")


_EXPLANATIONS: tuple[tuple[str, Callable[[_Place], YamlTrouble]], ...] = (
    ("mapping values are not allowed", _colon),
    ("could not find expected ':'", _no_colon),
    ("cannot start any token", _bad_start),
    ("found a tab character", _tab),
    ("unexpected end of stream|while scanning a quoted", _open_quote),
    ("unexpected document indicator|while scanning a quoted", _open_quote),
    ("flow", _flow),
    ("undefined alias", _alias),
    ("escape character", _escape),
    ("Unicode character escape", _no_character),
    ("while scanning an a", _anchor),
    ("while scanning a tag", _anchor),
    ("block", _block),
)
