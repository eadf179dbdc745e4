"""PLC001: the file that a placeholder names cannot be read."""

from __future__ import annotations

from generator.descriptors.examined import Examined, Path, at, shown
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def problem(document: Examined, path: Path, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        RULE,
        f'"{shown(target)}" cannot be read: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Correct the path: it starts at the folder of this file.",
    )
