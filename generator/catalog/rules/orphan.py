"""ORP001: an entity that is connected with nothing but its owner."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.presentation import title
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ORP001",
    name="orphan",
    severity=Severity.INFO,
    summary="Nothing connects the entity with the rest of the catalog.",
    means="""The component, resource or system belongs to no system or domain, depends on nothing, provides and consumes no API, contains
nothing, and no other descriptor names it. Its owner does not count.""",
    matters="""It may be forgotten, or its relations are not written down yet: nobody finds it by looking at what it works with.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  system: shop
""",
)

KINDS = ("component", "resource", "system")
"""An API without relations is API001 already; domains, groups and templates may stand alone."""


def check(catalog: Catalog) -> Iterator[Problem]:
    """Entities of these kinds whose only relation is the owner."""
    for entity in catalog.of_kind(*KINDS):
        if all(relation.type == "ownedBy" for relation in catalog.relations.get(entity.ref, ())):
            yield RULE.problem(
                f"{entity.kind} {title(entity)} is connected with nothing but its owner.",
                origin=entity.origin,
                subject=entity.ref,
                field="metadata.name",
                hint="Say which system it belongs to (`system:` or `domain:`), or what it depends on.",
            )
