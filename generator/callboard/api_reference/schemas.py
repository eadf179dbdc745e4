"""JSON Schemas (of OpenAPI, AsyncAPI and alone) → shapes; a reference stays a reference to a named type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from callboard.api_reference.loading import at_pointer
from callboard.api_reference.model import ANYTHING, AllowedValue, ShapeField, ShapeKind, ValueShape
from callboard.api_reference.texts import Texts, mapping, sequence
from callboard.model.data_classes import dataclass

MAX_SHAPES = 400_000
"""Shapes of one reference. References to what has no name are followed, which could be exponential."""
MAX_LEVELS = 24
"""Levels of a schema that are shown, references that are followed included."""
MAX_FOLLOWED = 100
"""References to schemas without a name that are followed for one schema; each is shown where it is meant, so that they could double."""
MAX_VARIANTS = 200
"""Variants of a union, and items of a tuple."""
_LIMITS = frozenset({
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
    "uniqueItems", "minProperties", "maxProperties", "pattern", "collectionFormat", "contentEncoding", "contentMediaType",
})  # fmt: skip
"""Keywords whose values are shown; pages have a label for each."""
_HOW = ("oneOf", "anyOf", "allOf")
_CONDITIONS = (
    "if", "then", "else", "not", "contains", "propertyNames", "patternProperties", "dependentRequired", "dependentSchemas",
    "unevaluatedProperties", "unevaluatedItems", "additionalItems", "dependencies", "minContains", "maxContains", "contentSchema",
    "$dynamicRef", "$recursiveRef", "x-extensible-enum",
)  # fmt: skip
"""Keywords that no part of a shape holds, so that a comparison would not see them."""


@dataclass(slots=True)
class SchemaReader:
    """Reads the schemas of one document.

    Args:
        root: the document that ``#/…`` refers to.
        texts: makes the texts.
        names: keys of named types by the pointers to them.
        siblings: whether keywords beside ``$ref`` count (OpenAPI 3.1, JSON Schema 2019 and later).
    """

    root: Any
    texts: Texts
    names: Mapping[str, str] = field(default_factory=dict)
    siblings: bool = True
    made: int = 0
    followed: int = 0
    plain: dict[tuple[object, ...], ValueShape] = field(default_factory=dict)
    """Shapes of schemas without anything inside."""

    def resolved(self, value: Any) -> dict[str, Any]:
        """The mapping that a value is or refers to inside the document; empty if there is none."""
        seen: set[str] = set()
        while isinstance(value, dict) and isinstance(value.get("$ref"), str):
            pointer = value["$ref"]
            if pointer in seen:
                return {}
            seen.add(pointer)
            value = at_pointer(self.root, pointer)
        return mapping(value)

    def shape(self, schema: Any, level: int = 0) -> ValueShape:
        """The shape of a schema."""
        self.made += 1
        self.followed = self.followed if level else 0
        if isinstance(schema, bool):
            return ANYTHING if schema else ValueShape("nothing")
        if not isinstance(schema, dict):
            return ValueShape("invalid")
        if level > MAX_LEVELS or self.made > MAX_SHAPES:
            return ValueShape("cut")
        if isinstance(schema.get("$ref"), str):
            return self._reference(schema, level)
        return self._inline(schema, level)

    def fields(self, schema: dict[str, Any], level: int = 0) -> tuple[ShapeField, ...]:
        """The fields of an object."""
        required = {name for name in sequence(schema.get("required")) if isinstance(name, str)}
        found = mapping(schema.get("properties")).items()
        return tuple(ShapeField(self.texts.line(name), self.shape(each, level + 1), name in required) for name, each in found)

    def _reference(self, schema: dict[str, Any], level: int) -> ValueShape:
        pointer = schema["$ref"]
        key = self.names.get(pointer)
        if key is None:
            target = at_pointer(self.root, pointer)
            self.followed += 1
            if isinstance(target, dict | bool) and self.followed <= MAX_FOLLOWED:
                return self.shape(target, level + 1)
            return ValueShape("unknown", self.texts.line(pointer))
        if not self.siblings or len(schema) == 1:
            return ValueShape("reference", target=key)
        beside = self._inline({name: value for name, value in schema.items() if name != "$ref"}, level)
        if beside.fields or beside.variants or beside.items:
            return ValueShape("combination", how="allOf", variants=(ValueShape("reference", target=key), beside))
        return ValueShape(
            "reference", "", key, beside.title, beside.description, beside.is_nullable, beside.is_read_only, beside.is_write_only,
            beside.deprecated, beside.default, limits=beside.limits, examples=beside.examples,
        )  # fmt: skip

    def _inline(self, schema: dict[str, Any], level: int) -> ValueShape:
        """The shape of a schema that is no reference; one with only words and numbers is made once, as it stands at many places."""
        key = _plain_key(schema)
        if key is None:
            return self._made(schema, level)
        found = self.plain.get(key)
        if found is None:
            found = self.plain[key] = self._made(schema, level)
        return found

    def _made(self, schema: dict[str, Any], level: int) -> ValueShape:
        several = [each for each in _HOW if isinstance(schema.get(each), list) and schema[each]]
        if len(several) > 1:
            schema, several = _all_of(schema, several), ["allOf"]
        texts, how = self.texts, several[0] if several else ""
        types = [each for each in sequence(schema.get("type")) if isinstance(each, str)] or (
            [schema["type"]] if isinstance(schema.get("type"), str) else []
        )
        variants = tuple(self.shape(each, level + 1) for each in sequence(schema.get(how))[:MAX_VARIANTS])
        fields = self.fields(schema, level)
        discriminator, mapped = self._discriminator(schema)
        items, additional = self._items(schema, level), self._additional(schema, level)
        return ValueShape(
            kind=_kind(how, types, fields, items, schema),
            words=self._words(schema, [each for each in types if each != "null"]),
            title=texts.line(schema.get("title")),
            description=texts.prose(schema.get("description")),
            is_nullable=schema.get("nullable") is True or schema.get("x-nullable") is True or "null" in types,
            is_read_only=schema.get("readOnly") is True,
            is_write_only=schema.get("writeOnly") is True,
            deprecated=texts.line(schema.get("x-deprecated-reason")) or "yes" if schema.get("deprecated") is True else "",
            default=texts.value(schema["default"]) if "default" in schema else "",
            allowed=self._allowed(schema),
            limits=tuple(
                (key, texts.value(schema[key])) for key in schema if key in _LIMITS and schema[key] is not None and schema[key] is not False
            ),
            examples=self._examples(schema),
            fields=fields,
            items=items,
            additional=additional,
            how=how,
            variants=variants,
            discriminator=discriminator,
            mapping=mapped,
            is_closed=schema.get("additionalProperties") is False,
            is_constant="const" in schema,
            conditions=tuple((key, texts.value(schema[key])) for key in _CONDITIONS if key in schema) if _has_condition(schema) else (),
        )

    def _words(self, schema: dict[str, Any], types: list[str]) -> str:
        words = " | ".join(self.texts.line(each, 40) for each in types[:8])
        form = self.texts.line(schema.get("format"), 60)
        return f"{words} ({form})" if words and form else words or form

    def _items(self, schema: dict[str, Any], level: int) -> ValueShape | None:
        items = schema.get("items")
        several = sequence(schema.get("prefixItems")) or sequence(items)
        if several:
            return ValueShape("tuple", variants=tuple(self.shape(each, level + 1) for each in several[:MAX_VARIANTS]))
        return self.shape(items, level + 1) if isinstance(items, dict | bool) else None

    def _additional(self, schema: dict[str, Any], level: int) -> ValueShape | None:
        additional = schema.get("additionalProperties")
        if additional is None or additional is False:
            patterns = list(mapping(schema.get("patternProperties")).values())
            return self.shape(patterns[0], level + 1) if patterns else None
        return self.shape(additional, level + 1)

    def _allowed(self, schema: dict[str, Any]) -> tuple[AllowedValue, ...]:
        values = [schema["const"]] if "const" in schema else sequence(schema.get("enum"))
        if not values:
            return ()
        described = schema.get("x-enum-descriptions") or schema.get("x-enumDescriptions")
        words = described if isinstance(described, dict) else dict(zip(map(str, values), sequence(described), strict=False))
        most = self.texts.max_allowed
        found = tuple(AllowedValue(self.texts.value(each), self.texts.prose(words.get(str(each)))) for each in values[:most])
        return (*found, AllowedValue(f"… +{len(values) - most:,}")) if len(values) > most else found

    def _examples(self, schema: dict[str, Any]) -> tuple[str, ...]:
        several = schema.get("examples")
        values = [schema["example"]] if "example" in schema else sequence(several)
        return tuple(self.texts.value(each) for each in values[:3])

    def _discriminator(self, schema: dict[str, Any]) -> tuple[str, tuple[tuple[str, str], ...]]:
        found = schema.get("discriminator")
        if found is None:
            return "", ()
        if isinstance(found, str):
            return self.texts.line(found), ()
        pairs = mapping(mapping(found).get("mapping")).items()
        mapped = ((self.texts.line(value), self._key_of(target)) for value, target in pairs if isinstance(target, str))
        return self.texts.line(mapping(found).get("propertyName")), tuple((value, key) for value, key in mapped if key)

    def _key_of(self, target: str) -> str:
        """The type of a discriminator's mapping, which may be a reference or a name alone."""
        return self.names.get(target) or self.names.get(f"#/components/schemas/{target}") or ""


