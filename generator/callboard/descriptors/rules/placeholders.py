"""PLC001–PLC005: $text, $json and $yaml that cannot be replaced."""

from __future__ import annotations

from callboard.descriptors.document import CheckedDocument, FieldPath, at, shown
from callboard.model.problem import Problem, Rule, Severity

UNREADABLE_PLACEHOLDER = Rule(
    code="PLC001",
    name="unreadable-placeholder",
    severity=Severity.ERROR,
    summary="The file that a placeholder names cannot be read.",
    means="""`$text`, `$json` and `$yaml` stand for the content of a file: a path from the descriptor's own folder, one from the root
of the repository (with `/` in front), or a URL of a file that a configured source has.""",
    matters="""Backstage refuses the document. Here the entity has its page, without the content.""",
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
        "Correct the path: it starts at the folder of this file.",
    )


UNPARSABLE_PLACEHOLDER = Rule(
    code="PLC002",
    name="unparsable-placeholder",
    severity=Severity.ERROR,
    summary="The file that a placeholder names is no JSON or YAML.",
    means="""`$json` needs a file that is valid JSON, `$yaml` one that is a single document of valid YAML. `$text` takes any text.""",
    matters="""Backstage refuses the document. Here the entity has its page, without the content.""",
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
        "Mend that file, or use $text.",
    )


PLACEHOLDER_OUTSIDE = Rule(
    code="PLC003",
    name="placeholder-outside",
    severity=Severity.ERROR,
    summary="A placeholder names something outside its repository.",
    means="""A placeholder reads files of the descriptor's own repository, and of others that a configured source has. A path with
too many `../`, or a URL of another repository, leads outside.""",
    matters="""Nothing outside is ever read: a descriptor must not decide what the portal fetches. Backstage refuses the document
likewise.""",
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
        f'"{shown(target)}" lies outside: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Copy the file into this repository and name it by a relative path.",
    )


PLACEHOLDER_WITHOUT_PATH = Rule(
    code="PLC004",
    name="placeholder-without-path",
    severity=Severity.ERROR,
    summary="A placeholder names no path.",
    means="""Behind `$text:`, `$json:` and `$yaml:` stands a text: a path or a URL.""",
    matters="""Backstage refuses the document. Here the entity has its page, without the content.""",
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
        f'A placeholder needs a path or a URL as a text, and "{shown(target)}" is {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Write a path such as ./openapi.yaml.",
    )


REMOTE_PLACEHOLDER = Rule(
    code="PLC005",
    name="remote-placeholder",
    severity=Severity.WARNING,
    summary="A placeholder names a URL that no configured source has.",
    means="""A placeholder may name a URL of a file in a repository that the portal collects. Other addresses are never asked: a
descriptor must not decide what the portal fetches.""",
    matters="""The entity has its page without the content. Backstage reads such a URL only where its host is listed under
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
        "Copy the file into this repository and name it by a relative path.",
    )
