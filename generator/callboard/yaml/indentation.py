"""The nodes of one document → troubles with the indentation of its values, which npm's ``yaml`` rejects and libyaml accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from callboard.yaml.problems import YamlTrouble, span_of, tab_trouble

_OPEN_BRACKET = re.compile(r"[\[{][^\[\]{}\n]*$", re.MULTILINE)
_COMMA_AT_END = re.compile(r",[ \t\r]*$", re.MULTILINE)
_OPEN_QUOTE = re.compile(r"""^[^"'\n]*(?:"[^"\n]*|'[^'\n]*)$""", re.MULTILINE)
_BLOCK = frozenset("|>")
_TAB_LINE = re.compile(r"^[ ]*\t[ \t]*(?=\r?$|#)", re.MULTILINE)


def indentation_troubles(root: Node, text: str) -> list[YamlTrouble]:
    """A trouble for each value of several lines with one that is not indented deeper than the block around it, or with a tab."""
    has_tabs = _TAB_LINE.search(text) is not None
    if not has_tabs and not _may_have_open_line(text):
        return []
    lines = text.split("\n")
    hint = "Indent each of its lines deeper than its key, or close it in the first line."
    message = "A line of this value is not indented deeper than the block around it"
    troubles = []
    for node, column in _multi_line_nodes(root, -1, set()):
        if getattr(node, "style", None) in _BLOCK:
            if has_tabs and (number := _tab_in_block(node, column, lines)):
                troubles.append(tab_trouble(number, len(lines[number - 1]) - len(lines[number - 1].lstrip(" ")) + 1))
        elif _is_outdented(node, column, lines):
            troubles.append(YamlTrouble("syntax", message, span_of(node), hint))
    return troubles


def _may_have_open_line(text: str) -> bool:
    """Whether a bracket or a quote may stay open on a line, as in very few descriptors. Three quick searches in place of a slow one."""
    return (
        _OPEN_BRACKET.search(text) is not None
        or _COMMA_AT_END.search(text) is not None
        or (('"' in text or "'" in text) and _OPEN_QUOTE.search(text) is not None)
    )


def _tab_in_block(node: Node, column: int, lines: Sequence[str]) -> int:
    """The number of the line with a tab in the indentation of a block scalar, before or after its text; 0 if there is none."""
    indentation = 0
    for number, line in enumerate(lines[node.start_mark.line + 1 :], node.start_mark.line + 2):
        bare = line.strip(" \r")
        if bare and not bare.startswith("\t") and _depth(line) <= column:
            return 0
        if bare.startswith("\t") and _depth(line) < (indentation or column + 1):
            return number
        indentation = indentation or (_depth(line) if bare else 0)
    return 0


def _multi_line_nodes(node: Node, column: int, seen: set[int]) -> Iterator[tuple[Node, int]]:
    """The outermost scalars and flow collections over several lines, with the column of the block around them (-1: none)."""
    if getattr(node, "flow_style", False) or isinstance(node, ScalarNode):
        if node.start_mark.line != node.end_mark.line:
            yield node, column
        return
    if id(node) in seen:
        return
    seen.add(id(node))
    children: Sequence[Node] = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    for child in children:
        yield from _multi_line_nodes(child, node.start_mark.column, seen)


def _is_outdented(node: Node, column: int, lines: Sequence[str]) -> bool:
    """Whether a continuation line has text, or a tab in a scalar, at or left of the block's column; a closing bracket is allowed."""
    continued = lines[node.start_mark.line + 1 : node.end_mark.line + 1]
    blank = " \r" if isinstance(node, ScalarNode) else None
    return any(_depth(line) <= column for line in continued if line.strip(blank) and not _is_allowed(node, line, column))


def _is_allowed(node: Node, line: str, column: int) -> bool:
    bare = line.lstrip(" \t")
    return not isinstance(node, ScalarNode) and (bare.startswith("#") or (bare[0] in "]}" and _depth(line) == column))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
