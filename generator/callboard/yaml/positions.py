"""The text of a document and a path → the range of a value or key; computed on demand by composing the nodes again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from yaml.error import YAMLError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from callboard.model.problem import Span
from callboard.yaml.nodes import compose_source, prepared
from callboard.yaml.problems import span_of
from callboard.yaml.values import Unusable, key_text, plain_value, written_key

_DEPTH = 200
_START = Span.at(1, 1)


def compose(text: str) -> Node | None:
    """The nodes of a document; None if it has none or is not valid YAML."""
    try:
        return compose_source(prepared(text), _DEPTH)
    except (YAMLError, Unusable):
        return None


def find(root: Node | None, path: Sequence[str | int]) -> tuple[Span, bool]:
    """Return the range of the value at a path of keys and indexes, and whether the value exists.

    The range of a collection below a key, and of a null without text, is that of the key; that of a missing value is that
    of its nearest parent.
    """
    if root is None:
        return _START, False
    node, at = root, _first(root)
    for step in path:
        key, child = _step(node, step)
        if child is None:
            return at, False
        node = child
        at = span_of(child if key is None or _visible(child) else key)
    return at, True


def find_key(root: Node | None, path: Sequence[str | int]) -> Span:
    """Return the range of the last key of a path, or of its nearest parent if it is missing."""
    parent = node_at(root, path[:-1]) if path else None
    key = _step(parent, path[-1])[0] if parent is not None else None
    return span_of(key) if key is not None else find(root, path)[0]


def node_at(root: Node | None, path: Sequence[str | int]) -> Node | None:
    """Return the node at a path, or None."""
    node = root
    for step in path:
        node = _step(node, step)[1] if node is not None else None
    return node


def _first(root: Node) -> Span:
    """The range that represents a document: its first key."""
    return span_of(root.value[0][0]) if isinstance(root, MappingNode) and root.value else span_of(root)


def _visible(node: Node) -> bool:
    """Whether a node is a scalar that is not empty."""
    return isinstance(node, ScalarNode) and bool(node.start_mark.index != node.end_mark.index)


def _step(node: Node, step: str | int) -> tuple[Node | None, Node | None]:
    if isinstance(node, MappingNode):
        return _by_name(node).get(str(step), (None, None))
    if isinstance(node, SequenceNode) and isinstance(step, int) and 0 <= step < len(node.value):
        return None, node.value[step]
    return None, None


@lru_cache(maxsize=8)
def _by_name(node: MappingNode) -> Mapping[str, tuple[Node, Node]]:
    """Key and value by each name of the key; of a duplicate key, the last. Cached, because problems of one mapping are located in a row."""
    return {name: (key, value) for key, value in node.value for name in _names(key)}


def _names(key: Node) -> tuple[str, ...]:
    return (key.value, key_text(plain_value(key.value), key.value)) if isinstance(key, ScalarNode) else (written_key(key),)
