"""From the bytes of a file to checked entities: nothing that stands in it raises."""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from callboard.descriptors import non_descriptors
from callboard.descriptors.checking import check
from callboard.descriptors.document import CheckedDocument, FileLocation, yaml_problem
from callboard.descriptors.formats import is_kind, is_name, is_namespace
from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.placeholders import Fetch, PlaceholderFailure, Placeholders, ReadFile
from callboard.descriptors.rules import files, placeholders, syntax
from callboard.descriptors.validation import SchemaError, house_errors, schema_errors
from callboard.model.entity import Entity, Origin
from callboard.model.errors import TooLargeError, TreeError
from callboard.model.problem import Problem
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.tree import DescriptorFile
from callboard.redaction.secrets import mask, mask_values, may_hold_secrets
from callboard.settings.settings import Limits
from callboard.yaml import documents

_TROUBLES = {
    "syntax": syntax.INVALID_YAML,
    "tab": syntax.TAB_INDENTATION,
    "duplicate-key": syntax.DUPLICATE_KEY,
    "unquoted-braces": syntax.UNQUOTED_BRACES,
    "alias": syntax.REPEATED_ALIASES,
    "too-deep": files.TOO_LARGE,
    "too-large": files.TOO_LARGE,
    "too-many": files.TOO_LARGE,
}
_FAILURES = {
    "unreadable": placeholders.unreadable_placeholder_problem,
    "unparsable": placeholders.unparsable_placeholder_problem,
    "outside": placeholders.placeholder_outside_problem,
    "remote": placeholders.remote_placeholder_problem,
    "no-path": placeholders.placeholder_without_path_problem,
}


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that is no entity and no problem."""

    path: str
    document: int
    """Index in its file, from 0."""
    reason: non_descriptors.SkipReason


@dataclass(frozen=True, slots=True)
class FileResult:
    """What a file holds."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """What all documents of a file share."""

    place: FileLocation
    kinds: Kinds
    placeholders: Placeholders


def read_file(file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read a descriptor file through its tree; ``fetch`` gives the content of absolute URLs that other sources have."""
    tree = file.tree
    place = FileLocation(file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations)
    try:
        data = tree.read(file.path, limits.descriptor_bytes)
    except TooLargeError:
        return FileResult(problems=(files.file_problem(limits.descriptor_bytes, place.origin()),))
    except TreeError as error:
        return FileResult(problems=(files.unreadable_file_problem(error, place.origin()),))
    return read_text(data, place, lambda path: tree.read(path, limits.placeholder_bytes), kinds, limits, fetch)


