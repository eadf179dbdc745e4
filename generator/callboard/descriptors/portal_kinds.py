"""JSON Schema files of a portal → its kinds: the built-in ones, with house rules, and custom ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jsonschema_rs

from callboard.descriptors.kind_files import Bundle, SchemaFile, read_schema_file, subschemas
from callboard.descriptors.kinds import OWN, Kind, Kinds, builtin_kinds, declared_name, kind_from_schema, relation_fields, tightened
from callboard.descriptors.validation import compiled
from callboard.model.problem import Problem
from callboard.settings.invalid import InvalidSettingsError
from callboard.settings.settings import Settings


def portal_kinds(settings: Settings) -> Kinds:
    """Return the kinds of a portal, by ``kinds:`` in its ``sources.yaml``.

    Raises ``InvalidSettingsError`` with all problems in the schema files, each with its position.
    """
    folder = settings.file.parent  # as it was given, so that messages have paths that can be opened from the working folder
    return read_kinds([folder / path for path in settings.kinds], folder) if settings.kinds else builtin_kinds()


def read_kinds(paths: Iterable[Path], root: Path) -> Kinds:
    """Return the built-in kinds and those of these files, which may refer only to files below ``root``.

    A file about a built-in kind adds house rules to it. Raises ``InvalidSettingsError``.
    """
    kinds = builtin_kinds()
    errors: list[Problem] = []
    declared: dict[str, Path] = {}
    for path in paths:
        bundle = Bundle(read_schema_file(path, root), root)
        bundle.gather()
        if not any(file.problems for file in bundle.files.values()):
            kinds = kinds.with_kinds(_declared(bundle, kinds, declared))
        errors += (problem for file in bundle.files.values() for problem in file.problems)
    if errors:
        raise InvalidSettingsError(root, errors, "How to write a kind is explained in the manual: how-to/own-kinds.")
    return kinds


def _declared(bundle: Bundle, kinds: Kinds, declared: dict[str, Path]) -> Iterator[Kind]:
    """Yield the kind of a file without problems; none if it conflicts with other kinds."""
    file, schema = bundle.first, bundle.merged()
    name = declared_name(schema)
    known = kinds.get(name)
    if not name:
        file.at((), 'the schema has no kind; add "x-callboard": {"kind": "…"}')
    elif known and known.name != name:
        file.at((OWN, "kind"), f'the kind "{known.name}" already exists in another spelling; use that')
    elif name.lower() in declared:
        file.at((OWN, "kind"), f'the kind "{name}" is already declared by {declared[name.lower()]}; merge the two files')
    else:
        _check_relations(file, schema, kinds, known)
        _check_compiles(file, schema)
    if not file.problems:
        if known is None:
            declared[name.lower()] = file.path
        yield tightened(known, schema) if known else kind_from_schema(schema, name, is_own=True)


def _check_relations(file: SchemaFile, schema: Mapping[str, object], kinds: Kinds, known: Kind | None) -> None:
    """Check that each relation has the same reverse in all kinds, and that each field creates one relation."""
    reverses = dict(pair for kind in kinds.by_name.values() for field in kind.relations for pair in _both(field.type, field.reverse))
    fields = {field.field: field for field in known.relations} if known else {}
    for field, _ in relation_fields(schema):
        for relation, reverse in _both(field.type, field.reverse):
            if reverses.setdefault(relation, reverse) != reverse:
                _at_relation(file, field.type, f'the reverse of "{relation}" is "{reverses[relation]}" in all kinds, not "{reverse}"')
                break
        old = fields.get(field.field)
        if old and (old.type, old.reverse) != (field.type, field.reverse):
            _at_relation(file, field.type, f'"spec.{field.field}" already creates the relation "{old.type}"')
    used = {id(own) for _, own in relation_fields(file.schema)}
    for path, part in subschemas(file.schema):
        if path and OWN in part and id(part[OWN]) not in used and path[0] not in {"$defs", "definitions"}:
            file.at((*path, OWN), "a relation can be declared only for a field of spec, or of a mapping in it")


def _both(relation: str, reverse: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (relation, reverse), (reverse, relation)


def _at_relation(file: SchemaFile, relation: str, message: str) -> None:
    """Add a problem at the field that declares the relation, if it is in this file; else at its start."""
    own = next(((*path, OWN) for path, part in subschemas(file.schema) if path and part.get(OWN, {}).get("relation") == relation), ())
    file.at(own, message)


def _check_compiles(file: SchemaFile, schema: Mapping[str, object]) -> None:
    """Report errors that only the validator detects, such as an anchor that does not exist."""
    try:
        compiled(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        file.at((), f"the schema cannot be used: {' '.join(str(error).split())[:300]}")
