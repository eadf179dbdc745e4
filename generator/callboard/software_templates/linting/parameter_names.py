"""``spec.parameters`` → the names that answers can have, whatever conditions they are asked under."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.software_templates.linting.subject import as_mapping

FORM_FIELDS = frozenset(
    [
        "EntityNamePicker",
        "EntityPicker",
        "EntityTagsPicker",
        "MultiEntityPicker",
        "MyGroupsPicker",
        "OwnedEntityPicker",
        "OwnerPicker",
        "RepoBranchPicker",
        "RepoOwnerPicker",
        "RepoUrlPicker",
        "Secret",
    ]
)
"""The values of ``ui:field`` that Backstage has."""
MAX_DEPTH = 12
_CONDITIONS = ("if", "then", "else", "not")
_LISTS = ("allOf", "anyOf", "oneOf")


def schema_pages(parameters: Any) -> list[tuple[tuple[str | int, ...], Mapping[str, Any]]]:
    """The pages that are mappings, each with its path."""
    if isinstance(parameters, list):
        return [(("spec", "parameters", number), page) for number, page in enumerate(parameters) if isinstance(page, Mapping)]
    return [(("spec", "parameters"), parameters)] if isinstance(parameters, Mapping) else []


def parameter_names(parameters: Any) -> frozenset[str] | None:
    """The names, with those that form fields of a company may set; None if a page is elsewhere, or allows names that it does not list."""
    names: set[str] = set()
    for _, page in schema_pages(parameters):
        for part in schema_parts(page):
            if _is_open(part):
                return None
            properties = as_mapping(part.get("properties"))
            names |= {str(name) for name in properties}
            names |= {name for prop in properties.values() for name in _set_by_field(as_mapping(prop))}
    return frozenset(names)


def _set_by_field(prop: Mapping[str, Any]) -> Iterator[str]:
    """Names in the options of a form field that Backstage does not have: such a field may set several parameters."""
    field = prop.get("ui:field")
    if isinstance(field, str) and field not in FORM_FIELDS:
        for value in as_mapping(prop.get("ui:options")).values():
            yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str))


def schema_parts(schema: Any, depth: int = 0, root: Any = None) -> Iterator[Mapping[str, Any]]:
    """The schema and the parts of its conditions, which are about the same mapping."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return
    root = schema if root is None else root
    yield schema
    if isinstance(reference := schema.get("$ref"), str):
        yield from schema_parts(_referenced(root, reference), depth + 1, root)
    for key in _CONDITIONS:
        yield from schema_parts(schema.get(key), depth + 1, root)
    for key in _LISTS:
        for each in schema[key] if isinstance(schema.get(key), list) else ():
            yield from schema_parts(each, depth + 1, root)
    for key in ("dependencies", "dependentSchemas"):
        for each in as_mapping(schema.get(key)).values():
            yield from schema_parts(each, depth + 1, root)


def _referenced(root: Any, reference: str) -> Any:
    target: Any = root
    for key in reference[2:].split("/") if reference.startswith("#/") else ():
        target = as_mapping(target).get(key.replace("~1", "/").replace("~0", "~"))
    return target


def _is_open(part: Mapping[str, Any]) -> bool:
    """Whether names may be allowed that are not in ``properties``."""
    is_elsewhere = any(key in part for key in ("$yaml", "$json", "$text")) or not str(part.get("$ref", "#/")).startswith("#/")
    more = part.get("additionalProperties")
    return is_elsewhere or isinstance(more, Mapping) or more is True or "patternProperties" in part
