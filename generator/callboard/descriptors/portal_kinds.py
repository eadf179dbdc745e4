"""The kinds of a portal: the built-in ones, those that its JSON Schema files add, and those that they tighten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import jsonschema_rs

from callboard.descriptors.kind_files import Bundle, SchemaFile, read_schema_file, subschemas
from callboard.descriptors.kinds import OWN, Kind, Kinds, builtin_kinds, declared_name, kind_from_schema, relation_fields, tightened
from callboard.descriptors.validation import compiled
from callboard.model.errors import SettingsError
from callboard.settings.findings import InvalidSettingsError
from callboard.settings.settings import Settings


def portal_kinds(settings: Settings) -> Kinds:
    """The kinds that a portal knows, by ``kinds:`` in its ``sources.yaml``.

    Raises ``SettingsError`` with everything that is wrong in the schema files, each finding with its place.
    """
    return read_kinds([settings.root / path for path in settings.kinds], settings.root) if settings.kinds else builtin_kinds()


def read_kinds(paths: Iterable[Path], root: Path) -> Kinds:
    """The built-in kinds and those of these files, which refer to other files below ``root`` alone.

    A file about a kind that is built in tightens it. Raises ``SettingsError``.
    """
    kinds, wrong = builtin_kinds(), []
    declared: dict[str, Path] = {}
    for path in paths:
        bundle = Bundle(read_schema_file(path), root)
        bundle.gather()
        if not _faulty(bundle):
            kinds = kinds.with_kinds(_declared(bundle, kinds, declared))
        wrong += [InvalidSettingsError(file.path, file.findings) for file in bundle.files.values() if file.findings]
    if wrong:
        raise SettingsError("\n".join(str(error) for error in wrong), "The manual tells how to write a kind: how-to/own-kinds.")
    return kinds


def _faulty(bundle: Bundle) -> bool:
    return any(file.findings for file in bundle.files.values())


def _declared(bundle: Bundle, kinds: Kinds, declared: dict[str, Path]) -> Iterator[Kind]:
    """The kind of a file that is right in itself; none where it does not fit the other kinds."""
    file, schema = bundle.first, bundle.whole()
    name = declared_name(schema)
    known = kinds.get(name)
    if not name:
        file.at((), 'the schema names no kind; add "x-callboard": {"kind": "…"} to it')
    elif known and known.name != name:
        file.at((OWN, "kind"), f'there is a kind "{known.name}" already, in another spelling; write that')
    elif name.lower() in declared:
        file.at((OWN, "kind"), f'the kind "{name}" is declared by {declared[name.lower()]} already; put both into one file')
    else:
        _check_relations(file, schema, kinds, known)
        _check_whole(file, schema)
    if not file.findings:
        if known is None:
            declared[name.lower()] = file.path
        yield tightened(known, schema) if known else kind_from_schema(schema, name, is_own=True)


def _check_relations(file: SchemaFile, schema: Mapping[str, object], kinds: Kinds, known: Kind | None) -> None:
    """A relation has one way back everywhere, and a field makes one relation."""
    ways = {pair for kind in kinds.by_name.values() for field in kind.relations for pair in _both(field.type, field.reverse)}
    backs = dict(ways)
    fields = {field.field: field for field in known.relations} if known else {}
    for field, _ in relation_fields(schema):
        for one, back in _both(field.type, field.reverse):
            if backs.setdefault(one, back) != back:
                _at_relation(file, field.type, f'the way back of "{one}" is "{backs[one]}" everywhere, not "{back}"')
                break
        old = fields.get(field.field)
        if old and (old.type, old.reverse) != (field.type, field.reverse):
            _at_relation(file, field.type, f'"spec.{field.field}" makes the relation "{old.type}" already')
    read = {id(own) for _, own in relation_fields(file.schema)}
    for path, part in subschemas(file.schema):
        if path and OWN in part and id(part[OWN]) not in read and path[0] not in {"$defs", "definitions"}:
            file.at((*path, OWN), "a relation can be declared for a field of spec, or of a mapping in it, alone")


def _both(one: str, back: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, back), (back, one)


def _at_relation(file: SchemaFile, relation: str, message: str) -> None:
    """At the field that declares it, if that lies in this file."""
    own = next(((*path, OWN) for path, part in subschemas(file.schema) if path and part.get(OWN, {}).get("relation") == relation), ())
    file.at(own, message)


def _check_whole(file: SchemaFile, schema: Mapping[str, object]) -> None:
    """What only the validator itself can tell, such as an anchor that is nowhere."""
    try:
        compiled(schema)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        file.at((), f"the schema cannot be used: {' '.join(str(error).split())[:300]}")
