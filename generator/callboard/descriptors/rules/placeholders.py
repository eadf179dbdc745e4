"""A placeholder that could not be replaced → problem PLC001–PLC005; a reference of a definition to a file that is not read → PLC006."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.api_reference.bundling import UnfollowedReference
from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.placeholders import FailureReason, PlaceholderFailure
from callboard.model.fields import dotted
from callboard.model.problem import Problem, Rule, Severity
from callboard.redaction.secrets import mask
from callboard.settings.schema_messages import mapping_at, shown

UNREADABLE_PLACEHOLDER = Rule(
    code="PLC001",
    name="unreadable-placeholder",
    severity=Severity.ERROR,
    summary="The file that a placeholder refers to cannot be read.",
    means="""`$text`, `$json` and `$yaml` are replaced by the content of a file: a path relative to the descriptor's folder, one from
the root of the repository (with a leading `/`), or the URL of a file that a configured source has. A URL may name any branch, tag or
commit of the descriptor's own repository; a warning says if that revision cannot be had here.""",
    matters="""Backstage rejects the document. Callboard creates the entity's page without the content.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./missing.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./openapi.yaml
""",
)


UNPARSABLE_PLACEHOLDER = Rule(
    code="PLC002",
    name="unparsable-placeholder",
    severity=Severity.ERROR,
    summary="The file that a placeholder refers to is not valid JSON or YAML.",
    means="""`$json` requires a file with valid JSON, `$yaml` one with a single document of valid YAML. `$text` accepts any text.""",
    matters="""Backstage rejects the document. Callboard creates the entity's page without the content.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $json: ./openapi.json
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./openapi.yaml
""",
)


PLACEHOLDER_OUTSIDE = Rule(
    code="PLC003",
    name="placeholder-outside",
    severity=Severity.ERROR,
    summary="A placeholder refers to a file outside its repository.",
    means="""A placeholder can read files of the descriptor's own repository: by a path, or by a URL at any branch, tag or commit. A path
with too many `../`, or a URL of another repository, leads outside. A file of another repository is read only if the source of that
repository permits it with `readable_by` in `sources.yaml`.""",
    matters="""Whoever may write one repository could otherwise publish files of all repositories that the portal reads. Backstage
rejects the document, too.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ../../../etc/passwd
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./openapi.yaml
""",
)


PLACEHOLDER_WITHOUT_PATH = Rule(
    code="PLC004",
    name="placeholder-without-path",
    severity=Severity.ERROR,
    summary="A placeholder has no path.",
    means="""The value of `$text:`, `$json:` and `$yaml:` is a string: a path or a URL.""",
    matters="""Backstage rejects the document. Callboard creates the entity's page without the content.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: 7
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./openapi.yaml
""",
)


REMOTE_PLACEHOLDER = Rule(
    code="PLC005",
    name="remote-placeholder",
    severity=Severity.WARNING,
    summary="A placeholder refers to a URL that no configured source has.",
    means="""A placeholder may refer to the URL of a file in a repository that the portal collects. Other URLs are never fetched,
because a descriptor must not control what the portal fetches.""",
    matters="""Callboard creates the entity's page without the content. Backstage reads such a URL only if its host is listed under
`backend.reading.allow`.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: https://api.example.com/openapi.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition:
    $text: ./openapi.yaml
""",
)


REFERENCES_NOT_FOLLOWED = Rule(
    code="PLC006",
    name="references-not-followed",
    severity=Severity.WARNING,
    summary="The definition of an API refers to a file that is not read.",
    means="""A definition may consist of several files. Callboard puts in what a `$ref` to another file names: by a path relative to the
file that has the `$ref`, inside the repository, or by the URL of a file that a configured source has. At most 200 files with 5 MB are
read. This reference leads out of the repository, to a file that does not exist, or to an address that no source has.""",
    matters="""The API's page shows the rest of the definition, and the reference as it is written.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"}
    paths: {/orders: {$ref: "../../../orders.yaml"}}
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-orders
  definition: |
    openapi: 3.1.0
    info: {title: Orders, version: "1"}
    paths: {/orders: {get: {responses: {"200": {description: All orders}}}}}
""",
)


def placeholder_problem(document: CheckedDocument, failure: PlaceholderFailure) -> Problem:
    """Return the problem of a placeholder that could not be replaced."""
    rule, message, hint = _BY_REASON[failure.reason]
    severity = Severity.WARNING if failure.reason == "no-revision" else None
    key = next(iter(mapping_at(document.value, *failure.path)), "")
    return document.problem(
        rule, message.format(target=shown(failure.target), why=failure.why), (*failure.path, key), failure.hint or hint, severity=severity
    )


def reference_problem(document: CheckedDocument, failure: UnfollowedReference) -> Problem:
    """Return the problem of a reference to another file that is not followed."""
    field = dotted(("spec", "definition", *failure.path))
    return REFERENCES_NOT_FOLLOWED.problem(
        f'"{shown(failure.target)}" is not read: {failure.why}.',
        origin=document.origin,
        span=document.span(("spec", "definition")) if document.origin.line else None,
        subject=document.ref,
        field=mask(f"{field} {failure.target}"),
        hint="Fix the reference; it is relative to the folder of the file that has it.",
    )


_COPY = "Copy the file into this repository and refer to it by a relative path."
_CONNECT = f"{_COPY} To read it from another repository, add that to sources.yaml, with `readable_by` for this one."
_BY_REASON: Mapping[FailureReason, tuple[Rule, str, str]] = {
    "unreadable": (
        UNREADABLE_PLACEHOLDER,
        '"{target}" cannot be read: {why}.',
        "Fix the path; it is relative to the folder of this file.",
    ),
    "unparsable": (UNPARSABLE_PLACEHOLDER, '"{target}" cannot be used: {why}.', "Fix that file, or use $text."),
    "outside": (PLACEHOLDER_OUTSIDE, '"{target}" is not read: {why}.', _CONNECT),
    "not-permitted": (PLACEHOLDER_OUTSIDE, '"{target}" is not read: {why}.', _COPY),
    "no-revision": (UNREADABLE_PLACEHOLDER, '"{target}" cannot be read: {why}.', "Refer to the file by a relative path."),
    "remote": (REMOTE_PLACEHOLDER, '"{target}" is not read: {why}.', _CONNECT),
    "no-path": (
        PLACEHOLDER_WITHOUT_PATH,
        'The value of a placeholder must be a path or a URL; "{target}" is {why}.',
        "Write a path such as ./openapi.yaml.",
    ),
}
"""By the reason of the failure: rule, message and hint."""
