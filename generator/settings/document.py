"""A YAML text as data, with the place of every key and value in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from generator.settings import yaml_core
from generator.settings.findings import Finding, dotted

Path = tuple[str | int, ...]
"""Keys and indices from the root of the document to a value."""


@dataclass(frozen=True, slots=True)
class Place:
    """A position, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class Document:
    """Data and places; ``findings`` are duplicate keys, odd keys and syntax errors."""

    data: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    """Where the key that leads to a path stands."""
    values: dict[Path, Place] = field(default_factory=dict)
    """Where the value begins."""
    findings: list[Finding] = field(default_factory=list)

    def value_place(self, path: Path) -> Place:
        """Where the value of that path begins; of its nearest parent where it has none."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Place(1, 1))

    def key_place(self, path: Path) -> Place:
        """Where the key stands, or the value where it has no key."""
        return self.keys.get(path) or self.value_place(path)


def read_document(text: str) -> Document:
    """Never raises: what cannot be read is a finding."""
    document = Document()
    try:
        nodes = yaml_core.compose_all(text)
    except yaml.YAMLError as error:
        document.findings.append(_syntax_finding(error))
        return document
    if len(nodes) > 1:
        mark = nodes[1].start_mark
        document.findings.append(Finding(mark.line + 1, mark.column + 1, "a second document begins here; sources.yaml holds one"))
    if nodes:
        document.data = _data(nodes[0], (), document, frozenset())
    return document


def _syntax_finding(error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    what = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error)
    context = getattr(error, "context", None)
    message = f"this is not YAML: {what}{f' ({context})' if context else ''}"
    return Finding(mark.line + 1, mark.column + 1, message) if mark else Finding(1, 1, message)


def _data(node: yaml.Node, path: Path, document: Document, parents: frozenset[int]) -> Any:
    document.values[path] = Place(node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in parents:
        document.findings.append(_at(node, "this alias contains itself"))
        return None
    parents |= {id(node)}
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, parents)
    if isinstance(node, yaml.SequenceNode):
        return [_data(child, (*path, i), document, parents) for i, child in enumerate(node.value)]
    return yaml_core.scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, document: Document, parents: frozenset[int]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            document.findings.append(_at(key_node, "a key must be a text"))
            continue
        key = key_node.value
        here = (*path, key)
        if key in data:
            first = document.keys[here]
            document.findings.append(_at(key_node, f'"{dotted(here)}" stands here a second time; the first is in line {first.line}'))
            continue
        document.keys[here] = Place(key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        data[key] = _data(value_node, here, document, parents)
    return data


def _at(node: yaml.Node, message: str) -> Finding:
    return Finding(node.start_mark.line + 1, node.start_mark.column + 1, message)
