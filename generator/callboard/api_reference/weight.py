"""Parts of a reference → how many bytes of HTML they are, about: for pages that are cut before anything is rendered."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.api_reference.model import Entry, NamedType, Payload, ShapeField, ValueShape

_ENTRY, _FIELD, _SHAPE, _ALLOWED = 900, 150, 60, 40


def weight_of_shape(shape: ValueShape) -> int:
    """Bytes of one shape with all that is inside."""
    own = _SHAPE + len(shape.description) + len(shape.words) + sum(len(each) + 30 for each in shape.examples) + 40 * len(shape.limits)
    own += sum(_ALLOWED + len(each.value) + len(each.description) for each in shape.allowed)
    own += weight_of_fields(shape.fields)
    inner = [each for each in (shape.items, shape.additional) if each is not None]
    return own + sum(map(weight_of_shape, (*inner, *shape.variants)))


def weight_of_fields(fields: tuple[ShapeField, ...]) -> int:
    """Bytes of a list of fields."""
    return sum(_FIELD + len(each.name) + weight_of_shape(each.shape) + weight_of_fields(each.arguments) for each in fields)


def weight_of_payload(payload: Payload, types: Mapping[str, NamedType]) -> int:
    """Bytes of a payload, with the named type that is shown inside."""
    own = (
        200
        + weight_of_shape(payload.shape)
        + weight_of_fields(payload.headers)
        + sum(len(value) * 11 // 10 for _, value in payload.examples)
    )
    target = shown_inside(payload.shape)
    return own + (weight_of_shape(types[target].shape) if target in types else 0)


def shown_inside(shape: ValueShape) -> str:
    """Key of the named type whose fields are shown where this shape is a payload; empty for none."""
    if shape.kind == "list" and shape.items is not None:
        shape = shape.items
    return shape.target


def weight_of_entry(entry: Entry, types: Mapping[str, NamedType]) -> int:
    """Bytes of an operation."""
    own = _ENTRY + len(entry.description) + len(entry.sample) + sum(weight_of_fields(fields) for _, fields in entry.parameters)
    answers = sum(
        150 + len(each.description) + weight_of_fields(each.headers) + sum(weight_of_payload(p, types) for p in each.payloads)
        for each in entry.outputs
    )
    inputs = sum(weight_of_payload(each, types) for each in entry.inputs)
    return own + inputs + answers + sum(weight_of_entry(each, types) for each in entry.callbacks)
