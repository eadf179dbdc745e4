"""YML009: the file has more problems than are listed."""

from __future__ import annotations

from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="YML009",
    name="more-problems",
    severity=Severity.INFO,
    summary="The file has more problems than are listed.",
    means="""Only so many problems of one file are listed (`limits:` in `sources.yaml`); the rest is left out.""",
    matters="""Mending the first ones often mends the rest.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [A, B, C, "…"]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [a, b, c]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def problem(most: int, origin: Origin) -> Problem:
    """The finding that stands for all that are not listed."""
    return RULE.problem(
        f"The file has more than {most:,} problems; the rest is not listed.", origin=origin, hint="Mend the listed ones first."
    )
