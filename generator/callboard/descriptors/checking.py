"""A checked document → the problems of all rules, in the order in which they are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.rules import annotation, content, definitions, envelope, files, lost_text, metadata, names, placement, spec
from callboard.model.problem import Problem

Find = Callable[[CheckedDocument], Iterator[Problem]]

_CHECKS_OF_SCHEMA_ERRORS: tuple[Find, ...] = (
    envelope.find_missing_api_version,
    names.find_missing_name,
    metadata.find_invalid_metadata_field,
    envelope.find_unknown_root_field,
    spec.find_missing_spec,
    spec.find_missing_spec_field,
    spec.find_wrong_spec_type,
    spec.find_empty_spec_value,
    spec.find_unknown_spec_value,
)
"""Checks that describe schema errors; skipped if there are none."""
_CHECKS_OF_CONTENT: tuple[Find, ...] = (
    envelope.find_unknown_api_version,
    envelope.find_missing_kind,
    envelope.find_unknown_kind,
    names.find_invalid_name,
    names.find_invalid_namespace,
    metadata.find_invalid_label,
    annotation.find_annotation_not_text,
    annotation.find_invalid_annotation_key,
    annotation.find_deprecated_annotation,
    annotation.find_invalid_annotation_value,
    metadata.find_invalid_tag,
    metadata.find_invalid_link,
    metadata.find_misspelt_metadata_field,
    metadata.find_misspelt_annotation,
    envelope.find_output_field,
    spec.find_misspelt_spec_field,
    placement.find_misplaced_field,
    spec.find_location_without_target,
    definitions.find_unparsable_definition,
    lost_text.find_lost_text,
    content.find_value_to_fill_in,
    content.find_secret,
)


def check(document: CheckedDocument) -> Iterator[Problem]:
    """Run all rules that need nothing but the document. A rule that fails is a problem, and the others are run."""
    if document.errors:
        for find in _CHECKS_OF_SCHEMA_ERRORS:
            yield from _guarded(find, document)
    if document.house_errors:
        yield from _guarded(content.find_house_rule, document)
    for find in _CHECKS_OF_CONTENT:
        yield from _guarded(find, document)


def _guarded(find: Find, document: CheckedDocument) -> Iterator[Problem]:
    """The problems of one rule, and one more if it raises an exception."""
    try:
        yield from find(document)
    except Exception as error:  # noqa: BLE001 - the defect of one rule must not end a build
        yield files.rule_failed_problem(rule_name(find), error, document.origin, document.ref)


def rule_name(find: Callable[..., object]) -> str:
    """The name of a rule from that of its function: ``invalid-tag`` for ``find_invalid_tag``."""
    return find.__name__.removeprefix("find_").removeprefix("check_").replace("_", "-")
