"""PLC005: a placeholder names a URL that no configured source has."""

from __future__ import annotations

from generator.descriptors.examined import Examined, Path, at, shown
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def problem(document: Examined, path: Path, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        RULE,
        f'"{shown(target)}" is not read: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Copy the file into this repository and name it by a relative path.",
    )
