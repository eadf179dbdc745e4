"""One document under check: what rules look at, positions of its fields, and how problems are made."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from yaml.nodes import Node, ScalarNode

from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.validation import SchemaError
from callboard.model.entity import Entity, Origin
from callboard.model.problem import Problem, Related, Rule, Severity, Span
from callboard.model.ref import EntityRef
from callboard.redaction.secrets import mask
from callboard.yaml import positions, problems
from callboard.yaml.problems import YamlTrouble


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Where a file is: everything of an ``Origin`` but the document."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree_id: str
    """Id of the tree in that source."""
    repository: str
    """What people call the tree."""
    revision: str
    """Commit, or an empty text."""
    path: str
    """Path of the file inside the tree, with ``/``."""
    via: tuple[str, ...] = ()
    """References of the Location entities that led here, outermost first."""

    def origin(self, document: int = 0, line: int = 1) -> Origin:
        """The place of one document."""
        return Origin(self.source, self.tree_id, self.repository, self.revision, self.path, document, line, self.via)


_STEP = re.compile(r"\[(\d+)\]|\[\"((?:[^\"\\]|\\.)*)\"\]|([^.\[]+)")
_PLAIN_KEY = re.compile(r"[^.\[\]\"]+")


def dotted(path: Sequence[str | int]) -> str:
    """A path of keys and indexes as text: ``spec.dependsOn[1]``, ``metadata.annotations["backstage.io/techdocs-ref"]``."""
    parts = []
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_KEY.fullmatch(step):
            parts.append(f".{step}")
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts).removeprefix(".")


def undotted(field: str) -> tuple[str | int, ...]:
    """The path that a dotted text names."""
    path: list[str | int] = []
    for index, quoted, plain in _STEP.findall(field):
        path.append(int(index) if index else plain or re.sub(r"\\(.)", r"\1", quoted))
    return tuple(path)


def locate(text: str, first_line: int, field: str) -> Span:
    """The span of the value at a dotted field path in a document whose text begins at ``first_line`` of its file.

    A mapping or a list is shown by its key; a missing field by the nearest parent that exists. Never raises.
    """
    extent, _ = positions.find(_composed(text), undotted(field))
    return span_of(extent, first_line)


def span_of(extent: problems.Extent, first_line: int) -> Span:
    """A range of a document's text as a range of its file."""
    return Span(extent.line + first_line - 1, extent.column, extent.end_line + first_line - 1, extent.end_column)


@lru_cache(maxsize=1)
def _composed(text: str) -> Node | None:
    """The nodes of the document that was asked about last: what is wrong with one comes in a row, and one may have thousands of faults."""
    return positions.compose(text)


FieldPath = tuple[str | int, ...]
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


class CheckedDocument:
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

    def span(self, path: FieldPath) -> Span:
        """Where the value at a path stands in the file."""
        return span_of(positions.find(self._nodes(), path)[0], self.origin.line)

    def key_span(self, path: FieldPath) -> Span:
        """Where the key at the end of a path stands in the file."""
        return span_of(positions.find_key(self._nodes(), path), self.origin.line)

    def written(self, path: FieldPath) -> str:
        """The scalar at a path as its author wrote it, without quotes; an empty text for anything else."""
        node = positions.node_at(self._nodes(), path)
        return str(node.value) if isinstance(node, ScalarNode) else ""

    def problem(
        self,
        rule: Rule,
        message: str,
        path: FieldPath = (),
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
            self._root = positions.compose(self.text)
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


def type_hint(document: CheckedDocument, path: FieldPath, wanted_types: Sequence[str], value: Any) -> str:
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


def yaml_problem(rule: Rule, trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding of a rule for a trouble, whose lines count from the file's start."""
    related = (Related("The first one is here.", origin, span_of(trouble.first, 1)),) if trouble.first else ()
    field = f"document[{origin.document}]" + (f".{trouble.about}" if trouble.about else "")
    return rule.problem(
        f"{mask(trouble.message)}.", origin=origin, span=span_of(trouble.at, 1), field=mask(field), hint=mask(trouble.hint), related=related
    )


def field_span(entity: Entity, field: str) -> Span | None:
    """The range of the value at that dotted path, or of the nearest thing around it; None where the text is not known."""
    return locate(entity.text, entity.origin.line, field) if entity.text else None
