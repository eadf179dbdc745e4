"""Two GraphQL schemas → findings: those of graphql-core, and what it does not tell: deprecations, directives taken away, additions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from graphql import GraphQLSchema, build_ast_schema, parse
from graphql.error import GraphQLError
from graphql.language import ast
from graphql.utilities import find_breaking_changes, find_dangerous_changes

from callboard.api_changes.findings import ApiFinding, Level
from callboard.api_changes.operations import label
from callboard.api_changes.pairs import ComparedPlace, TypePairs
from callboard.api_changes.shapes import targets
from callboard.api_changes.texts import UnreadableApiError
from callboard.api_reference.graphql_sdl import MAX_TOKENS, sdl_of
from callboard.api_reference.loading import UnreadableDefinitionError
from callboard.api_reference.model import Entry, Reference, ShapeField, ValueShape

_COORDINATE = re.compile(r"@?\b([A-Za-z_]\w{0,200})(?:\.(\w{1,200}))?(\(\w{1,200}:\))?")
_TYPE_OF = re.compile(r"(?:union type|implemented by) (\w{1,200})")
_ADDITIONS = {"OPTIONAL_ARG_ADDED", "OPTIONAL_INPUT_FIELD_ADDED"}
"""Kinds that graphql-core calls dangerous, and that no client notices."""
_BUILT_IN = {"String", "Int", "Float", "Boolean", "ID"}
_EXTENSIONS: dict[str, Any] = {
    "object_type_extension": ast.ObjectTypeDefinitionNode, "interface_type_extension": ast.InterfaceTypeDefinitionNode,
    "union_type_extension": ast.UnionTypeDefinitionNode, "enum_type_extension": ast.EnumTypeDefinitionNode,
    "input_object_type_extension": ast.InputObjectTypeDefinitionNode, "scalar_type_extension": ast.ScalarTypeDefinitionNode,
}  # fmt: skip


def compare_graphql(old: Reference, new: Reference, texts: tuple[str, str]) -> Iterator[ApiFinding]:
    """What changed.

    Raises:
        UnreadableApiError: one of the texts is no schema.
    """
    before, after = (_schema(each) for each in texts)
    pairs = TypePairs(old, new)
    operations = {each.address: ComparedPlace(label(each)) for each in (*old.entries, *new.entries)}
    roots = {group.name for side in (old, new) for group in side.groups}
    places = _Places(pairs, operations, roots)
    for change in find_breaking_changes(before, after):
        places.add(change.description, "schema-breaking", "breaking")
    for danger in find_dangerous_changes(before, after):
        level: Level = "addition" if danger.type.name in _ADDITIONS else "may break"
        places.add(danger.description, "schema-addition" if level == "addition" else "schema-dangerous", level)
    _own_rules(places, old, new)
    for entry in new.entries:
        for target in _entry_targets(entry):
            operations[entry.address].reach(target, target, "request")
    return pairs.findings(list(operations.values()))


class _Places:
    """Operations and types by the coordinates that graphql-core writes (``Query.orders(first:)``, ``Order.total``)."""

    def __init__(self, pairs: TypePairs, operations: dict[str, ComparedPlace], roots: set[str]) -> None:
        self.pairs, self.operations, self.roots = pairs, operations, roots
        for key in dict.fromkeys((*pairs.before.types, *pairs.after.types)):
            self.pairs.places[key, key, "request"] = place = ComparedPlace(key, is_type=True)
            found = pairs.after.types.get(key) or pairs.before.types[key]
            for target in targets(found.shape):
                place.reach(target, target, "request")

    def add(self, description: str, rule: str, level: Level) -> None:
        """Note a change that graphql-core describes."""
        named = _TYPE_OF.search(description)
        if (
            description.endswith(" was removed.")
            and "." not in description[:-1]
            and not self._is_known(description.split(" ", maxsplit=1)[0])
        ):
            return  # a type that stands elsewhere is used no more
        found = next((each for each in _COORDINATE.finditer(description) if self._is_known(each[1])), None)
        owner, field, argument = (named[1], "", "") if named else (found[1], found[2] or "", found[3] or "") if found else ("", "", "")
        place, part = self.place(owner, field)
        place.add(rule, "request", f"{part}{argument}", description.rstrip("."), level)

    def _is_known(self, name: str) -> bool:
        return (
            name in self.roots or (name, name, "request") in self.pairs.places or ("@" + name, "@" + name, "request") in self.pairs.places
        )

    def place(self, owner: str, field: str = "") -> tuple[ComparedPlace, str]:
        """Where a field stands, and its name there."""
        if owner in self.roots and field in self.operations:
            return self.operations[field], ""
        for key in (owner, f"@{owner}"):
            if (key, key, "request") in self.pairs.places:
                return self.pairs.places[key, key, "request"], field
        return self.pairs.places.setdefault((owner, owner, "request"), ComparedPlace(owner, is_type=True)), field


def _own_rules(places: _Places, old: Reference, new: Reference) -> None:
    before = {each.address: each for each in old.entries}
    for entry in new.entries:
        place = places.operations[entry.address]
        if entry.address not in before:
            place.add("operation-added", "request")
            continue
        _deprecated(place, "", before[entry.address].deprecated, entry.deprecated)
        _directives(place, "", *(tuple(text for _, text in each.notes) for each in (before[entry.address], entry)))
    for key, new_type in new.types.items():
        place, _ = places.place(key)
        if key not in old.types:
            place.add("schema-addition", "request")
            continue
        _type_rules(place, old.types[key].shape, new_type.shape)


def _type_rules(place: ComparedPlace, old: ValueShape, new: ValueShape) -> None:
    fields, values = {each.name: each for each in old.fields}, {each.value: each for each in old.allowed}
    _directives(place, "", _words(old.words), _words(new.words))
    for field in new.fields:
        if field.name in fields:
            _deprecated(place, field.name, fields[field.name].shape.deprecated, field.shape.deprecated)
            _directives(place, field.name, _notes(fields[field.name]), _notes(field))
        elif not field.required or not place.findings:
            place.add("schema-addition", "request", field.name)
    for value in new.allowed:
        if value.value in values:
            _deprecated(place, value.value, values[value.value].deprecated, value.deprecated)


def _deprecated(place: ComparedPlace, part: str, before: str, after: str) -> None:
    if after and not before:
        place.add("field-deprecated", "request", part, after.removeprefix("yes"))


def _directives(place: ComparedPlace, part: str, before: Iterable[str], after: Iterable[str]) -> None:
    kept = set(after)
    for each in before:
        if each.startswith("@") and each not in kept:
            place.add("directive-use-removed", "request", part, each)


def _notes(field: ShapeField) -> tuple[str, ...]:
    return _words(field.note)


def _words(text: str) -> tuple[str, ...]:
    """Directives in a list of words; commas in their arguments do not divide them."""
    return tuple(each.strip(" ,") for each in re.split(r",\s?(?=@)|(?<=\s)(?=@)", text) if each.strip(" ,"))


def _entry_targets(entry: Entry) -> Iterator[str]:
    for _, fields in entry.parameters:
        for field in fields:
            yield from targets(field.shape)
    for answer in entry.outputs:
        for payload in answer.payloads:
            yield from targets(payload.shape)


def _schema(text: str) -> GraphQLSchema:
    try:
        document = parse(sdl_of(text), max_tokens=MAX_TOKENS)
        return build_ast_schema(_completed(document), assume_valid=True, assume_valid_sdl=True)
    except (UnreadableDefinitionError, GraphQLError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableApiError(f"It is no schema that can be compared: {str(error)[:200]}.") from error


def _completed(document: ast.DocumentNode) -> ast.DocumentNode:
    """The document with its extensions as definitions, and a scalar in place of each type that stands elsewhere, as in federations."""
    merged: dict[str, Any] = {}
    others: list[ast.DefinitionNode] = []
    for node in document.definitions:
        if isinstance(node, ast.TypeDefinitionNode | ast.TypeExtensionNode):
            name = node.name.value
            merged[name] = _joined(merged[name], node) if name in merged else _definition(node)
        else:
            others.append(node)
    missing = sorted({*_named(document)} - {*merged, *_BUILT_IN})
    made = [ast.ScalarTypeDefinitionNode(name=ast.NameNode(value=name), directives=()) for name in missing]
    return ast.DocumentNode(definitions=(*others, *merged.values(), *made))


def _definition(node: Any) -> Any:
    form = _EXTENSIONS.get(node.kind)
    return form(**{key: getattr(node, key, None) for key in form.keys if key not in {"kind", "loc"}}) if form else node


def _joined(one: Any, other: Any) -> Any:
    """The definition with the fields, values and members of an extension."""
    parts = {
        key: (*(getattr(one, key, None) or ()), *(getattr(other, key, None) or ())) for key in ("fields", "values", "types", "interfaces")
    }
    own = {key: getattr(one, key, None) for key in type(one).keys if key not in {"kind", "loc"}}
    return type(one)(**{**own, **{key: value for key, value in parts.items() if key in own}})


def _named(node: object) -> Iterator[str]:
    """Names of all types that a document uses."""
    waiting: list[object] = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, ast.NamedTypeNode):
            yield each.name.value
        elif isinstance(each, ast.Node):
            waiting += [getattr(each, key, None) for key in each.keys if key != "loc"]
        elif isinstance(each, list | tuple):
            waiting += each
