"""Shapes in the many ways of writing the same → one way each: nullable, wrapped and closed forms without their wrappers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from callboard.api_reference.model import NamedType, ShapeField, ValueShape

ANY: frozenset[str] = frozenset()
_SCALARS = frozenset({"string", "number", "integer", "boolean"})
MOST_WRAPPERS = 8


def plain(shape: ValueShape) -> ValueShape:
    """The shape without wrappers that change nothing: one part of allOf, null as a variant, one variant alone."""
    for _ in range(MOST_WRAPPERS):
        bare = _unwrapped(shape)
        if bare is shape:
            break
        shape = bare
    return shape


def _unwrapped(shape: ValueShape) -> ValueShape:
    if not shape.variants or not shape.how:
        return shape
    variants = tuple(each for each in shape.variants if not _is_null(each))
    is_nullable = shape.is_nullable or (len(variants) < len(shape.variants) and shape.how != "allOf")
    if len(variants) == 1 and not (shape.fields or shape.items or shape.additional or shape.allowed):
        return replace(variants[0], is_nullable=variants[0].is_nullable or is_nullable, default=shape.default or variants[0].default,
                       is_read_only=shape.is_read_only or variants[0].is_read_only,
                       is_write_only=shape.is_write_only or variants[0].is_write_only,
                       limits=(*variants[0].limits, *shape.limits))  # fmt: skip
    if len(variants) < len(shape.variants) and shape.how != "allOf":
        return replace(shape, variants=variants, is_nullable=True)
    return shape


def _is_null(shape: ValueShape) -> bool:
    return (
        shape.kind == "scalar" and shape.is_nullable and not shape.words and not shape.allowed
    ) or (shape.is_constant and [each.value for each in shape.allowed] == ["null"])  # fmt: skip


def flattened(shape: ValueShape, types: Mapping[str, NamedType], level: int = 0) -> ValueShape:
    """The parts of allOf as one object, those that are named types too; parts that are no objects stay parts."""
    inline = [_part(each, types, level) for each in shape.variants]
    objects = [each for each in inline if each.kind == "object" and not each.how]
    others = tuple(each for each in inline if each not in objects)
    if not objects:
        return shape
    fields: dict[str, ShapeField] = {each.name: each for each in shape.fields}
    for part in objects:
        for field in part.fields:
            known = fields.get(field.name)
            fields[field.name] = replace(field, required=field.required or bool(known and known.required))
    limits = (*shape.limits, *(limit for part in objects for limit in part.limits))
    additional = next((each.additional for each in (shape, *objects) if each.additional is not None), None)
    closed = shape.is_closed or any(part.is_closed for part in objects)
    return replace(
        shape, kind="combination" if others else "object", variants=others, how="allOf" if others else "", fields=tuple(fields.values()),
        limits=limits, additional=additional, is_closed=closed, words=shape.words or ("" if others else "object"),
    )  # fmt: skip


def _part(shape: ValueShape, types: Mapping[str, NamedType], level: int) -> ValueShape:
    shape = plain(shape)
    if level < MOST_WRAPPERS and shape.target in types:
        return _part(types[shape.target].shape, types, level + 1)
    return flattened(shape, types, level + 1) if shape.how == "allOf" and level < MOST_WRAPPERS else shape


def types_of(shape: ValueShape) -> frozenset[str]:
    """The types of its values; ``ANY`` if all are allowed."""
    words = shape.words.partition(" (")[0] if "(" in shape.words else shape.words
    named = frozenset(each for each in words.split(" | ") if each)
    if named & {*_SCALARS, "object", "array", "file"}:
        return named
    if shape.kind == "object":
        return frozenset({"object"})
    if shape.kind in {"list", "tuple"}:
        return frozenset({"array"})
    return named if shape.kind == "scalar" and named and not form_of(shape) else ANY


def form_of(shape: ValueShape) -> str:
    """``date-time`` of ``string (date-time)``; also where only the format is said."""
    words = shape.words
    if words.endswith(")") and " (" in words:
        return words[words.index(" (") + 2 : -1]
    return words if words and shape.kind == "scalar" and not frozenset(words.split(" | ")) & _SCALARS else ""


def includes(wider: frozenset[str], narrower: frozenset[str]) -> bool:
    """Whether each value of the narrower types is one of the wider types; an integer is a number."""
    return not wider or (bool(narrower) and all(each in wider or (each == "integer" and "number" in wider) for each in narrower))
