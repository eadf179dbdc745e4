"""Examples and their schemas in a document → examples that violate their schema; offline, with a bound for the work of each.

A schema may refer to itself without end, or double its work with each reference. So the work is counted before an example is
validated, and those that need more than ``MAX_WORK`` are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Any

import jsonschema_rs

from callboard.api_reference.loading import at_pointer
from callboard.api_reference.openapi_operations import METHODS
from callboard.api_reference.quality.tally import Tally
from callboard.api_reference.texts import mapping, sequence
from callboard.model.data_classes import dataclass
from callboard.settings.schema_messages import Wording, messages_of, schema_error

MAX_EXAMPLES = 200
"""Examples of one definition that are validated."""
MAX_WORK = 20_000
"""Pairs of a schema and a value that validating one example may need."""
_DOCUMENT = "urn:definition"
_SAME_VALUE = ("allOf", "anyOf", "oneOf")
_WORDING = Wording(quote="`", hint_quote="", root="the example", describes_values=False)


class _TooMuchError(Exception):
    """Validating would take too long, or never end."""


@dataclass(slots=True)
class _Work:
    """Counts the steps that validating a value needs."""

    document: Any
    counts: dict[tuple[int, int], int] = field(default_factory=dict)
    """By the identity of a schema and a value; 0 while it is being counted."""

    def of(self, schema: Any, value: Any) -> int:
        """The steps for a value. Raises ``_TooMuchError``."""
        if not isinstance(schema, dict):
            return 1
        key = (id(schema), id(value))
        known = self.counts.get(key)
        if known == 0 or len(self.counts) > MAX_WORK:
            raise _TooMuchError
        if known is not None:
            return known
        self.counts[key] = 0
        total = 1 + sum(self.of(inner, inside) for inner, inside in self._steps(schema, value))
        if total > MAX_WORK:
            raise _TooMuchError
        self.counts[key] = total
        return total

    def _steps(self, schema: dict[str, Any], value: Any) -> Iterator[tuple[Any, Any]]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield at_pointer(self.document, reference), value
        for keyword in _SAME_VALUE:
            yield from ((each, value) for each in sequence(schema.get(keyword)))
        for keyword in ("not", "if", "then", "else"):
            if isinstance(schema.get(keyword), dict):
                yield schema[keyword], value
        yield from ((each, value) for each in mapping(schema.get("dependentSchemas")).values())
        if isinstance(value, dict):
            fields = mapping(schema.get("properties"))
            patterns = [*mapping(schema.get("patternProperties")).values(), schema.get("additionalProperties")]
            for name, inside in value.items():
                yield from ((each, inside) for each in (fields.get(name), *patterns) if isinstance(each, dict))
        elif isinstance(value, list):
            items = [schema.get("items"), schema.get("contains"), *sequence(schema.get("prefixItems"))]
            yield from ((each, inside) for inside in value for each in items if isinstance(each, dict))


def check_examples(document: dict[str, Any], tally: Tally) -> None:
    """Note each example that violates its schema."""
    found = [*islice(_examples(document), MAX_EXAMPLES)]
    if not found:
        return
    try:
        registry = jsonschema_rs.Registry([(_DOCUMENT, document)])
    except (ValueError, jsonschema_rs.ReferencingError):
        return
    for place, pointer, value in found:
        said = _violation(document, registry, pointer, value)
        if said is not None:
            tally.look("invalid-example", bool(said), place, said)


def _violation(document: dict[str, Any], registry: jsonschema_rs.Registry, pointer: str, value: Any) -> str | None:
    """What is wrong with an example; an empty text for nothing, None if it is not validated."""
    is_new = str(document.get("openapi", "3.1")).startswith(("3.1", "3.2")) and "swagger" not in document
    draft = jsonschema_rs.Draft202012Validator if is_new else jsonschema_rs.Draft4Validator
    try:
        _Work(document).of(at_pointer(document, pointer), value)
        validator = draft(
            {"$ref": f"{_DOCUMENT}{pointer}"},
            registry=registry,
            offline=True,
            validate_formats=False,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
        errors = [each for each in islice(validator.iter_errors(value), 20) if is_new or each.instance is not None]
    except (_TooMuchError, ValueError, RecursionError, jsonschema_rs.ReferencingError):
        return None
    messages = (message for each in errors for message in messages_of(schema_error(each, {}), _WORDING))
    return next((message.message for message in messages), "")


def _examples(document: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], str, Any]]:
    """Place, pointer to the schema, and example."""
    for path, item in mapping(document.get("paths")).items():
        for method in METHODS:
            operation = mapping(mapping(item).get(method))
            base = f"#/paths/{_escaped(path)}/{method}"
            holders = [(f"{base}/requestBody", operation.get("requestBody"))]
            holders += [(f"{base}/responses/{_escaped(str(s))}", each) for s, each in mapping(operation.get("responses")).items()]
            for pointer, holder in holders:
                yield from (((method, path), at, value) for at, value in _of_holder(pointer, mapping(holder)))
    section = "definitions" if "swagger" in document else "components/schemas"
    named = mapping(document.get("definitions") if "swagger" in document else mapping(document.get("components")).get("schemas"))
    for name, schema in named.items():
        pointer = f"#/{section}/{_escaped(name)}"
        if isinstance(schema, dict) and "example" in schema:
            yield (name,), pointer, schema["example"]
        for field_name, inner in mapping(mapping(schema).get("properties")).items():
            if isinstance(inner, dict) and "example" in inner:
                yield (name,), f"{pointer}/properties/{_escaped(field_name)}", inner["example"]


def _of_holder(pointer: str, holder: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    if "schema" in holder:
        yield from ((f"{pointer}/schema", value) for media, value in mapping(holder.get("examples")).items() if "json" in str(media))
    for media, each in mapping(holder.get("content")).items():
        if not isinstance(each, dict) or "schema" not in each or "json" not in str(media):
            continue
        at = f"{pointer}/content/{_escaped(str(media))}/schema"
        if "example" in each:
            yield at, each["example"]
        yield from (
            (at, value["value"]) for value in mapping(each.get("examples")).values() if isinstance(value, dict) and "value" in value
        )


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("%", "%25").replace("{", "%7B").replace("}", "%7D").replace(" ", "%20")
