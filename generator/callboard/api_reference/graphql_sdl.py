"""A GraphQL schema (SDL, also of a federation, or an introspection result) → its reference: fields of root types are operations."""

from __future__ import annotations

from typing import Any

from graphql import build_client_schema, parse, print_schema
from graphql.error import GraphQLError
from graphql.language import ast, print_ast

from callboard.api_reference.loading import UnreadableDefinitionError, load
from callboard.api_reference.model import (
    AllowedValue,
    ApiAnswer,
    Entry,
    EntryGroup,
    NamedType,
    Payload,
    Reference,
    ShapeField,
    ShapeKind,
    ValueShape,
)
from callboard.api_reference.texts import ReferenceAnchors, Texts, mapping

MAX_CHARACTERS = 3_000_000
MAX_TOKENS = 400_000
_ROOTS = {"query": "Query", "mutation": "Mutation", "subscription": "Subscription"}
_WORDS = {
    "object": "type", "interface": "interface", "input_object": "input", "union": "union", "enum": "enum", "scalar": "scalar",
}  # fmt: skip


def read_graphql(text: str, texts: Texts) -> Reference:
    """The reference of a schema, which need not be complete: a federation extends types that stand elsewhere.

    Raises:
        UnreadableDefinitionError: it is no schema.
    """
    source = sdl_of(text)
    try:
        document = parse(source, max_tokens=MAX_TOKENS)
    except GraphQLError as error:
        line = error.locations[0].line if error.locations else 0
        raise UnreadableDefinitionError(f"{texts.line(error.message).rstrip('.')} (line {line}).") from None
    return _Schema(document, texts).reference()


def sdl_of(text: str) -> str:
    """The text, or the SDL of an introspection result."""
    if len(text) > MAX_CHARACTERS:
        msg = f"The schema is longer than {MAX_CHARACTERS:,} characters."
        raise UnreadableDefinitionError(msg)
    if not text.lstrip("\ufeff \t\r\n").startswith("{"):
        return text.lstrip("\ufeff")
    try:
        value = load(text)
        data = mapping(mapping(value).get("data")) or mapping(value)
        return print_schema(build_client_schema(data))  # type: ignore[arg-type]  # checked by the function itself
    except UnreadableDefinitionError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, GraphQLError) as error:
        msg = "The definition is JSON, but no result of an introspection query."
        raise UnreadableDefinitionError(msg) from error