def names_by_id(named: Mapping[str, Any]) -> dict[str, str]:
    """The keys of schemas by references to their ``$id`` or ``$anchor``, as these are written."""
    found: dict[str, str] = {}
    for name, schema in named.items():
        if isinstance(schema, dict):
            for keyword, mark in (("id", ""), ("$id", ""), ("$anchor", "#"), ("$dynamicAnchor", "#")):
                if isinstance(schema.get(keyword), str):
                    found.setdefault(mark + schema[keyword], name)
    return found


def _all_of(schema: dict[str, Any], several: list[str]) -> dict[str, Any]:
    """A schema that several lists of variants hold for, as one of all of them."""
    rest = {key: value for key, value in schema.items() if key not in several and key != "discriminator"}
    told = {"discriminator": schema["discriminator"]} if "discriminator" in schema else {}
    alternatives = [{how: schema[how], **told} for how in several if how != "allOf"]
    return {**rest, "allOf": [*sequence(schema.get("allOf")), *alternatives]}


def _has_condition(schema: dict[str, Any]) -> bool:
    return len(schema) > 1 or not schema.keys().isdisjoint(_CONDITIONS)


def _plain_key(schema: dict[str, Any]) -> tuple[object, ...] | None:
    """Keywords and values of a schema; None if one of them is a list or mapping."""
    parts: list[object] = []
    for keyword, value in schema.items():
        sort = value.__class__
        if sort is dict or sort is list:
            return None
        parts += (keyword, value) if sort is str else (keyword, sort, value)  # 1, 1.0 and true are equal
    return tuple(parts)


def _kind(how: str, types: list[str], fields: tuple[ShapeField, ...], items: ValueShape | None, schema: dict[str, Any]) -> ShapeKind:
    if how:
        return "combination" if how == "allOf" else "union"
    if fields or "object" in types or isinstance(schema.get("additionalProperties"), dict):
        return "object"
    if items is not None or "array" in types:
        return "list"
    return "scalar" if types or "enum" in schema or "const" in schema or "format" in schema else "anything"