def read_text(text: bytes, place: FileLocation, read: ReadFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read the documents of a file; ``read`` gives other files of the same tree to placeholders."""
    if len(text) > limits.descriptor_bytes:
        return FileResult(problems=(files.file_problem(limits.descriptor_bytes, place.origin()),))
    if text.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return FileResult(problems=(files.of_utf16(place.origin()),))
    decoded, bad = documents.decode(text)
    placeholders = Placeholders(place, read, fetch, limits)
    context = _Context(place, kinds, placeholders)
    entities: list[Entity] = []
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    for document in documents.read_documents(
        decoded, nodes=limits.nodes_per_document, depth=limits.depth, documents=limits.documents_per_file
    ):
        left = max(limits.problems_per_file - len(problems), 0) + 1
        for outcome in _document(document, context, left):
            kind: list[Any] = entities if isinstance(outcome, Entity) else problems if isinstance(outcome, Problem) else skipped
            kind.append(outcome)
    if bad >= 0 and (entities or problems):
        before = text[:bad].decode("utf-8", "replace")
        problems.insert(0, files.not_utf8_problem(before.count("\n") + 1, len(before) - before.rfind("\n"), place.origin()))
    return FileResult(tuple(entities), _bounded(problems, limits.problems_per_file, place), tuple(skipped))


def _bounded(problems: list[Problem], most: int, place: FileLocation) -> tuple[Problem, ...]:
    if len(problems) <= most:
        return tuple(problems)
    return (*problems[:most], files.more_problems_problem(most, place.origin()))


def _document(document: documents.Document, context: _Context, most: int) -> Iterator[Entity | Problem | Skipped]:
    """An entity, its first problems, or why there is neither."""
    place = context.place
    origin = place.origin(document.index, document.line)
    value = document.value
    reason: non_descriptors.SkipReason | None = None
    if document.failed:
        reason = None if document.troubles[0].reason.startswith("too") else non_descriptors.reason_by_text(document.text, place.path)
    elif value is None:
        reason = "empty"
    elif isinstance(value, dict):
        reason = non_descriptors.reason_by_value(value, context.kinds)
    if reason:
        yield Skipped(place.path, document.index, reason)
        return
    troubles = tuple(yaml_problem(_TROUBLES[trouble.reason], trouble, origin) for trouble in document.troubles)
    if document.failed or not isinstance(value, dict):
        yield from troubles if document.failed else (files.no_mapping_problem(value, document.text, origin),)
        return
    entity, problems = _entity(value, document.text, origin, context, most)
    if non_descriptors.in_template_folder(place.path) and any(problem.severity == "error" for problem in problems):
        yield Skipped(place.path, document.index, "template-skeleton")
        return
    yield from problems
    yield from troubles
    if entity:
        yield entity


def _entity(value: dict[str, Any], text: str, origin: Origin, context: _Context, most: int) -> tuple[Entity | None, tuple[Problem, ...]]:
    ref = _ref(value)
    failures: tuple[PlaceholderFailure, ...] = ()
    if "$" in text:
        value, failures = context.placeholders.replaced(value)
    kind = _kind(value, context.kinds)
    errors = _elsewhere(schema_errors(value, kind), failures)
    house = _elsewhere(house_errors(value, kind, errors), failures)
    document = CheckedDocument(value, text, origin, context.kinds, kind=kind, ref=ref, errors=errors, house=house)
    problems = [_FAILURES[failure.reason](document, failure.path, failure.target, failure.why) for failure in failures]
    problems += islice(check(document), most)
    return _made(value, ref, text, origin) if ref else None, tuple(problems)


def _elsewhere(errors: tuple[SchemaError, ...], failures: tuple[PlaceholderFailure, ...]) -> tuple[SchemaError, ...]:
    """Without those about values that a placeholder could not bring."""
    return tuple(error for error in errors if not any(error.path[: len(failure.path)] == failure.path for failure in failures))


def _kind(value: Mapping[str, Any], kinds: Kinds) -> Kind | None:
    """The kind whose schema judges the document: none where kind and apiVersion do not belong together."""
    name, version = value.get("kind"), value.get("apiVersion")
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None or (isinstance(version, str) and version and version not in kind.api_versions):
        return None
    return kind


def _ref(value: Mapping[str, Any]) -> EntityRef | None:
    """The canonical reference, or None where kind, name or namespace cannot be used. Upper case in a namespace is read as lower case."""
    kind, metadata = value.get("kind"), value.get("metadata")
    if not is_kind(kind) or not isinstance(metadata, dict):
        return None
    name, namespace = metadata.get("name"), metadata.get("namespace", DEFAULT_NAMESPACE)
    if not is_name(name) or not isinstance(namespace, str) or not is_namespace(namespace.lower()):
        return None
    return EntityRef(kind.lower(), namespace.lower(), str(name).lower())


def _made(value: dict[str, Any], ref: EntityRef, text: str, origin: Origin) -> Entity:
    metadata = value["metadata"]
    if "namespace" not in metadata:
        metadata = {**metadata, "namespace": DEFAULT_NAMESPACE}
    spec = value.get("spec")
    version = value.get("apiVersion")
    api_version, of_spec = version if isinstance(version, str) else "", spec if isinstance(spec, dict) else {}
    meaning = _canonical(value["kind"], api_version, metadata, of_spec, [])
    if may_hold_secrets(meaning) or may_hold_secrets(text):
        # Masked here, once, so that no page, file, state or cache that is made of the entity can tell a secret.
        metadata, of_spec, text = mask_values(metadata), mask_values(of_spec), mask(text)
        meaning = _canonical(value["kind"], api_version, metadata, of_spec, [])
    return Entity(ref, value["kind"], api_version, metadata, of_spec, origin, _digest(meaning), text)


def digest(entity: Entity) -> str:
    """SHA-256 over the meaning of an entity as canonical JSON: the same for every spelling of the same descriptor."""
    derived = [(value.field, value.value, value.by) for value in entity.derived]
    return _digest(_canonical(entity.kind, entity.api_version, entity.metadata, entity.spec, derived))


def _canonical(*meaning: Any) -> str:
    return json.dumps(meaning, sort_keys=True, separators=(",", ":"))


def _digest(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()
