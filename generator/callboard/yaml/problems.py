"""An error of libyaml → a message with a position and a hint on how to fix it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

from yaml.error import MarkedYAMLError
from yaml.nodes import Node

from callboard.model.data_classes import dataclass
from callboard.model.problem import Span


@dataclass(frozen=True, slots=True)
class YamlTrouble:
    """One error in a document."""

    reason: str
    """``syntax``, ``tab``, ``duplicate-key``, ``unquoted-braces``, ``alias``, ``too-deep``, ``too-large``, ``too-many`` or
    ``failure`` (an unexpected exception)."""
    message: str
    """One sentence without a full stop."""
    at: Span
    """The range, in lines of the file."""
    hint: str
    """How to fix it, in one sentence."""
    fatal: bool = True
    """Whether the document has no value because of it."""
    first: Span | None = None
    """The other range that it is about, such as the first of two equal keys."""
    about: str = ""
    """What it is about, such as the duplicate key."""

    def moved_down(self, lines: int) -> YamlTrouble:
        """The same trouble ``lines`` further down."""
        first = self.first.moved_down(lines) if self.first else None
        message = self.message
        if self.first and first:
            message = message.replace(f"in line {self.first.line}", f"in line {first.line}")
        return replace(self, message=message, at=self.at.moved_down(lines), first=first)


def span_of(node: Node) -> Span:
    """The range of a node; of one over several lines only the first character, because a block collection ends in a later block."""
    start, end = node.start_mark, node.end_mark
    if end.line == start.line and end.column > start.column:
        return Span(start.line + 1, start.column + 1, end.line + 1, end.column + 1)
    return Span.at(start.line + 1, start.column + 1)


class _ErrorContext(NamedTuple):
    """The lines of an error."""

    line: str
    """The line of the error."""
    number: int
    column: int
    """0-based."""
    start: int
    """The line at which the construct begins, from 1."""
    start_text: str
    start_column: int
    """0-based."""


def explain(error: MarkedYAMLError, text: str) -> YamlTrouble:
    """Describe an error of libyaml in ``text``; lines count from the start of ``text``."""
    lines = text.splitlines() or [""]
    mark, start_mark = error.problem_mark or error.context_mark, error.context_mark
    number, column = _inside(lines, mark.line if mark else 0, mark.column if mark else 0)
    start, start_column = _inside(lines, start_mark.line, start_mark.column) if start_mark else (number, column)
    context = _ErrorContext(lines[number], number + 1, column, start + 1, lines[start], start_column)
    original = f"{error.problem or ''}|{error.context or ''}"
    if number and "mapping values are not allowed" in original and (title := _AFTER_SEPARATOR.match(lines[0])):
        at = Span(1, title.start(1) + 1, 1, title.end(1) + 1)
        return YamlTrouble("syntax", 'The text after "---" is a value, which no key can follow', at, "Write --- alone on its line.")
    for words, describe in _EXPLANATIONS:
        if words in original:
            return describe(context)
    return _at(context, f"This is not valid YAML ({error.problem or error.context})", "Check the quotes and the indentation of this line.")


def _inside(lines: Sequence[str], line: int, column: int) -> tuple[int, int]:
    """Line and column, or the end of the last line that is not blank if they are past the end of the text."""
    if line < len(lines):
        return line, min(column, len(lines[line]))
    last_line = max((i for i, text in enumerate(lines) if text.strip()), default=0)
    return last_line, len(lines[last_line].rstrip())


def _at(context: _ErrorContext, message: str, hint: str, reason: str = "syntax", *, at_start: bool = False) -> YamlTrouble:
    if not at_start:
        return YamlTrouble(reason, message, Span.at(context.number, context.column + 1), hint)
    end = max(len(context.start_text.rstrip()), context.start_column + 1)
    return YamlTrouble(reason, message, Span(context.start, context.start_column + 1, context.start, end + 1), hint)


_PLACEHOLDER = re.compile(r"\b(\w+):\s+(\$(?:text|json|yaml|openapi|asyncapi)):\s")
"""Two keys on one line, of which the second one is to be replaced by a file."""


def _colon(context: _ErrorContext) -> YamlTrouble:
    before = context.line[: context.column]
    if placeholder := _PLACEHOLDER.search(context.line):
        key, name = placeholder.groups()
        hint = f"Write {name}: on a line of its own below {key}:, indented by two spaces."
        return _at(context, f'"{name}:" is not allowed on the line of "{key}:"', hint)
    if ": " in before.lstrip(" -?"):
        if context.line.rstrip()[context.column :] == ":":
            return _at(context, 'A string without quotes cannot end with ":"', 'Put the string in quotes, or remove the ":" at its end.')
        return _at(context, 'A string without quotes cannot contain ": "', "Put the string in quotes: it contains ': '.")
    return _at(
        context,
        "A key is not allowed here after the lines above",
        "Check the indentation: keys of one mapping begin in the same column, and a key with nested keys has no value after its colon.",
    )


_AFTER_SEPARATOR = re.compile(r"---[ \t]+([^\s#|>]\S*)")
"""The first word on the line that begins a document."""
_LIKE_SEPARATOR = re.compile(r"[-\u2010-\u2015\u2212=_*]+")
"""A line that was meant to separate two documents: with other dashes than the three hyphens, or not in the first column."""
_OTHER_COLON = re.compile(r"[\uff1a\ufe55\ufe13\ua789\u2236\u02d0]\s*")
"""A character that looks like a colon, such as that of a Chinese or Japanese keyboard."""


def _no_colon(context: _ErrorContext) -> YamlTrouble:
    line = context.start_text.strip()[:60]
    if _LIKE_SEPARATOR.fullmatch(line):
        hint = "Write exactly three hyphens (---) in the first column if a second document begins below this line."
        return _at(context, f'"{line}" does not separate two documents', hint, at_start=True)
    hint = "Put a colon and a space after the key, or indent the line if it continues a string."
    if odd := _OTHER_COLON.search(line):
        hint = f'Write ": " in place of "{odd[0].strip()}", which is another character than the colon.'
    return _at(context, f'Expected "key: value", found "{line}"', hint, at_start=True)


def _bad_start(context: _ErrorContext) -> YamlTrouble:
    char = context.line[context.column : context.column + 1]
    if char == "\t":
        return _tab(context)
    if char == "%" and context.line[: context.column].rstrip().endswith("{"):
        return _at(
            context,
            'This is a tag of a template language ("{%"), which is not YAML',
            "Put the template's text in quotes, or exclude this file from the catalog.",
        )
    return _at(context, f'A string without quotes cannot begin with "{char}"', "Put the string in quotes.")


def tab_trouble(line: int, column: int) -> YamlTrouble:
    """The trouble of a tab in an indentation, at a line and column from 1."""
    return YamlTrouble(
        "tab", "This line is indented with a tab; YAML allows only spaces", Span.at(line, column), "Replace the tab with spaces."
    )


def _tab(context: _ErrorContext) -> YamlTrouble:
    return tab_trouble(context.number, context.column + 1)


def _open_quote(context: _ErrorContext) -> YamlTrouble:
    return _at(context, "This quote is not closed", "Close the quote at the end of the string.", at_start=True)


_QUOTED = re.compile(r"""[ \t]*+(?:- +)*+(?:[^\s"':][^:"']*:[ \t]+)?(["'])""")
"""The beginning of a line up to the quote in which its value begins."""


def _block(context: _ErrorContext) -> YamlTrouble:
    if "\t" in context.line[: len(context.line) - len(context.line.lstrip())]:
        return _tab(context)
    before = context.line[: context.column].rstrip()
    quoted = _QUOTED.match(context.line)
    if quoted and quoted.end() < len(before) and before.endswith(quoted[1]) and context.line[context.column :].strip():
        hint = "Write each single quote inside of single quotes twice ('')" if quoted[1] == "'" else "Put the whole value in single quotes"
        return _at(context, "The quoted string ends before the end of the value", f"{hint}, or remove the quotes.")
    message = "This line does not match the indentation of the block that begins in line"
    return _at(
        context,
        f"{message} {context.start}",
        "Check the indentation, and that each quoted string has its closing quote.",
    )


def _flow(context: _ErrorContext) -> YamlTrouble:
    return _at(
        context,
        f"Expected a comma or a closing bracket for the bracket opened in line {context.start}",
        "Close the bracket, separate items by commas, or put a string with brackets in quotes.",
    )


_ALIAS = re.compile(r"[^\s,\[\]{}]+")


def _alias(context: _ErrorContext) -> YamlTrouble:
    word = _ALIAS.match(context.line, context.column)
    name = word[0][:60] if word else "*"
    hint = "Put the string in quotes: a value that begins with * is an alias."
    return replace(_at(context, f'"{name}" refers to an anchor that does not exist', hint), about=name)


def with_anchor(trouble: YamlTrouble, before: str) -> YamlTrouble:
    """The trouble; of an unknown alias with the anchor in ``before``, the earlier documents of the file, if it is there."""
    anchor = re.compile(rf"(?:^|[\s,\[{{])&{re.escape(trouble.about[1:])}(?=[\s,\]}}]|$)", re.MULTILINE)
    found = anchor.search(before) if trouble.about.startswith("*") else None
    if found is None:
        return trouble
    line = before.count("\n", 0, found.end()) + 1
    return replace(trouble, hint=f"Write the value again here: the anchor of line {line} is in another document, which it does not leave.")


def _escape(context: _ErrorContext) -> YamlTrouble:
    return _at(context, "This escape is not valid in double quotes", "Write two backslashes, or use single quotes.")


def _no_character(context: _ErrorContext) -> YamlTrouble:
    return _at(context, "This escape does not denote a character", "Write the character itself, or the string in single quotes.")


def _anchor(context: _ErrorContext) -> YamlTrouble:
    return _at(context, 'A string without quotes cannot begin with "&", "*" or "!"', "Put the string in quotes.")


_EXPLANATIONS: tuple[tuple[str, Callable[[_ErrorContext], YamlTrouble]], ...] = (
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
