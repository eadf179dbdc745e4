"""A YAML text as data, with the place of every key and value in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml
from callboard.settings.findings import Finding
from callboard.yaml import documents, positions, problems
from callboard.yaml.values import Builder

SettingsPath = tuple[str | int, ...]
"""Keys and indices from the root of the document to a value."""


MOST_NODES, DEEPEST = 100_000, 60


@dataclass(frozen=True, slots=True)
class Position:
    """A position, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class SettingsDocument:
    """Data and places; ``findings`` are duplicate keys, odd keys and syntax errors."""

    data: Any = None
    keys: dict[SettingsPath, Position] = field(default_factory=dict)
    """Where the key that leads to a path stands."""
    values: dict[SettingsPath, Position] = field(default_factory=dict)
    """Where the value begins."""
    findings: list[Finding] = field(default_factory=list)

    def value_place(self, path: SettingsPath) -> Position:
        """Where the value of that path begins; of its nearest parent where it has none."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position(1, 1))

    def key_place(self, path: SettingsPath) -> Position:
        """Where the key stands, or the value where it has no key."""
        return self.keys.get(path) or self.value_place(path)


READ_ON = frozenset({"duplicate-key"})
"""Troubles that leave a document readable enough to tell what else is wrong in it."""


def read_document(text: str) -> SettingsDocument:
    """Never raises: what cannot be read is a finding. A document with a duplicate key is read on."""
    one = documents.read_one(text)
    document = SettingsDocument(one.value, findings=[Finding(t.at.line, t.at.column, _told(t)) for t in one.troubles])
    root = positions.compose(one.text)
    if root is None or not all(t.reason in READ_ON for t in one.troubles):
        return document
    if one.failed:
        document.data = Builder(MOST_NODES, DEEPEST, shared=True).build(root)
    _note_places(root, (), one.line, document)
    return document


def _told(trouble: problems.YamlTrouble) -> str:
    message, hint = (f"{text[:1].lower()}{text[1:]}" for text in (trouble.message, trouble.hint.rstrip(".")))
    return f"{message}; {hint}" if hint else message


def _note_places(node: yaml.Node, path: SettingsPath, line: int, document: SettingsDocument) -> None:
    """Aliases cannot lead round in a circle here: such a document is refused before."""
    document.values[path] = _place(node, line)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            here = (*path, str(key.value))
            document.keys.setdefault(here, _place(key, line))
            _note_places(value, here, line, document)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _note_places(item, (*path, index), line, document)


def _place(node: yaml.Node, line: int) -> Position:
    return Position(node.start_mark.line + line, node.start_mark.column + 1)
