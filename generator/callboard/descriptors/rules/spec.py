"""A checked document → problems SPC001–SPC007 of the fields and values of its spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from callboard.descriptors.document import CheckedDocument, with_article
from callboard.descriptors.rules.placement import is_of_another_kind
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Rule, Severity
from callboard.model.suggestions import nearest, same_letters
from callboard.settings.schema_messages import mapping_at, shown, type_mismatch

MISSING_SPEC = Rule(
    code="SPC006",
    name="missing-spec",
    severity=Severity.ERROR,
    summary="The document has no spec.",
    means="""`spec:` holds the fields that the kind requires. A `spec:` with nothing below it is null, not a mapping.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_missing_spec(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem if the spec is missing or not a mapping."""
    for error in document.errors:
        if error.keyword == "required" and not error.path and error.details["property"] == "spec":
            name = with_article(document.kind.name if document.kind else "document")
            yield document.problem(MISSING_SPEC, f"{name} requires `spec`.", (), _hint(document))
        elif error.path == ("spec",) and error.keyword == "type":
            yield document.problem(MISSING_SPEC, f"`spec` {type_mismatch('a mapping', error.value)}.", ("spec",), _hint(document))


def _hint(document: CheckedDocument) -> str:
    if better := document.outdent("spec"):
        return better
    required = document.kind.schema.get("properties", {}).get("spec", {}).get("required", ()) if document.kind else ()
    return f'Write {", ".join(required) or "its fields"} below "spec:", indented by two spaces.'


MISSING_SPEC_FIELD = Rule(
    code="SPC001",
    name="missing-spec-field",
    severity=Severity.ERROR,
    summary="A required field is missing below spec.",
    means="""Each kind has required fields: a Component `type`, `lifecycle` and `owner`, a Group `type` and `children` (which may be
`[]`), a User `memberOf` (which may be `[]`).""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_missing_spec_field(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each required field that is missing below spec."""
    for error in document.errors:
        if error.keyword == "required" and error.path[:1] == ("spec",):
            name = error.details["property"]
            yield _problem(document, error.path, name)


def _problem(document: CheckedDocument, path: FieldPath, name: str) -> Problem:
    place = dotted(path)
    slip = next((key for key in islice(mapping_at(document.value, *path), 200) if nearest(key, (name,))), None)
    if slip:
        return document.problem(
            MISSING_SPEC_FIELD,
            f"Found `{shown(slip)}` in `{place}` where `{name}` is expected.",
            (*path, slip),
            f"Write {name} instead of {slip}.",
            at_key=True,
        )
    what = with_article(document.kind.name) if document.kind and path == ("spec",) else f"`{place}`"
    moved = next(
        (home for home in ("metadata", "") if path == ("spec",) and name in (document.metadata() if home else document.value)), None
    )
    hint = (
        f"Move {name} from {moved or 'the root'} to below spec:."
        if moved is not None
        else _HINTS.get(name, f'Add "{name}: …" below "{path[-1]}:".')
    )
    if "<<" in mapping_at(document.value, *path):
        hint = f"YAML 1.2, which Backstage uses, has no merge key `<<`: write {name} itself below {path[-1]}:."
    return document.problem(MISSING_SPEC_FIELD, f"{what} requires `{place}.{name}`.", (*path, name), hint)


_HINTS = {
    "children": "Add children: [] below spec:, or list the groups below this one.",
    "memberOf": "Add memberOf: [] below spec:, or list the person's groups.",
    "lifecycle": "Add lifecycle: production below spec: (or experimental, deprecated).",
    "owner": "Add owner: <team> below spec:.",
    "definition": "Add definition: below spec:, most often with $text: ./openapi.yaml below it.",
}


WRONG_SPEC_TYPE = Rule(
    code="SPC002",
    name="wrong-spec-type",
    severity=Severity.ERROR,
    summary="A field of the spec has a value of the wrong type.",
    means="""A field that requires a string has a number, a list or no value; or one that requires a list has a single string.
`dependsOn: component:a` is a string, `dependsOn: [component:a]` a list.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  providesApis: orders-api
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  providesApis: [orders-api]
""",
)


def find_wrong_spec_type(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each value below spec of the wrong type or size."""
    for error in document.errors:
        if error.path[:1] != ("spec",) or error.keyword in _ELSEWHERE or (error.path == ("spec",) and error.keyword == "type"):
            continue
        if error.keyword not in {"minLength", "minItems"} or error.value:
            for path, message, hint, at_key in document.messages(error):
                yield document.problem(WRONG_SPEC_TYPE, message, path, hint, at_key=at_key)


_ELSEWHERE = {"required", "enum", "const"}
"""Keywords whose errors other rules report."""


EMPTY_SPEC_VALUE = Rule(
    code="SPC003",
    name="empty-spec-value",
    severity=Severity.ERROR,
    summary="A field of the spec is empty.",
    means="""The field has an empty string (`""`) or, where at least one item is required, an empty list. Leave out an optional field
without a value; fill in a required one.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: ""
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_empty_spec_value(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each empty value below spec."""
    for error in document.errors:
        if error.path[:1] == ("spec",) and error.keyword in {"minLength", "minItems"} and not error.value:
            yield document.problem(
                EMPTY_SPEC_VALUE,
                f"`{dotted(error.path)}` is empty.",
                error.path,
                "Fill it in." if document.is_required(error.path) else "Fill it in, or remove the line.",
            )


UNKNOWN_SPEC_VALUE = Rule(
    code="SPC004",
    name="unknown-spec-value",
    severity=Severity.ERROR,
    summary="A field of the spec has a value that is not allowed.",
    means="""Some fields allow only certain values, such as `presence` of a Location: `required` or `optional`.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken. Callboard
still creates its page and shows this problem on it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./orders.yaml
  presence: maybe
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./orders.yaml
  presence: optional
""",
)


def find_unknown_spec_value(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each value below spec that is not among the allowed ones."""
    for error in document.errors:
        if error.path[:1] == ("spec",) and error.keyword in {"enum", "const"}:
            for path, message, hint, at_key in document.messages(error):
                yield document.problem(UNKNOWN_SPEC_VALUE, message, path, hint, at_key=at_key)


MISSPELT_SPEC_FIELD = Rule(
    code="SPC005",
    name="misspelt-spec-field",
    severity=Severity.WARNING,
    summary="A field of the spec is probably misspelled.",
    means="""A spec may have custom fields, so Backstage does not report an unknown one. This name is so similar to a known field that
it is probably a typo.""",
    matters="""The value creates no relation and is not shown.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  depends_on: ["resource:orders-db"]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db"]
""",
)


def find_misspelt_spec_field(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each unknown field of the spec whose name is similar to a known field that is absent."""
    spec, known = document.spec(), document.kind.spec_fields if document.kind else {}
    if not known or spec.keys() <= known.keys():
        return
    missing = {error.details["property"] for error in document.errors if error.keyword == "required" and error.path == ("spec",)}
    refused = {name for error in document.errors if error.keyword == "additionalProperties" for name in error.details["unexpected"]}
    for name in islice((name for name in spec if name not in known and name not in refused), _MOST):
        near = nearest(name, known)
        if near and near not in missing and (near not in spec or same_letters(name, near)) and not _is_elsewhere(document, name):
            message = f"`spec.{shown(name)}` is not a field of {document.kind.name if document.kind else ''} and is similar to `{near}`."
            yield document.problem(MISSPELT_SPEC_FIELD, message, ("spec", name), f"Did you mean {near}?", at_key=True)


def _is_elsewhere(document: CheckedDocument, name: str) -> bool:
    return document.kind is not None and is_of_another_kind(document.kind, name)


_MOST = 200
"""Limit of unknown fields that are compared, which bounds the time for a file with 100,000 of them."""


LOCATION_WITHOUT_TARGET = Rule(
    code="SPC007",
    name="location-without-target",
    severity=Severity.WARNING,
    summary="The Location has no target.",
    means="""A Location lists further descriptors under `target` or `targets`. This one has neither, or an empty list.""",
    matters="""The Location has no effect.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  type: url
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  targets: [./orders.yaml]
""",
)


def find_location_without_target(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for a Location without a target."""
    if document.kind and document.kind.name == "Location":
        spec = document.value.get("spec")
        if isinstance(spec, Mapping) and not spec.get("target") and not spec.get("targets"):
            yield document.problem(
                LOCATION_WITHOUT_TARGET,
                "The Location has neither `spec.target` nor `spec.targets`.",
                ("spec",),
                "Add targets: with a list of paths.",
            )
