"""A document with its schema errors → what rules need: its values, positions of fields, and problems at them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode

from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.validation import schema_errors
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.fields import FieldPath, dotted, undotted
from callboard.model.problem import Problem, Related, Rule, Severity, Span
from callboard.model.ref import EntityRef
from callboard.model.tree import DescriptorFile
from callboard.redaction.secrets import mask
from callboard.settings.schema_messages import Message, SchemaError, Wording, mapping_at, messages_of, shown, type_mismatch
from callboard.yaml import positions
from callboard.yaml.problems import YamlTrouble

_WORDING = Wording(
    quote="`",
    hint_quote="",
    root="the descriptor",
    describes_values=False,
    default_hint="See the page about this kind, or the schema of the portal.",
    first_key="kind",
)


_AS_TEXT = frozenset({"$text", "$openapi", "$asyncapi"})
"""Placeholders that give a string."""


@dataclass(frozen=True, slots=True)
class FileLocation:
    """The location of a file: everything of an ``Origin`` but the document."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree_id: str
    """Id of the tree in that source."""
    repository: str
    """The tree's name for people: folder or repository name."""
    revision: str
    """Commit, or an empty string."""
    path: str
    """Path of the file inside the tree, with ``/``."""
    via: tuple[str, ...] = ()
    """References of the Location entities through which the file was found, outermost first."""
    has_lines: bool = True
    """False if the text that is read is not that of the file: its lines are no lines of the file."""

    @classmethod
    def of(cls, file: DescriptorFile) -> FileLocation:
        """The location of a descriptor file."""
        tree = file.tree
        return cls(file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations, file.record is None)

    def origin(self, document: int = 0, line: int = 1) -> Origin:
        """Return the origin of the document with that index (from 0), which begins at that line (from 1)."""
        line = line if self.has_lines else 0
        return Origin(self.source, self.tree_id, self.repository, self.revision, self.path, document, line, self.via)


