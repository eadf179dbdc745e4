"""PLC003: a placeholder names something outside its repository."""

from __future__ import annotations

from generator.descriptors.examined import Examined, Path, at, shown
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def problem(document: Examined, path: Path, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        RULE,
        f'"{shown(target)}" lies outside: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Copy the file into this repository and name it by a relative path.",
    )
