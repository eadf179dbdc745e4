"""The bytes of a descriptor file → entities, problems and skipped documents; content never raises."""

from __future__ import annotations

import hashlib
import json
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import Any

from callboard.descriptors import non_descriptors
from callboard.descriptors.checking import check
from callboard.descriptors.definitions import with_files
from callboard.descriptors.document import CheckedDocument, FileLocation, yaml_problem
from callboard.descriptors.formats import is_kind, is_name, is_namespace
from callboard.descriptors.kinds import Kind, Kinds
from callboard.descriptors.non_descriptors import SkipReason
from callboard.descriptors.placeholders import Fetch, PlaceholderFailure, Placeholders, ReadFile
from callboard.descriptors.rules import files, syntax
from callboard.descriptors.rules.placeholders import placeholder_problem, reference_problem
from callboard.descriptors.validation import house_rule_errors, schema_errors
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity, Origin
from callboard.model.errors import TooLargeError, TreeError
from callboard.model.problem import Problem
from callboard.model.problem_limit import ProblemLimit
from callboard.model.ref import DEFAULT_NAMESPACE, EntityRef
from callboard.model.tree import DescriptorFile
from callboard.redaction.secrets import may_hold_secrets
from callboard.redaction.structured import mask_document, mask_values
from callboard.settings.schema_messages import SchemaError
from callboard.settings.settings import Limits
from callboard.yaml import documents
from callboard.yaml.problems import YamlTrouble

_RULES_OF_TROUBLES = {
    "syntax": syntax.INVALID_YAML,
    "tab": syntax.TAB_INDENTATION,
    "duplicate-key": syntax.DUPLICATE_KEY,
    "unquoted-braces": syntax.UNQUOTED_BRACES,
    "alias": syntax.REPEATED_ALIASES,
    "too-deep": files.TOO_LARGE,
    "too-large": files.TOO_LARGE,
    "too-many": files.TOO_LARGE,
    "failure": files.RULE_FAILED,
}
"""By the reason of a trouble with the YAML: the rule that reports it."""
_REPORTED = ("too", "failure")
"""Beginnings of reasons that say nothing about whether a document is a descriptor."""
_FIRST_KEYS = ("apiVersion", "kind")
"""The keys with which a descriptor begins."""
RESOLVED = 2
"""How many times more values and levels of nesting a descriptor may have that another catalog wrote."""
STAND_IN = EntityRef("", DEFAULT_NAMESPACE, "-")
"""The reference of a descriptor without a valid one, with its kind; no entity can have it, because ``-`` is not a valid name."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that gives neither an entity nor a problem."""

    origin: Origin
    reason: SkipReason

    @property
    def path(self) -> str:
        """Path of its file in the tree."""
        return self.origin.path

    @property
    def document(self) -> int:
        """Index in its file, from 0."""
        return self.origin.document


