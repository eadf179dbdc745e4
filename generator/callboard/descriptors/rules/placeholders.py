"""PLC001–PLC005: $text, $json and $yaml that cannot be replaced."""

from __future__ import annotations

from callboard.descriptors.document import CheckedDocument, FieldPath, at, shown
from callboard.model.problem import Problem, Rule, Severity

UNREADABLE_PLACEHOLDER = Rule(
    code="PLC001",
    name="unreadable-placeholder",
    severity=Severity.ERROR,
    summary="The file that a placeholder refers to cannot be read.",
    means="""`$text`, `$json` and `$yaml` are replaced by the content of a file: a path relative to the descriptor's folder, one from
the root of the repository (with a leading `/`), or the URL of a file that a configured source has.""",
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


def unreadable_placeholder_problem(document: CheckedDocument, path: FieldPath, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        UNREADABLE_PLACEHOLDER,
        f'"{shown(target)}" cannot be read: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Fix the path; it is relative to the folder of this file.",
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


def unparsable_placeholder_problem(document: CheckedDocument, path: FieldPath, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        UNPARSABLE_PLACEHOLDER,
        f'"{shown(target)}" cannot be used: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Fix that file, or use $text.",
    )


PLACEHOLDER_OUTSIDE = Rule(
    code="PLC003",
    name="placeholder-outside",
    severity=Severity.ERROR,
    summary="A placeholder refers to a file outside its repository.",
    means="""A placeholder can read files of the descriptor's own repository, and URLs of files that a configured source has. A path
with too many `../`, or a URL of another repository, leads outside.""",
    matters="""Files outside are never read, because a descriptor must not control what the portal fetches. Backstage rejects the
document, too.""",
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


def placeholder_outside_problem(document: CheckedDocument, path: FieldPath, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        PLACEHOLDER_OUTSIDE,
        f'"{shown(target)}" is not read: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Copy the file into this repository and refer to it by a relative path.",
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


def placeholder_without_path_problem(document: CheckedDocument, path: FieldPath, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        PLACEHOLDER_WITHOUT_PATH,
        f'The value of a placeholder must be a path or a URL; "{shown(target)}" is {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Write a path such as ./openapi.yaml.",
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


def remote_placeholder_problem(document: CheckedDocument, path: FieldPath, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        REMOTE_PLACEHOLDER,
        f'"{shown(target)}" is not read: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Copy the file into this repository and refer to it by a relative path.",
    )
