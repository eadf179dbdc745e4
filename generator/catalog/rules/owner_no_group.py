"""OWN002: an owner that exists but can own nothing."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.ownership import OWNERS
from generator.catalog.suggestions import Names
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="OWN002",
    name="owner-is-no-group",
    severity=Severity.WARNING,
    summary="The owner is neither a group nor a user.",
    means="""`spec.owner` names an entity that exists, but it is a component, a system or something else that answers no questions.
An owner is a Group; a User is accepted too.""",
    matters="""Nobody can be asked, and the entity appears on no team's page.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: system:shop
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


def check(catalog: Catalog, names: Names) -> Iterator[Problem]:
    """Stated owners that exist and are of another kind; a missing one is a dangling reference."""
    for entity in catalog.entities.values():
        for relation in catalog.relations.get(entity.ref, ()):
            target = relation.target
            if relation.type == "ownedBy" and target.kind not in OWNERS and target in names:
                yield RULE.problem(
                    f"`{relation.field}` names {target}, which is no group and no user.",
                    origin=entity.origin,
                    subject=entity.ref,
                    field=relation.field,
                    hint="Name the team that looks after it.",
                )
