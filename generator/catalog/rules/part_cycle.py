"""CYC002: things that are part of each other."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.circles import circle_problems
from generator.catalog.graph import Catalog
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="CYC002",
    name="part-cycle",
    severity=Severity.WARNING,
    summary="Things are part of each other.",
    means="""Following `subcomponentOf`, `system`, `domain` and `subdomainOf` from this entity leads back to it.""",
    matters="""Nothing can contain itself: pages cannot say what lies in what, and diagrams draw a ring.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Domain
metadata:
  name: shop
spec:
  owner: team-checkout
  subdomainOf: shop
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Domain
metadata:
  name: shop
spec:
  owner: team-checkout
""",
)


def check(catalog: Catalog) -> Iterator[Problem]:
    """One problem for each ring of parts."""
    yield from circle_problems(catalog, "partOf", RULE, "Things are part of each other", "Remove one of these fields.")