_NUMBER = re.compile(r"[-+]?(?:[\d.]+(?:[eE][-+]?\d+)?|0x[\da-fA-F]+|0o[0-7]+|\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
"""A number as written; one that JSON cannot hold (``1e999``, ``.inf``) has no value."""
_DASHES = re.compile(r"[\u2010-\u2015\u2212\u2022*+]\s")
"""The beginning of an item in other text than YAML."""
_COMMENT_AS_VALUE = re.compile(r"(?:[^\s#]+:|-)?[ \t]+(#\w.*)")
"""A comment after the colon of a key, or after the dash of an item, with a letter or digit directly after its sign."""


class CheckedDocument:
    """A document and its schema errors. Not a dataclass, because the nodes are composed only when a position is needed."""

    __slots__ = ("_lines", "_root", "errors", "house_errors", "kind", "kinds", "origin", "ref", "text", "value")

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
        house_errors: Sequence[SchemaError] = (),
    ) -> None:
        self.value = value
        self.text = text
        self.origin = origin
        self.kinds = kinds
        self.kind = kind
        self.ref = ref
        self.errors = tuple(errors)
        """Violations of Backstage's schemas."""
        self.house_errors = tuple(house_errors)
        """Violations of the portal's own schemas beyond ``errors``."""
        self._root: Node | None = None
        self._lines: Sequence[str] | None = None

    def metadata(self) -> Mapping[str, Any]:
        """Return the metadata; an empty mapping if they are not a mapping."""
        return mapping_at(self.value, "metadata")

    def outdent(self, name: str) -> str:
        """How to move a field of the root out of the metadata, if it stands there; an empty string otherwise."""
        return f'Move "{name}:" out of metadata: it begins in the first column.' if name in self.metadata() else ""

    def spec(self) -> Mapping[str, Any]:
        """Return the spec; an empty mapping if it is not a mapping."""
        return mapping_at(self.value, "spec")

    def span(self, path: FieldPath) -> Span:
        """Return the range in the file of the value at a path."""
        return positions.find(self._nodes(), path)[0].moved_down(self.origin.line - 1)

    def key_span(self, path: FieldPath) -> Span:
        """Return the range in the file of the key at the end of a path."""
        return positions.find_key(self._nodes(), path).moved_down(self.origin.line - 1)

    def node(self, path: FieldPath) -> Node | None:
        """Return the node at a path, as written: a placeholder is a mapping."""
        return positions.node_at(self._nodes(), path)

    def raw_scalar(self, path: FieldPath) -> str:
        """Return the scalar at a path as written, without quotes; an empty string for anything else."""
        node = positions.node_at(self._nodes(), path)
        return str(node.value) if isinstance(node, ScalarNode) else ""

    def messages(self, error: SchemaError) -> Iterator[Message]:
        """Describe a schema error of this document in complete sentences, with hints."""
        for path, message, hint, at_key in messages_of(error, _WORDING):
            full_hint = self.type_hint(path, error.details["types"], error.value) if error.keyword == "type" else hint
            if error.keyword == "type" and error.value is None and (number := self._lost_number(path)):
                message = message.replace(", but has no value", f", not the number {number}")  # noqa: PLW2901 - as written
            yield Message(path, f"{message[:1].upper()}{message[1:]}.", full_hint, at_key)

    def mismatch(self, expected: str, value: Any, path: FieldPath) -> str:
        """As ``type_mismatch``, with a number that JSON cannot hold as it is written."""
        number = self._lost_number(path) if value is None else ""
        return f"must be {expected}, not the number {number}" if number else type_mismatch(expected, value)

    def _lost_number(self, path: FieldPath) -> str:
        """The number at a path that JSON cannot hold, as written; an empty string for anything else."""
        text = self.raw_scalar(path)
        return shown(text) if _NUMBER.fullmatch(text) else ""

    def type_hint(self, path: FieldPath, types: Sequence[str], value: Any) -> str:
        """Return how to write a value of these JSON Schema types in place of ``value``."""
        key = next((step for step in reversed(path) if isinstance(step, str)), "value")
        text = shown(self.raw_scalar(path) or value)
        if types == ["string"] and isinstance(value, Mapping) and value:
            return self._mapping_hint(path, key)
        if types == ["string"]:
            return self._string_hint(path, key, text, value)
        if types == ["array"] and isinstance(value, str) and (dash := _DASHES.match(value)):
            return f'Write "- " in place of "{dash[0]}": an item of a list begins with a hyphen and a space.'
        if types == ["array"]:
            return f"Write a list: [{text}]." if isinstance(value, str | int | float) and text else "Write a list; an empty one is []."
        if types == ["object"]:
            return f'Write "key: value" lines below "{key}:", indented by two spaces.'
        return f'Fix the value of "{key}:".'

    def _string_hint(self, path: FieldPath, key: str, text: str, value: Any) -> str:
        """How to write a string in place of a value that is no mapping with entries."""
        if isinstance(value, int | float) or (value is None and self._lost_number(path)):
            return f'Put the value in quotes: "{text}".'
        if value is not None:
            return f'Write a single string after "{key}:".'
        if comment := self._comment_at(path):
            return f'"{comment}" is a comment: remove the #, or put the value in quotes.'
        return f'Write a string after "{key}:"{"" if self.is_required(path) else ", or remove the line"}.'

    def line_from(self, span: Span) -> str:
        """Return the rest of the line that begins where a range of this document does; empty if the line is unknown."""
        if self._lines is None:
            self._lines = self.text.splitlines()
        row = span.line - self.origin.line
        return self._lines[row][span.column - 1 :] if 0 <= row < len(self._lines) else ""

    def _comment_at(self, path: FieldPath) -> str:
        """Return the comment in place of a value, if it may be the value."""
        found = _COMMENT_AS_VALUE.match(self.line_from(self.span(path)))
        return shown(found[1].rstrip()) if found else ""

    def is_required(self, path: FieldPath) -> bool:
        """Whether the document would be invalid without the field: the name, or one below ``spec``."""
        if path == ("metadata", "name"):
            return True
        if len(path) != 2 or path[0] != "spec":  # noqa: PLR2004 - spec and the field
            return False
        spec = {name: value for name, value in self.spec().items() if name != path[1]}
        without = schema_errors({**self.value, "spec": spec}, self.kind)
        return any(error.keyword == "required" and error.details["property"] == path[1] for error in without)

    def _mapping_hint(self, path: FieldPath, key: str) -> str:
        """How to write a string in place of a mapping: with one placeholder, or as the text that the mapping is."""
        node = positions.node_at(self._nodes(), path)
        keys = [str(name.value) for name, _ in node.value if isinstance(name, ScalarNode)] if isinstance(node, MappingNode) else []
        placeholder = next((name for name in keys if name.startswith("$")), "")
        if placeholder in _AS_TEXT and len(keys) > 1:
            return f'Remove the other keys: {placeholder} must be the only key below "{key}:".'
        if placeholder:
            return f"Write $text: in place of {shown(placeholder)}:, which does not give a string."
        if key == "definition" and keys == ["text"]:
            return "Write $text: in place of text: to read a file."
        if key != "definition":
            return f'Write a single string after "{key}:".'
        is_flow = isinstance(node, MappingNode) and bool(node.flow_style)
        rest = "and move the value to the next line, indented by two more spaces" if is_flow else "so that the lines below it are a string"
        return f'Write "|" after "{key}:", {rest}.'

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
        """Return a problem of a rule at a path of this document; secrets in message, hint and field are masked."""
        return rule.problem(
            mask(message),
            severity=severity,
            origin=self.origin,
            span=None if not self.origin.line else self.key_span(path) if at_key else self.span(path),
            subject=self.ref,
            field=mask(dotted(path)),
            hint=mask(hint),
            related=related,
        )

    def _nodes(self) -> Node | None:
        if self._root is None:
            self._root = positions.compose(self.text)
        return self._root


def with_article(kind: str) -> str:
    """``A Component``, ``An API``."""
    return f"{'An' if kind[:1] in 'AEIOUaeiou' else 'A'} {kind}"


def yaml_problem(rule: Rule, trouble: YamlTrouble, origin: Origin) -> Problem:
    """Return the problem of a rule for a trouble, whose lines count from the start of the file."""
    related = (Related("The first one is here.", origin, trouble.first),) if trouble.first else ()
    field = f"document[{origin.document}]" + (f".{trouble.about}" if trouble.about else "")
    span = trouble.at if origin.line else None
    return rule.problem(f"{mask(trouble.message)}.", origin=origin, span=span, field=mask(field), hint=mask(trouble.hint), related=related)


def field_span(entity: Entity, field: str) -> Span | None:
    """Return the range of the value at a dotted path, or of its nearest parent; None without a text or known lines."""
    return locate(entity.text, entity.origin.line, field) if entity.text and entity.origin.line else None


def locate(text: str, first_line: int, field: str) -> Span:
    """Return the range of the value at a dotted path in a document whose text begins at ``first_line`` of its file.

    A mapping or a list is located by its key; a missing field by its nearest parent. Never raises.
    """
    return positions.find(_composed(text), undotted(field))[0].moved_down(first_line - 1)


@lru_cache(maxsize=1)
def _composed(text: str) -> Node | None:
    """The nodes of the last document, because its problems are located one after another and may be thousands."""
    return positions.compose(text)
