"""Texts in quotes over several lines: YAML wants their lines indented, libyaml does not mind, npm's ``yaml`` does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from yaml.nodes import MappingNode, Node, ScalarNode

from generator.yaml12.trouble import YamlTrouble, extent_of


def quoted_too_far_left(root: Node, text: str) -> list[YamlTrouble]:
    """A trouble for each text in quotes of which a line is not indented deeper than what holds it."""
    lines = text.split("\n")
    hint = "Indent each line of the text deeper than its key, or close the quote in the first line."
    message = "A line of this text in quotes is not indented deeper than what holds it"
    return [
        YamlTrouble("syntax", message, extent_of(node), hint) for node, column in _quoted(root, -1, set()) if _leaves(node, column, lines)
    ]


def _quoted(node: Node, column: int, seen: set[int]) -> Iterator[tuple[ScalarNode, int]]:
    """Each text in quotes over several lines with the column of the block that holds it (-1: none)."""
    if isinstance(node, ScalarNode):
        if node.style in {"'", '"'} and node.start_mark.line != node.end_mark.line:
            yield node, column
        return
    if id(node) in seen:
        return
    seen.add(id(node))
    inner = column if getattr(node, "flow_style", False) else node.start_mark.column
    children: Sequence[Node] = [part for pair in node.value for part in pair] if isinstance(node, MappingNode) else node.value
    for child in children:
        yield from _quoted(child, inner, seen)


def _leaves(node: ScalarNode, column: int, lines: Sequence[str]) -> bool:
    """Whether a continued line has text in the block's column or further left."""
    continued = lines[node.start_mark.line + 1 : node.end_mark.line + 1]
    return any(len(line) - len(line.lstrip(" ")) <= column for line in continued if line.strip())
