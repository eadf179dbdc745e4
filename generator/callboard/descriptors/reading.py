"""The bytes of a descriptor file → entities, problems and skipped documents; content never raises."""

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
from callboard.descriptors.rules import files, syntax
from callboard.descriptors.rules.placeholders import placeholder_problem
from callboard.descriptors.validation import house_rule_errors, schema_errors
from callboard.model.entity import Entity, Origin
from callboard.model.errors import TooLargeError, TreeError
from callboard.model.problem import Problem
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.tree import DescriptorFile
from callboard.redaction.secrets import mask, mask_values, may_hold_secrets
from callboard.settings.schema_messages import SchemaError
from callboard.settings.settings import Limits
from callboard.yaml import documents

_RULES_OF_TROUBLES = {
    "syntax": syntax.INVALID_YAML,
    "tab": syntax.TAB_INDENTATION,
    "duplicate-key": syntax.DUPLICATE_KEY,
    "unquoted-braces": syntax.UNQUOTED_BRACES,
    "alias": syntax.REPEATED_ALIASES,
    "too-deep": files.TOO_LARGE,
    "too-large": files.TOO_LARGE,
    "too-many": files.TOO_LARGE,
}
"""By the reason of a trouble with the YAML: the rule that reports it."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that gives neither an entity nor a problem."""

    path: str
    document: int
    """Index in its file, from 0."""
    reason: non_descriptors.SkipReason


@dataclass(frozen=True, slots=True)
class FileResult:
    """The content of a descriptor file."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class _Context:
    """What all documents of a file have in common."""

    location: FileLocation
    kinds: Kinds
    placeholders: Placeholders


def read_file(file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read a descriptor file from its tree; ``fetch`` returns the content of absolute URLs that other sources have."""
    tree = file.tree
    location = FileLocation(file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations)
    try:
        data = tree.read(file.path, limits.descriptor_bytes)
    except TooLargeError:
        return FileResult(problems=(files.too_large_problem(limits.descriptor_bytes, location.origin()),))
    except TreeError as error:
        return FileResult(problems=(files.unreadable_file_problem(error, location.origin()),))
    return read_text(data, location, lambda path: tree.read(path, limits.placeholder_bytes), kinds, limits, fetch)


