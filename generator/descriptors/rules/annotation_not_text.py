"""ANN001: the value of an annotation is no text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined, shown, type_hint, type_name
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def find(document: Examined) -> Iterator[Problem]:
    """Each annotation whose value is no text; a warning for those that Backstage overwrites."""
    annotations = document.metadata().get("annotations")
    if not isinstance(annotations, Mapping):
        return
    for key, value in annotations.items():
        if not isinstance(value, str):
            path = ("metadata", "annotations", key)
            severity = Severity.WARNING if key in _OVERWRITTEN else Severity.ERROR
            message = f"The annotation {shown(key)} must be a text, and is {type_name(value)}."
            yield document.problem(RULE, message, path, type_hint(document, path, ["string"], value), severity=severity)


_OVERWRITTEN = {"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"}
