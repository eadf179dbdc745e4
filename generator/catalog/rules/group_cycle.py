"""CYC001: groups that contain each other."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.circles import circle_problems
from generator.catalog.graph import Catalog
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="CYC001",
    name="group-cycle",
    severity=Severity.WARNING,
    summary="Groups are each other's parents.",
    means="""Following `parent` and `children` from this group upwards leads back to it.""",
    matters="""The tree of teams has no top there. Callboard shows the first of them (by name) as the top; counts through sub-teams include
each team once.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: a
spec:
  type: team
  parent: b
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: b
spec:
  type: team
  parent: a
  children: []
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: a
spec:
  type: team
  parent: b
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: b
spec:
  type: team
  children: []
""",
)


def check(catalog: Catalog) -> Iterator[Problem]:
    """One problem for each ring of groups."""
    yield from circle_problems(catalog, "childOf", RULE, "Groups are each other's parents", "Remove one of the parents.")
