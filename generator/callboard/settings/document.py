"""A YAML text → its data, the ranges of all keys and values in it, and problems of its syntax."""

from __future__ import annotations

from dataclasses import field
from typing import Any

import yaml
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Rule, Span
from callboard.settings.rules import INVALID_SETTING, UNREADABLE_SETTINGS
from callboard.yaml import documents, positions
from callboard.yaml.problems import YamlTrouble, span_of
from callboard.yaml.values import Builder

_MOST_NODES, _DEEPEST = 100_000, 60
_READABLE = frozenset({"duplicate-key"})
"""Reasons of troubles despite which the rest of the document is checked, too."""


@dataclass(slots=True)
class SettingsDocument:
    """Data and positions; ``problems`` are duplicate keys, collections as keys, and syntax errors."""

    origin: Origin
    """The file."""
    data: Any = None
    keys: dict[FieldPath, Span] = field(default_factory=dict)
    """The range of the key at the end of a path."""
    values: dict[FieldPath, Span] = field(default_factory=dict)
    """The range of the value at a path."""
    problems: list[Problem] = field(default_factory=list)

    def value_span(self, path: FieldPath) -> Span:
        """Return the range of the value at a path, or of its nearest parent that exists."""
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Span.at(1, 1))

    def key_span(self, path: FieldPath) -> Span:
        """Return the range of the key at the end of a path, or of the value if it has no key."""
        return self.keys.get(path) or self.value_span(path)

    def problem(self, path: FieldPath, message: str, rule: Rule = INVALID_SETTING, *, at_key: bool = False) -> Problem:
        """Return a problem at the value at a path, or at its key."""
        span = self.key_span(path) if at_key else self.value_span(path)
        return rule.problem(message, origin=self.origin, span=span, field=dotted(path))

    def problem_at(self, span: Span | None, message: str, rule: Rule = UNREADABLE_SETTINGS) -> Problem:
        """Return a problem at a range of the text; None for the file as a whole."""
        return rule.problem(message, origin=self.origin, span=span)


def read_document(text: str, origin: Origin, rule: Rule = UNREADABLE_SETTINGS) -> SettingsDocument:
    """Read a text; whatever cannot be read is a problem. Never raises. A document with a duplicate key still has data and positions.

    ``rule`` is that of the problems.
    """
    parsed = documents.read_one(text)
    document = SettingsDocument(origin, parsed.value)
    document.problems += [document.problem_at(trouble.at, _message(trouble), rule) for trouble in parsed.troubles]
    root = positions.compose(parsed.text)
    if root is None or not all(t.reason in _READABLE for t in parsed.troubles):
        return document
    if parsed.failed:
        document.data = Builder(_MOST_NODES, _DEEPEST, shared=True).build(root)
    _add_spans(root, (), parsed.line - 1, document)
    return document


def _message(trouble: YamlTrouble) -> str:
    message, hint = (f"{text[:1].lower()}{text[1:]}" for text in (trouble.message, trouble.hint.rstrip(".")))
    return f"{message}; {hint}" if hint else message


def _add_spans(node: yaml.Node, path: FieldPath, lines_above: int, document: SettingsDocument) -> None:
    """Enter the ranges of a node and all below it. Terminates, because a document with a cycle of aliases is rejected before."""
    document.values[path] = span_of(node).moved_down(lines_above)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            child_path = (*path, str(key.value))
            document.keys.setdefault(child_path, span_of(key).moved_down(lines_above))
            _add_spans(value, child_path, lines_above, document)
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            _add_spans(item, (*path, index), lines_above, document)
