"""Texts in quotes and collections in brackets over several lines: npm's ``yaml`` wants their lines indented, libyaml does not mind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from generator.yaml12.trouble import YamlTrouble, extent_of

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
