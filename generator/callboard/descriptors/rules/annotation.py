"""ANN001–ANN003: keys and values of annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from callboard.descriptors.document import CheckedDocument, shown, type_hint, type_name
from callboard.descriptors.formats import is_key
from callboard.model.problem import Problem, Rule, Severity

ANNOTATION_NOT_TEXT = Rule(
    code="ANN001",
    name="annotation-not-text",
    severity=Severity.ERROR,
    summary="The value of an annotation is no text.",
    means="""Every annotation is a text. `48113`, `true` and `1.0` without quotes are a number, a boolean and a number; a key without
a value is null; lines indented below a key are a mapping.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    sonarqube.org/project-id: 48113
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    sonarqube.org/project-id: "48113"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_annotation_not_text(document: CheckedDocument) -> Iterator[Problem]:
    """Each annotation whose value is no text; a warning for those that Backstage overwrites."""
    annotations = document.metadata().get("annotations")
    if not isinstance(annotations, Mapping):
        return
    for key, value in annotations.items():
        if not isinstance(value, str):
            path = ("metadata", "annotations", key)
            severity = Severity.WARNING if key in _OVERWRITTEN else Severity.ERROR
            message = f"The annotation {shown(key)} must be a text, and is {type_name(value)}."
            yield document.problem(ANNOTATION_NOT_TEXT, message, path, type_hint(document, path, ["string"], value), severity=severity)


_OVERWRITTEN = {"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"}


INVALID_ANNOTATION_KEY = Rule(
    code="ANN002",
    name="invalid-annotation-key",
    severity=Severity.ERROR,
    summary="The key of an annotation has characters that keys cannot have.",
    means="""The key of an annotation is a name (letters, digits, `-`, `_` and `.`, at most 63), or `<DNS name>/<name>` where the DNS
name is lower case.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team/chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team-chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_invalid_annotation_key(document: CheckedDocument) -> Iterator[Problem]:
    """Each annotation with a bad key."""
    annotations = document.metadata().get("annotations")
    for key in annotations if isinstance(annotations, Mapping) else ():
        if not is_key(key):
            hint = "Write a name, or <DNS name in lower case>/<name>; only one slash."
            yield document.problem(
                INVALID_ANNOTATION_KEY,
                f'"{shown(key)}" is no valid key of an annotation.',
                ("metadata", "annotations", key),
                hint,
                at_key=True,
            )


DEPRECATED_ANNOTATION = Rule(
    code="ANN003",
    name="deprecated-annotation",
    severity=Severity.WARNING,
    summary="An annotation has been replaced by another one.",
    means="""The annotation is from an old release of Backstage; today another key, or another field, is read in its place.""",
    matters="""Tools of today do not see it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/github-folder: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/job-full-name: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_deprecated_annotation(document: CheckedDocument) -> Iterator[Problem]:
    """Each annotation that is out of date."""
    annotations = document.metadata().get("annotations")
    if isinstance(annotations, Mapping):
        for key in sorted(annotations.keys() & _INSTEAD.keys()):
            yield document.problem(
                DEPRECATED_ANNOTATION, f"The annotation {key} is out of date.", ("metadata", "annotations", key), _INSTEAD[key], at_key=True
            )


SUCCESSORS = {"backstage.io/github-actions-id": "github.com/project-slug", "jenkins.io/github-folder": "jenkins.io/job-full-name"}
"""Annotations that were renamed: the new one has the same values."""
_INSTEAD = {
    **{old: f"Write {new} instead." for old, new in SUCCESSORS.items()},
    "backstage.io/definition-at-location": "Write definition: and below it $text: … under spec: instead.",
}
