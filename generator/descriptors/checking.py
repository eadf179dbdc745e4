"""All rules for one document, in the order in which their problems are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.rules import (
    annotation_not_text,
    deprecated_annotation,
    empty_spec_value,
    house_rule,
    invalid_annotation_key,
    invalid_label,
    invalid_link,
    invalid_metadata_field,
    invalid_name,
    invalid_namespace,
    invalid_tag,
    location_without_target,
    missing_api_version,
    missing_kind,
    missing_name,
    missing_spec,
    missing_spec_field,
    misspelt_metadata_field,
    misspelt_spec_field,
    output_field,
    secret,
    unknown_api_version,
    unknown_kind,
    unknown_root_field,
    unknown_spec_value,
    unparsable_definition,
    value_to_fill_in,
    wrong_spec_type,
)
from generator.problems import Problem

Find = Callable[[Examined], Iterator[Problem]]

_OF_SCHEMA_ERRORS: tuple[Find, ...] = (
    missing_api_version.find,
    missing_name.find,
    invalid_metadata_field.find,
    unknown_root_field.find,
    missing_spec.find,
    missing_spec_field.find,
    wrong_spec_type.find,
    empty_spec_value.find,
    unknown_spec_value.find,
)
"""They put schema errors into words: nothing to do where there are none."""
_OF_CONTENT: tuple[Find, ...] = (
    unknown_api_version.find,
    missing_kind.find,
    unknown_kind.find,
    invalid_name.find,
    invalid_namespace.find,
    invalid_label.find,
    annotation_not_text.find,
    invalid_annotation_key.find,
    deprecated_annotation.find,
    invalid_tag.find,
    invalid_link.find,
    misspelt_metadata_field.find,
    output_field.find,
    misspelt_spec_field.find,
    location_without_target.find,
    unparsable_definition.find,
    value_to_fill_in.find,
    secret.find,
)


def check(document: Examined) -> Iterator[Problem]:
    """Every problem that the document shows by itself."""
    if document.errors:
        for find in _OF_SCHEMA_ERRORS:
            yield from find(document)
    if document.house:
        yield from house_rule.find(document)
    for find in _OF_CONTENT:
        yield from find(document)
