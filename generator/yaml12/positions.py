"""Where a value stands in a document's text; computed only when somebody asks, by composing the nodes again."""

from __future__ import annotations

from collections.abc import Sequence

from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from generator.yaml12.documents import _compose, _prepared
from generator.yaml12.trouble import Extent, extent_of
from generator.yaml12.values import Unusable, key_text, plain_value

_DEPTH = 200


def compose(text: str) -> Node | None:
    """The nodes of a document, or None where it has none or is no YAML."""
    try:
        return _compose(_prepared(text), _DEPTH)
    except (YAMLError, Unusable):
        return None


def find(root: Node | None, path: Sequence[str | int]) -> tuple[Extent, bool]:
    """Where the value at a path of keys and indexes stands, and whether it was found.

    Where it is missing, the nearest parent that exists: its key if it has one, else its first line. A null without text
    is shown by its key.
    """
    if root is None:
        return Extent(1, 1, 1, 2), False
    node, shown = root, _first(root)
    for step in path:
        key, child = _step(node, step)
        if child is None:
            return shown, False
        node = child
        shown = extent_of(key) if key is not None and not _visible(child) else extent_of(child)
        if not isinstance(child, ScalarNode) and key is not None:
            shown = extent_of(key)
    return shown, True


def _first(root: Node) -> Extent:
    if isinstance(root, MappingNode) and root.value:
        return extent_of(root.value[0][0])
    return extent_of(root)


def _visible(node: Node) -> bool:
    """A value without any text has no place of its own."""
    return bool(node.start_mark.index != node.end_mark.index)


def _step(node: Node, step: str | int) -> tuple[Node | None, Node | None]:
    if isinstance(node, MappingNode):
        wanted = str(step)
        for key, value in reversed(node.value):
            if isinstance(key, ScalarNode) and wanted in (key.value, key_text(plain_value(key.value))):
                return key, value
    elif isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None, None
