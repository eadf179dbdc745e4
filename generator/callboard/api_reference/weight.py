"""Parts of a reference → how many bytes of HTML they are, about: for pages that are cut before anything is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from callboard.api_reference.model import Entry, NamedType, Payload, ShapeField, ValueShape
from callboard.model.data_classes import dataclass

MAX_INSIDE = 9_000
"""Bytes of a named type inside of a payload, at most: larger ones are shown there in short."""
_ENTRY, _TYPE, _FIELD, _SHAPE, _ALLOWED, _USE = 900, 500, 150, 60, 40, 60


@dataclass(slots=True)
class Weights:
    """Weighs the parts of one reference; a shape that stands at many places is weighed once."""

    types: Mapping[str, NamedType]
    shapes: dict[int, int] = field(default_factory=dict)
    """By the identity of a shape, which the reference keeps alive."""

    def of_shape(self, shape: ValueShape) -> int:
        """Bytes of one shape with all that is inside."""
        found = self.shapes.get(id(shape))
        if found is None:
            found = self.shapes[id(shape)] = self._of_shape(shape)
        return found

    def _of_shape(self, shape: ValueShape) -> int:
        own = (
            _SHAPE
            + len(shape.description)
            + len(shape.words)
            + 2 * len(shape.target)
            + 40 * len(shape.limits)
            + sum(len(value) + 60 for _, value in shape.conditions)
        )
        if shape.examples:
            own += sum(len(each) + 30 for each in shape.examples)
        if shape.allowed:
            own += sum(_ALLOWED + len(each.value) + len(each.description) for each in shape.allowed)
        if shape.fields:
            own += self.of_fields(shape.fields)
        for inner in (shape.items, shape.additional, *shape.variants):
            if inner is not None:
                own += self.of_shape(inner)
        return own

    def of_fields(self, fields: tuple[ShapeField, ...]) -> int:
        """Bytes of a list of fields."""
        weight = 0
        for each in fields:
            weight += _FIELD + len(each.name) + self.of_shape(each.shape)
            if each.arguments:
                weight += self.of_fields(each.arguments)
        return weight

    def of_type(self, named: NamedType, uses: Iterable[Entry | NamedType]) -> int:
        """Bytes of the section of a named type, with links to what uses it."""
        links = sum(_USE + 2 * len(each.anchor) + len(each.address if isinstance(each, Entry) else each.name) for each in uses)
        return _TYPE + 4 * len(named.name) + self.of_shape(named.shape) + links

    def of_payload(self, payload: Payload) -> int:
        """Bytes of a payload, with the named type that is shown inside."""
        own = 200 + self.of_shape(payload.shape) + sum(len(value) * 11 // 10 for _, value in payload.examples)
        own += self.of_fields(payload.headers) if payload.headers else 0
        target = shown_inside(payload.shape)
        return own + (min(MAX_INSIDE, self.of_shape(self.types[target].shape)) if target in self.types else 0)

    def of_entry(self, entry: Entry) -> int:
        """Bytes of an operation."""
        own = _ENTRY + len(entry.description) + len(entry.sample) + sum(self.of_fields(fields) for _, fields in entry.parameters)
        answers = sum(
            150 + len(each.description) + self.of_fields(each.headers) + sum(map(self.of_payload, each.payloads))
            for each in entry.outputs
        )  # fmt: skip
        return own + sum(map(self.of_payload, entry.inputs)) + answers + sum(map(self.of_entry, entry.callbacks))


def shown_inside(shape: ValueShape) -> str:
    """Key of the named type whose fields are shown where this shape is a payload; empty for none."""
    if shape.kind == "list" and shape.items is not None:
        shape = shape.items
    return shape.target