class _Schema:
    def __init__(self, document: ast.DocumentNode, texts: Texts) -> None:
        self.texts, self.anchors = texts, ReferenceAnchors()
        self.roots, self.description = dict(_ROOTS), ""
        self.parts: dict[str, list[Any]] = {}
        self.directives: list[ast.DirectiveDefinitionNode] = []
        for node in document.definitions:
            if isinstance(node, ast.SchemaDefinitionNode | ast.SchemaExtensionNode):
                self.roots |= {each.operation.value: each.type.name.value for each in node.operation_types or ()}
                self.description = self.description or _text(getattr(node, "description", None))
            elif isinstance(node, ast.TypeDefinitionNode | ast.TypeExtensionNode):
                self.parts.setdefault(node.name.value, []).append(node)
            elif isinstance(node, ast.DirectiveDefinitionNode):
                self.directives.append(node)

    def reference(self) -> Reference:
        texts = self.texts
        types = {name: self._type(name, parts) for name, parts in self.parts.items() if name not in self.roots.values()}
        groups = tuple(self._root(verb, name) for verb, name in self.roots.items() if name in self.parts)
        listed = tuple(
            NamedType(
                f"@{node.name.value}",
                f"@{node.name.value}",
                self.anchors.of("directive", node.name.value),
                self._directive(node),
                "directive",
            )
            for node in self.directives
        )
        return Reference(
            format="GraphQL",
            description=texts.prose(self.description),
            groups=tuple(group for group in groups if group.entries),
            types={**types, **{each.key: each for each in listed}},
        )

    def _directive(self, node: ast.DirectiveDefinitionNode) -> ValueShape:
        places = " | ".join(each.value for each in node.locations)
        return ValueShape("object", places, description=self.texts.prose(_text(node.description)), fields=self._arguments(node))

    def _root(self, verb: str, name: str) -> EntryGroup:
        parts = self.parts[name]
        anchor = self.anchors.of("type", name)
        description = self.texts.prose(next((_text(p.description) for p in parts if getattr(p, "description", None)), ""))
        entries = tuple(self._entry(verb, node) for part in parts for node in part.fields or ())
        return EntryGroup(name, anchor, description, entries)

    def _entry(self, verb: str, node: ast.FieldDefinitionNode) -> Entry:
        texts, name = self.texts, node.name.value
        arguments = self._arguments(node)
        return Entry(
            anchor=self.anchors.of("op", f"{verb}.{name}"),
            verb=verb,
            address=name,
            description=texts.prose(_text(node.description)),
            deprecated=_deprecated(node, texts),
            parameters=(("arguments", arguments),) if arguments else (),
            outputs=(ApiAnswer("", payloads=(Payload("", self._shape(node.type)),)),),
            streaming="server" if verb == "subscription" else "",
            notes=self._notes(node),
            sample=self._sample(verb, node),
        )

    def _sample(self, verb: str, node: ast.FieldDefinitionNode) -> str:
        """An operation with the required arguments as variables, and the name of the type for all that it selects."""
        needed = [each for each in node.arguments or () if isinstance(each.type, ast.NonNullTypeNode) and each.default_value is None]
        variables = ", ".join(f"${each.name.value}: {print_ast(each.type)}" for each in needed)
        passed = ", ".join(f"{each.name.value}: ${each.name.value}" for each in needed)
        chosen = self._selection(_name_of(node.type))
        head = f"{verb}{f'({variables})' if variables else ''}"
        return f"{head} {{\n  {node.name.value}{f'({passed})' if passed else ''}{chosen}\n}}"

    def _selection(self, name: str) -> str:
        parts = self.parts.get(name, ())
        if not any(
            isinstance(part, ast.ObjectTypeDefinitionNode | ast.InterfaceTypeDefinitionNode | ast.UnionTypeDefinitionNode) for part in parts
        ):
            return ""
        fields = [field for part in parts for field in getattr(part, "fields", None) or ()]
        plain = [
            field.name.value
            for field in fields
            if not field.arguments
            and not any(each.name.value == "deprecated" for each in field.directives or ())
            and (_name_of(field.type) not in self.parts or self._selection_is_scalar(_name_of(field.type)))
        ]
        return " {\n" + "".join(f"    {each}\n" for each in plain[:12] or ["__typename"]) + "  }"

    def _selection_is_scalar(self, name: str) -> bool:
        return all(isinstance(part, ast.ScalarTypeDefinitionNode | ast.EnumTypeDefinitionNode) for part in self.parts[name])

    def _type(self, name: str, parts: list[Any]) -> NamedType:
        texts, first = self.texts, parts[0]
        kind = first.kind.removesuffix("_definition").removesuffix("_extension").removesuffix("_type")
        word = _WORDS.get(kind, kind)
        notes = [note for part in parts for _, note in self._notes(part)]
        implements = [each.name.value for part in parts for each in getattr(part, "interfaces", None) or ()]
        words = ", ".join([*(f"implements {each}" for each in implements), *notes])
        members = [each for part in parts for each in getattr(part, "types", None) or ()]
        values = [each for part in parts for each in getattr(part, "values", None) or ()]
        shape_kind: ShapeKind = "union" if kind == "union" else "scalar" if kind in {"enum", "scalar"} else "object"
        shape = ValueShape(
            shape_kind,
            texts.line(words),
            description=texts.prose(next((_text(p.description) for p in parts if getattr(p, "description", None)), "")),
            allowed=tuple(AllowedValue(v.name.value, texts.prose(_text(v.description)), _deprecated(v, texts)) for v in values),
            fields=tuple(self._field(each) for part in parts for each in getattr(part, "fields", None) or ()),
            how="union" if members else "",
            variants=tuple(self._named(each.name.value) for each in members),
        )
        return NamedType(name, name, self.anchors.of("type", name), shape, word)

    def _field(self, node: Any) -> ShapeField:
        shape = self._shape(node.type)
        default = getattr(node, "default_value", None)
        described = ValueShape(
            shape.kind, shape.words, shape.target, "", self.texts.prose(_text(node.description)), shape.is_nullable,
            deprecated=_deprecated(node, self.texts), default=self.texts.line(print_ast(default)) if default is not None else "",
            items=shape.items, fields=shape.fields,
        )  # fmt: skip
        note = ", ".join(text for _, text in self._notes(node))
        return ShapeField(node.name.value, described, not shape.is_nullable, "", self._arguments(node), note)

    def _arguments(self, node: Any) -> tuple[ShapeField, ...]:
        return tuple(self._field(each) for each in getattr(node, "arguments", None) or ())

    def _shape(self, node: ast.TypeNode, *, nullable: bool = True) -> ValueShape:
        if isinstance(node, ast.NonNullTypeNode):
            return self._shape(node.type, nullable=False)
        if isinstance(node, ast.ListTypeNode):
            return ValueShape("list", is_nullable=nullable, items=self._shape(node.type))
        return self._named(_name_of(node), nullable=nullable)

    def _named(self, name: str, *, nullable: bool = False) -> ValueShape:
        if name in self.parts and name not in self.roots.values():
            return ValueShape("reference", target=name, is_nullable=nullable)
        return ValueShape("scalar", self.texts.line(name), is_nullable=nullable)

    def _notes(self, node: Any) -> tuple[tuple[str, str], ...]:
        """Directives other than ``@deprecated``: ``@key(fields: "id")``."""
        found = (each for each in getattr(node, "directives", None) or () if each.name.value != "deprecated")
        return tuple(("", self.texts.line(print_ast(each))) for each in found)


def _name_of(node: ast.TypeNode) -> str:
    while isinstance(node, ast.NonNullTypeNode | ast.ListTypeNode):
        node = node.type
    return node.name.value if isinstance(node, ast.NamedTypeNode) else ""


def _text(node: Any) -> str:
    return node.value if isinstance(node, ast.StringValueNode) else ""


def _deprecated(node: Any, texts: Texts) -> str:
    for directive in node.directives or ():
        if directive.name.value == "deprecated":
            reasons = (
                a.value.value for a in directive.arguments or () if a.name.value == "reason" and isinstance(a.value, ast.StringValueNode)
            )
            return texts.line(next(reasons, "")) or "yes"
    return ""
