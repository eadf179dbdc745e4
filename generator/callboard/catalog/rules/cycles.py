"""CYC001, CYC002: groups or entities that contain themselves."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import cycle_problems
from callboard.model.problem import Problem, Rule, Severity

GROUP_CYCLE = Rule(
    code="CYC001",
    name="group-cycle",
    severity=Severity.WARNING,
    summary="The parents of groups form a cycle.",
    means="""Following `parent` and `children` from this group upwards leads back to it.""",
    matters="""The team tree has no root there. Callboard shows the first group by name as the root; counts that include sub-teams count
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


def check_group_cycle(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each cycle of groups."""
    yield from cycle_problems(catalog, "childOf", GROUP_CYCLE, "The parents of groups form a cycle", "Remove one of the parents.")


PART_CYCLE = Rule(
    code="CYC002",
    name="part-cycle",
    severity=Severity.WARNING,
    summary="Entities are part of each other.",
    means="""Following `subcomponentOf`, `system`, `domain` and `subdomainOf` from this entity leads back to it.""",
    matters="""Nothing can contain itself: pages cannot show what contains what, and diagrams have a cycle.""",
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


def check_part_cycle(catalog: Catalog) -> Iterator[Problem]:
    """A problem for each cycle of ``partOf`` relations."""
    yield from cycle_problems(catalog, "partOf", PART_CYCLE, "Entities are part of each other", "Remove one of these fields.")
