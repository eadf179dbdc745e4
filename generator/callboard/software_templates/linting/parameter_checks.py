"""The pages of a template's parameters → problems TPL009 and TPL010: schemas that are wrong, and fields that forms do not have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from callboard.model.fields import FieldPath
from callboard.model.problem import Problem, Severity
from callboard.model.suggestions import nearest
from callboard.software_templates.linting.parameter_names import FORM_FIELDS, schema_pages, schema_parts
from callboard.software_templates.linting.patterns import pattern_error
from callboard.software_templates.linting.subject import LintedTemplate, as_mapping, did_you_mean, shown
from callboard.software_templates.parameters import without_hints
from callboard.software_templates.rules.parameters import INVALID_PARAMETERS, UNKNOWN_FORM_FIELD

_BASE_FIELDS = frozenset({"ArrayField", "BooleanField", "NullField", "NumberField", "ObjectField", "SchemaField", "StringField"})
WIDGETS = frozenset(
    [
        "alt-date",
        "alt-datetime",
        "checkbox",
        "checkboxes",
        "color",
        "date",
        "date-time",
        "datetime",
        "email",
        "file",
        "hidden",
        "password",
        "radio",
        "range",
        "select",
        "text",
        "textarea",
        "time",
        "updown",
        "uri",
        "url",
    ]
)
_OPTION_KINDS: Mapping[str, tuple[str, tuple[type, ...]]] = {
    "allowedHosts": ("a list", (list,)),
    "allowedOwners": ("a list", (list,)),
    "allowedOrganizations": ("a list", (list,)),
    "allowedProjects": ("a list", (list,)),
    "allowedRepos": ("a list", (list,)),
    "allowedKinds": ("a list", (list,)),
    "catalogFilter": ("a mapping or a list of mappings", (Mapping, list)),
    "requestUserCredentials": ("a mapping", (Mapping,)),
    "defaultKind": ("a string", (str,)),
    "defaultNamespace": ("a string or false", (str, bool)),
    "allowArbitraryValues": ("true or false", (bool,)),
    "rows": ("a number", (int, float)),
}
_VALUES = frozenset({"default", "enum", "const", "examples", "ui:options"})
"""Keys of a schema whose values are no schemas."""
MAX_DEPTH = 12
MAX_SCHEMAS = 2000


def parameter_problems(template: LintedTemplate) -> Iterator[Problem]:
    """The problems of all pages."""
    for path, page in schema_pages(template.entity.spec.get("parameters")):
        if _has_include(page):
            continue
        invalid = _invalid_schema(page)
        if invalid is not None:
            where, why, hint = invalid
            yield template.problem(INVALID_PARAMETERS, f"The page is no JSON Schema: {why}.", (*path, *where), hint)
        else:
            yield from _required(template, page, path)
        for number, (place, name, schema) in enumerate(properties_in(page, path)):
            if number >= MAX_SCHEMAS:
                return
            yield from _property(template, place, name, schema, is_valid=invalid is None)


def properties_in(schema: Any, path: FieldPath, depth: int = 0) -> Iterator[tuple[FieldPath, str, Mapping[str, Any]]]:
    """All properties of a schema, at any depth, with their paths and names."""
    if depth > MAX_DEPTH:
        return
    if isinstance(schema, list):
        for number, each in enumerate(schema):
            yield from properties_in(each, (*path, number), depth + 1)
    for key, value in as_mapping(schema).items():
        if key == "properties":
            yield from _own_properties(as_mapping(value), (*path, key), depth)
        elif key not in _VALUES:
            yield from properties_in(value, (*path, key), depth + 1)


def _own_properties(properties: Mapping[str, Any], path: FieldPath, depth: int) -> Iterator[tuple[FieldPath, str, Mapping[str, Any]]]:
    for name, prop in properties.items():
        if isinstance(prop, Mapping):
            yield (*path, name), str(name), prop
            yield from properties_in(prop, (*path, name), depth + 1)


def _has_include(value: Any, depth: int = 0) -> bool:
    """Whether a part of the page is in another file that could not be read."""
    if depth > MAX_DEPTH:
        return False
    if isinstance(value, Mapping):
        return any(key in value for key in ("$yaml", "$json", "$text")) or any(_has_include(each, depth + 1) for each in value.values())
    return isinstance(value, list) and any(_has_include(each, depth + 1) for each in value)


def _invalid_schema(page: Mapping[str, Any]) -> tuple[FieldPath, str, str] | None:
    """Path, reason and hint of the first violation of draft 7; None for a schema."""
    schema = {key: value for key, value in without_patterns(without_hints(page)).items() if key not in {"$schema", "$id"}}
    try:
        jsonschema_rs.meta.validate({"$schema": "http://json-schema.org/draft-07/schema#", **schema})
    except jsonschema_rs.ValidationError as error:
        return _described(tuple(error.instance_path), error)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError) as error:
        return (), shown(str(error).splitlines()[0]), "Write it as JSON Schema, draft 7, requires."
    return None


def _described(path: FieldPath, error: jsonschema_rs.ValidationError) -> tuple[FieldPath, str, str]:
    value = error.instance
    if path[-1:] == ("required",) and isinstance(value, list) and (twice := [each for each in value if value.count(each) > 1]):
        return path, f"`required` lists `{shown(str(twice[0]))}` twice", "Remove one of the two."
    if path[-1:] == ("required",):
        return path, "`required` must be a list of names", "List the names of required parameters in `required:` next to `properties:`."
    return path, shown(str(error.message)), "Write it as JSON Schema, draft 7, requires."


def without_patterns(schema: Any) -> Any:
    """The schema without ``pattern``, which is checked on its own, by the rules of browsers."""
    if isinstance(schema, list):
        return [without_patterns(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {key: without_patterns(value) for key, value in schema.items() if key != "pattern" or not isinstance(value, str)}


def _required(template: LintedTemplate, page: Mapping[str, Any], path: FieldPath) -> Iterator[Problem]:
    names = {str(name) for part in schema_parts(page) for name in as_mapping(part.get("properties"))}
    required = page.get("required")
    if any("$ref" in part or "patternProperties" in part for part in schema_parts(page)) or not isinstance(required, list):
        return
    for number, name in enumerate(required):
        if isinstance(name, str) and name not in names:
            hint = did_you_mean(nearest(name, names)) or f"Add `{name}` to `properties`, or remove it here."
            yield template.problem(
                INVALID_PARAMETERS, f"The page requires `{shown(name)}`, which it does not ask for.", (*path, "required", number), hint
            )


def _property(template: LintedTemplate, path: FieldPath, name: str, schema: Mapping[str, Any], *, is_valid: bool) -> Iterator[Problem]:
    pattern = schema.get("pattern")
    why = pattern_error(pattern) if isinstance(pattern, str) else ""
    if why:
        message = f"Browsers refuse the pattern `{shown(str(pattern))}` of `{name}`: {why}."
        yield template.problem(INVALID_PARAMETERS, message, (*path, "pattern"), "Correct it; forms compile patterns with the flag `u`.")
    elif is_valid and "default" in schema and _is_wrong_default(schema):
        message = f"The default `{shown(str(schema['default']))}` of `{name}` does not fit its own schema."
        yield template.problem(INVALID_PARAMETERS, message, (*path, "default"), "Correct the default, or the schema of the parameter.")
    yield from _form(template, path, schema)


def _is_wrong_default(schema: Mapping[str, Any]) -> bool:
    default = schema["default"]
    if default is None or default == "" or (isinstance(default, str) and "${{" in default):
        return False
    plain = without_hints(schema)
    if not _python_reads_alike(schema):
        plain = without_patterns(plain)
    try:
        validator = jsonschema_rs.Draft7Validator({key: value for key, value in plain.items() if key != "$schema"}, offline=True)
        return not validator.is_valid(default)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError, jsonschema_rs.ValidationError):
        return False


def _python_reads_alike(schema: Mapping[str, Any]) -> bool:
    """Whether a pattern has only what regular expressions of all languages have."""
    return "(?" not in str(schema.get("pattern", "")) and "\\p" not in str(schema.get("pattern", ""))


def _form(template: LintedTemplate, path: FieldPath, schema: Mapping[str, Any]) -> Iterator[Problem]:
    field, widget = schema.get("ui:field"), schema.get("ui:widget")
    if isinstance(field, str) and field not in FORM_FIELDS | _BASE_FIELDS:
        yield _unknown(template, "form field", field, FORM_FIELDS, (*path, "ui:field"))
    if isinstance(widget, str) and widget not in WIDGETS and not _names_a_component(widget):
        yield _unknown(template, "widget", widget, WIDGETS, (*path, "ui:widget"))
    options = schema.get("ui:options")
    if options is not None and not isinstance(options, Mapping):
        yield template.problem(UNKNOWN_FORM_FIELD, "`ui:options` must be a mapping.", (*path, "ui:options"), "Write `name: value` lines.")
    if isinstance(field, str) and field not in FORM_FIELDS:
        return  # the options of a company's own field are its own
    for name, value in as_mapping(options).items():
        expected, kinds = _OPTION_KINDS.get(name, ("", ()))
        if kinds and value is not None and not isinstance(value, kinds) and not (isinstance(value, str) and "${{" in value):
            message = f"The option `{name}` must be {expected}, not `{shown(str(value))}`."
            yield template.problem(UNKNOWN_FORM_FIELD, message, (*path, "ui:options", name), f"Write {expected}.")


def _names_a_component(widget: str) -> bool:
    """``TextareaWidget``: the name of a component itself."""
    return re.fullmatch(r"[A-Z]\w*+(?<=Widget)", widget) is not None


def _unknown(template: LintedTemplate, what: str, name: str, known: frozenset[str], path: FieldPath) -> Problem:
    near = nearest(name, known)
    near = "" if near and name.endswith(near) else near  # the name of a company before a known one
    hint = did_you_mean(near) or f"If it is a {what} of your company, nothing is wrong."
    severity = Severity.WARNING if near else Severity.INFO
    return template.problem(UNKNOWN_FORM_FIELD, f"`{shown(name)}` is no {what} of Backstage.", path, hint, severity=severity)
