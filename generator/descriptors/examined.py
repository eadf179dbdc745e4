"""One document under examination: what the rules look at, and how they say what they found."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from yaml.nodes import Node, ScalarNode

from generator import yaml12
from generator.descriptors.kinds import Kind, Kinds
from generator.descriptors.positions import dotted, span_of
from generator.descriptors.secrets import mask
from generator.descriptors.validation import SchemaError
from generator.model.entity import Origin
from generator.model.ref import EntityRef
from generator.problems import Problem, Related, Rule, Severity, Span

Path = tuple[str | int, ...]
_SHOWN = 60
_TYPES = {
    "string": "a text",
    "array": "a list",
    "object": "a mapping",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "nothing",
}


class Examined:
    """A document and what is known about it. No dataclass, because the nodes are composed only when a position is asked for."""

    __slots__ = ("_root", "errors", "house", "kind", "kinds", "origin", "ref", "text", "value")

    def __init__(
        self,
        value: Mapping[str, Any],
        text: str,
        origin: Origin,
        kinds: Kinds,
        *,
        kind: Kind | None = None,
        ref: EntityRef | None = None,
        errors: Sequence[SchemaError] = (),
        house: Sequence[SchemaError] = (),
    ) -> None:
        self.value = value
        self.text = text
        self.origin = origin
        self.kinds = kinds
        self.kind = kind
        self.ref = ref
        self.errors = tuple(errors)
        self.house = tuple(house)
        self._root: Node | None = None

    def metadata(self) -> Mapping[str, Any]:
        """Its metadata, an empty mapping where that is none."""
        return _mapping(self.value.get("metadata"))

    def spec(self) -> Mapping[str, Any]:
        """Its spec, an empty mapping where that is none."""
        return _mapping(self.value.get("spec"))

    def span(self, path: Path) -> Span:
        """Where the value at a path stands in the file."""
        return span_of(yaml12.find(self._nodes(), path)[0], self.origin.line)

    def key_span(self, path: Path) -> Span:
        """Where the key at the end of a path stands in the file."""
        return span_of(yaml12.find_key(self._nodes(), path), self.origin.line)

    def written(self, path: Path) -> str:
        """The scalar at a path as its author wrote it, without quotes; an empty text for anything else."""
        node = yaml12.node_at(self._nodes(), path)
        return str(node.value) if isinstance(node, ScalarNode) else ""

    def problem(
        self,
        rule: Rule,
        message: str,
        path: Path = (),
        hint: str = "",
        *,
        severity: Severity | None = None,
        at_key: bool = False,
        related: tuple[Related, ...] = (),
    ) -> Problem:
        """A finding of a rule at a path of this document; secrets in its words are masked."""
        span = self.key_span(path) if at_key else self.span(path)
        return rule.problem(
            mask(message),
            severity=severity,
            origin=self.origin,
            span=span,
            subject=self.ref,
            field=mask(dotted(path)),
            hint=mask(hint),
            related=related,
        )

    def _nodes(self) -> Node | None:
        if self._root is None:
            self._root = yaml12.compose(self.text)
        return self._root


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def shown(value: Any) -> str:
    """A value for a message: short, secrets masked."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = " ".join(mask(text).split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def with_article(kind: str) -> str:
    """``A Component``, ``An API``."""
    return f"{'An' if kind[:1] in 'AEIOUaeiou' else 'A'} {kind}"


def type_name(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    if isinstance(value, str):
        return f'the text "{shown(value)}"' if value else "an empty text"
    return "a list" if isinstance(value, list) else "a mapping"


def wanted(details: Mapping[str, Any]) -> str:
    """The types that a schema wants, in words."""
    return " or ".join(_TYPES.get(name, name) for name in details.get("types", ())) or "something else"


def type_hint(document: Examined, path: Path, wanted_types: Sequence[str], value: Any) -> str:
    """What to write instead of a value of a wrong type."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "value")
    written = shown(document.written(path) or value)
    if wanted_types == ["string"]:
        if isinstance(value, int | float):
            return f'Put the value in quotes: "{written}".'
        if value is None:
            return f'Write a text behind "{name}:", or remove the line.'
        return f'Write one text behind "{name}:".'
    if wanted_types == ["array"]:
        return f"Write a list: [{written}]." if isinstance(value, str | int | float) and written else "Write a list; an empty one is []."
    if wanted_types == ["object"]:
        return f'Write "key: value" lines below "{name}:", indented by two spaces.'
    return f'Correct what stands behind "{name}:".'


def at(value: Any, path: Sequence[str | int]) -> Mapping[str, Any]:
    """The mapping at a path, an empty one where there is none."""
    for step in path:
        if isinstance(value, Mapping) and step in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return {}
    return _mapping(value)
