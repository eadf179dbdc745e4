"""PLC002: the file that a placeholder names is no JSON or YAML."""

from __future__ import annotations

from generator.descriptors.examined import Examined, Path, at, shown
from generator.problems import Problem, Rule, Severity

RULE = Rule(
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


def problem(document: Examined, path: Path, target: str, why: str) -> Problem:
    """The finding for a placeholder at a path, which names a target."""
    return document.problem(
        RULE,
        f'"{shown(target)}" cannot be used: {why}.',
        (*path, next(iter(at(document.value, path)), "")),
        "Mend that file, or use $text.",
    )