@dataclass(frozen=True, slots=True)
class FileResult:
    """The content of a descriptor file."""

    entities: tuple[Entity, ...] = ()
    problems: tuple[Problem, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    unidentified: tuple[Entity, ...] = ()
    """Descriptors without a valid name or namespace, under ``STAND_IN``: their references are checked, and nothing else is made of them."""
    documents: int = 0
    """Number of documents that were checked."""


_UTF16_START = 20
"""Bytes by which UTF-16 without a mark is recognized."""


@dataclass(frozen=True, slots=True)
class _Context:
    """What all documents of a file have in common."""

    location: FileLocation
    kinds: Kinds
    placeholders: Placeholders


@dataclass(slots=True)
class _Outcome:
    """What became of one document."""

    entity: Entity | None = None
    unidentified: Entity | None = None
    problems: Iterable[Problem] = ()
    skipped: SkipReason | None = None


def limits_of(file: DescriptorFile, limits: Limits) -> Limits:
    """The limits of a file: wider ones where another catalog wrote it, with the content of placeholders in place of them."""
    if file.record is None:
        return limits
    return replace(
        limits,
        descriptor_bytes=limits.descriptor_bytes + limits.placeholder_bytes,
        nodes_per_document=limits.nodes_per_document * RESOLVED,
        depth=limits.depth * RESOLVED,
    )


def read_file(file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read a descriptor file from its tree; ``fetch`` returns the content of absolute URLs that other sources have."""
    tree, location, limits = file.tree, FileLocation.of(file), limits_of(file, limits)
    try:
        data = file.record.text if file.record else tree.read(file.path, limits.descriptor_bytes)
    except TooLargeError:
        return FileResult(problems=(files.too_large_problem(limits.descriptor_bytes, location.origin()),))
    except TreeError as error:
        return FileResult(problems=(files.unreadable_file_problem(error, location.origin()),))
    return read_text(data, location, lambda path: tree.read(path, limits.placeholder_bytes), kinds, limits, fetch)


def read_text(text: bytes, location: FileLocation, read: ReadFile, kinds: Kinds, limits: Limits, fetch: Fetch | None = None) -> FileResult:
    """Read the documents of a file; ``read`` returns other files of the same tree for placeholders."""
    if len(text) > limits.descriptor_bytes:
        return FileResult(problems=(files.too_large_problem(limits.descriptor_bytes, location.origin()),))
    if _is_utf16(text):
        return FileResult(problems=(files.utf16_problem(location.origin()),))
    decoded, invalid_offset = documents.decode(text)
    context = _Context(location, kinds, Placeholders(location, read, fetch, limits))
    result = _Result(location, ProblemLimit(limits.problems_per_file))
    for document in documents.each_document(
        decoded, nodes=limits.nodes_per_document, depth=limits.depth, documents=limits.documents_per_file
    ):
        result.add(document, _guarded_outcome(document, context))
    if invalid_offset >= 0 and result.checked:
        valid = text[:invalid_offset].decode("utf-8", "replace")
        result.limit.add([files.not_utf8_problem(valid.count("\n") + 1, len(valid) - valid.rfind("\n"), location.origin())])
    return result.finished()


def _is_utf16(text: bytes) -> bool:
    """Whether a text has the mark of UTF-16, or begins as English text does in UTF-16: every other byte is 0."""
    start = text[:_UTF16_START]
    without_mark = len(start) == _UTF16_START and any(not any(start[at::2]) and all(start[1 - at :: 2]) for at in (0, 1))
    return without_mark or text.startswith((BOM_UTF16_LE, BOM_UTF16_BE))


@dataclass(slots=True)
class _Result:
    """Collects the outcomes of the documents of a file."""

    location: FileLocation
    limit: ProblemLimit
    entities: list[Entity] = field(default_factory=list)
    unidentified: list[Entity] = field(default_factory=list)
    skipped: list[tuple[documents.Document, SkipReason]] = field(default_factory=list)
    checked: int = 0

    def add(self, document: documents.Document, outcome: _Outcome) -> None:
        """Add the outcome of a document."""
        if outcome.skipped:
            self.skipped.append((document, outcome.skipped))
            return
        self.checked += 1
        self.limit.add(outcome.problems)
        if outcome.entity:
            self.entities.append(outcome.entity)
        if outcome.unidentified:
            self.unidentified.append(outcome.unidentified)

    def finished(self) -> FileResult:
        """The content of the file. What is no descriptor is a problem in a file with descriptors; empty documents of it are nothing."""
        is_empty = not self.checked and all(reason == "empty" for _, reason in self.skipped)
        skipped = [Skipped(self.location.origin(), "empty")] if is_empty else []
        for document, reason in self.skipped:
            origin = self.location.origin(document.index, document.line)
            if self.checked and reason == "not-a-descriptor":
                self.limit.add([files.cut_document_problem(document.text, origin)])
            elif reason != "empty":
                skipped.append(Skipped(origin, reason))
        problems, left_out = self.limit.result()
        if left_out:
            problems.append(files.more_problems_of_file(left_out, self.location.origin()))
        return FileResult(tuple(self.entities), tuple(problems), tuple(skipped), tuple(self.unidentified), self.checked)


def _guarded_outcome(document: documents.Document, context: _Context) -> _Outcome:
    """The outcome of a document; an unexpected exception is a problem of this document and does not end the build."""
    try:
        return _outcome(document, context)
    except Exception as error:  # noqa: BLE001 - a defect of one step must not lose the other documents
        origin = context.location.origin(document.index, document.line)
        return _Outcome(problems=[files.rule_failed_problem("read-document", error, origin)])


def _outcome(document: documents.Document, context: _Context) -> _Outcome:
    location, value = context.location, document.value
    origin = location.origin(document.index, document.line)
    if reason := _skip_reason(document, location.path, context.kinds):
        return _Outcome(skipped=reason)
    troubles = tuple(yaml_problem(_RULES_OF_TROUBLES[trouble.reason], trouble, origin) for trouble in _separated(document.troubles))
    if document.failed or not isinstance(value, dict):
        return _Outcome(problems=troubles if document.failed else (files.no_mapping_problem(value, document.text, origin),))
    outcome = _entity(value, document.text, origin, context)
    if non_descriptors.in_template_folder(location.path):
        outcome.problems = tuple(outcome.problems)
        if any(problem.severity == "error" for problem in outcome.problems):
            return _Outcome(skipped="template-skeleton")
    outcome.problems = chain(outcome.problems, troubles)
    return outcome


def _separated(troubles: Sequence[YamlTrouble]) -> Sequence[YamlTrouble]:
    """The troubles; in place of duplicates of all root keys one that says where a line --- is missing."""
    second = next((trouble for trouble in troubles if trouble.about in _FIRST_KEYS and trouble.at.column == 1), None)
    if second is None:
        return troubles
    hint = f"Put a line --- before line {second.at.line} if a second descriptor begins there."
    others = (trouble for trouble in troubles if trouble.reason != "duplicate-key" or trouble.at.column > 1)
    return [replace(second, hint=hint), *others]


def _skip_reason(document: documents.Document, path: str, kinds: Kinds) -> SkipReason | None:
    if document.failed:
        if document.troubles[0].reason.startswith(_REPORTED):
            return None
        return non_descriptors.reason_by_text(document.text, path, [trouble.at.line - document.line + 1 for trouble in document.troubles])
    if document.value is None:
        return "empty"
    return non_descriptors.reason_by_value(document.value, path, kinds) if isinstance(document.value, dict) else None


def _entity(value: dict[str, Any], text: str, origin: Origin, context: _Context) -> _Outcome:
    ref = _ref(value)
    failures: tuple[PlaceholderFailure, ...] = ()
    if "$" in text or "\\" in text:  # a quoted key may have its dollar as an escape
        value, failures = context.placeholders.replaced(value)
    kind = _kind(value, context.kinds)
    errors = _without_failures(schema_errors(value, kind), failures)
    house_errors = _without_failures(house_rule_errors(value, kind, errors), failures)
    document = CheckedDocument(value, text, origin, context.kinds, kind=kind, ref=ref, errors=errors, house_errors=house_errors)
    whole, unfollowed = with_files(document, context.placeholders)
    problems = chain(
        [placeholder_problem(document, failure) for failure in failures],
        [reference_problem(document, each) for each in unfollowed],
        check(document),
    )
    if ref:
        return _Outcome(_masked_entity(whole, ref, text, origin), problems=problems)
    is_readable = is_kind(value.get("kind")) and isinstance(value.get("metadata"), dict)
    stand_in = _masked_entity(value, STAND_IN._replace(kind=value["kind"].lower()), text, origin) if is_readable else None
    return _Outcome(unidentified=stand_in, problems=problems)


def _without_failures(errors: tuple[SchemaError, ...], failures: tuple[PlaceholderFailure, ...]) -> tuple[SchemaError, ...]:
    """The errors except those about values of placeholders that failed."""
    unreplaced = [failure.path for failure in failures]
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


def _masked_entity(value: Mapping[str, Any], ref: EntityRef, text: str, origin: Origin) -> Entity:
    metadata = value["metadata"]
    if "namespace" not in metadata:
        metadata = {**metadata, "namespace": DEFAULT_NAMESPACE}
    version = value.get("apiVersion")
    spec = value["spec"] if isinstance(value.get("spec"), dict) else {}
    api_version = version if isinstance(version, str) else ""
    meaning = _canonical(value["kind"], api_version, metadata, spec, [])
    if may_hold_secrets(meaning) or may_hold_secrets(text):
        # Masked here, once, so that no page, file, state or cache derived from the entity contains a secret.
        metadata, spec, text = mask_values(metadata), mask_values(spec), mask_document(text)
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
