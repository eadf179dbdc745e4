"""PLC004: a placeholder names no path."""

from __future__ import annotations

from generator.descriptors.examined import Examined, Path, at, shown
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def problem(document: Examined, path: Path, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        RULE,
        f'A placeholder needs a path or a URL as a text, and "{shown(target)}" is {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Write a path such as ./openapi.yaml.",
    )
