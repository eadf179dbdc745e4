"""YML009: a file, or an entity in the catalog, has more problems than are listed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from generator.model.counting import counted
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="YML009",
    name="more-problems",
    severity=Severity.INFO,
    summary="There are more problems than are listed.",
    means="""Only so many problems of one file are listed (`limits:` in `sources.yaml`), and 200 of those that the catalog finds in one
entity, such as references that lead nowhere. The rest is left out.""",
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
    """The finding that stands for all of a file that are not listed."""
    return RULE.problem(
        f"The file has more than {most:,} problems; the rest is not listed.", origin=origin, hint="Mend the listed ones first."
    )


def of_entity(left_out: Sequence[Problem]) -> Problem:
    """The finding that stands for those of one entity that are not listed: how many there are of each code."""
    first, codes = left_out[0], Counter(problem.code for problem in left_out)
    told = ", ".join(f"{number:,} of {code}" for code, number in sorted(codes.items()))
    return RULE.problem(
        f"{first.subject} has {counted(len(left_out), 'more problem')} than are listed: {told}.",
        origin=first.origin,
        subject=first.subject,
        hint="Mend the listed ones first.",
    )