def read_text(text: bytes, location: FileLocation, read: ReadFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read the documents of a file; ``read`` returns other files of the same tree for placeholders."""
    if len(text) > limits.descriptor_bytes:
        return FileResult(problems=(files.too_large_problem(limits.descriptor_bytes, location.origin()),))
    if text.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return FileResult(problems=(files.utf16_problem(location.origin()),))
    decoded, invalid_offset = documents.decode(text)
    placeholders = Placeholders(location, read, fetch, limits)
    context = _Context(location, kinds, placeholders)
    entities: list[Entity] = []
    problems: list[Problem] = []
    skipped: list[Skipped] = []
    for document in documents.read_documents(
        decoded, nodes=limits.nodes_per_document, depth=limits.depth, documents=limits.documents_per_file
    ):
        most = max(limits.problems_per_file - len(problems), 0) + 1
        for outcome in _document(document, context, most):
            results: list[Any] = entities if isinstance(outcome, Entity) else problems if isinstance(outcome, Problem) else skipped
            results.append(outcome)
    if invalid_offset >= 0 and (entities or problems):
        valid = text[:invalid_offset].decode("utf-8", "replace")
        problems.insert(0, files.not_utf8_problem(valid.count("\n") + 1, len(valid) - valid.rfind("\n"), location.origin()))
    return FileResult(tuple(entities), _bounded(problems, limits.problems_per_file, location), tuple(skipped))


def _bounded(problems: list[Problem], most: int, location: FileLocation) -> tuple[Problem, ...]:
    if len(problems) <= most:
        return tuple(problems)
    return (*problems[:most], files.more_problems_of_file(most, location.origin()))


def _document(document: documents.Document, context: _Context, most: int) -> Iterator[Entity | Problem | Skipped]:
    """Yield an entity and at most ``most`` problems, or why there is neither."""
    location = context.location
    origin = location.origin(document.index, document.line)
    value = document.value
    reason: non_descriptors.SkipReason | None = None
    if document.failed:
        reason = None if document.troubles[0].reason.startswith("too") else non_descriptors.reason_by_text(document.text, location.path)
    elif value is None:
        reason = "empty"
    elif isinstance(value, dict):
        reason = non_descriptors.reason_by_value(value, context.kinds)
    if reason:
        yield Skipped(location.path, document.index, reason)
        return
    troubles = tuple(yaml_problem(_RULES_OF_TROUBLES[trouble.reason], trouble, origin) for trouble in document.troubles)
    if document.failed or not isinstance(value, dict):
        yield from troubles if document.failed else (files.no_mapping_problem(value, document.text, origin),)
        return
    entity, problems = _entity(value, document.text, origin, context, most)
    if non_descriptors.in_template_folder(location.path) and any(problem.severity == "error" for problem in problems):
        yield Skipped(location.path, document.index, "template-skeleton")
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
    errors = _without_failures(schema_errors(value, kind), failures)
    house_errors = _without_failures(house_rule_errors(value, kind, errors), failures)
    document = CheckedDocument(value, text, origin, context.kinds, kind=kind, ref=ref, errors=errors, house_errors=house_errors)
    problems = [placeholder_problem(document, failure) for failure in failures]
    problems += islice(check(document), most)
    return _masked_entity(value, ref, text, origin) if ref else None, tuple(problems)


def _without_failures(errors: tuple[SchemaError, ...], failures: tuple[PlaceholderFailure, ...]) -> tuple[SchemaError, ...]:
    """The errors except those about values of placeholders that failed."""
    unreplaced = [failure.path for failure in failures if failure.reason != "references"]
    return tuple(error for error in errors if not any(error.path[: len(path)] == path for path in unreplaced))


def _kind(value: Mapping[str, Any], kinds: Kinds) -> Kind | None:
    """The kind whose schema applies to the document; None if kind and apiVersion do not match."""
    name, version = value.get("kind"), value.get("apiVersion")
    kind = kinds.get(name) if isinstance(name, str) else None
    if kind is None or (isinstance(version, str) and version and version not in kind.api_versions):
        return None
    return kind


def _ref(value: Mapping[str, Any]) -> EntityRef | None:
    """The canonical reference; None if kind, name or namespace is invalid. Upper case in a namespace is read as lower case."""
    kind, metadata = value.get("kind"), value.get("metadata")
    if not is_kind(kind) or not isinstance(metadata, dict):
        return None
    name, namespace = metadata.get("name"), metadata.get("namespace", DEFAULT_NAMESPACE)
    if not is_name(name) or not isinstance(namespace, str) or not is_namespace(namespace.lower()):
        return None
    return EntityRef(kind.lower(), namespace.lower(), str(name).lower())


def _masked_entity(value: dict[str, Any], ref: EntityRef, text: str, origin: Origin) -> Entity:
    metadata = value["metadata"]
    if "namespace" not in metadata:
        metadata = {**metadata, "namespace": DEFAULT_NAMESPACE}
    version = value.get("apiVersion")
    spec = value["spec"] if isinstance(value.get("spec"), dict) else {}
    api_version = version if isinstance(version, str) else ""
    meaning = _canonical(value["kind"], api_version, metadata, spec, [])
    if may_hold_secrets(meaning) or may_hold_secrets(text):
        # Masked here, once, so that no page, file, state or cache derived from the entity contains a secret.
        metadata, spec, text = mask_values(metadata), mask_values(spec), mask(text)
        meaning = _canonical(value["kind"], api_version, metadata, spec, [])
    return Entity(ref, value["kind"], api_version, metadata, spec, origin, _digest(meaning), text)


def digest(entity: Entity) -> str:
    """SHA-256 over the meaning of an entity as canonical JSON: the same for every way of writing the same descriptor."""
    derived = [(value.field, value.value, value.by) for value in entity.derived]
    return _digest(_canonical(entity.kind, entity.api_version, entity.metadata, entity.spec, derived))


def _canonical(*meaning: Any) -> str:
    return json.dumps(meaning, sort_keys=True, separators=(",", ":"))


def _digest(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()
