"""LIF001: production leans on something that is deprecated or an experiment."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.presentation import lifecycle_of
from generator.model.relation import Relation
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="LIF001",
    name="risky-dependency",
    severity=Severity.WARNING,
    summary="Something in production depends on something deprecated or experimental.",
    means="""The lifecycle of this entity is `production`, and it depends on an entity, or consumes an API, whose lifecycle is
`deprecated` or `experimental`.""",
    matters="""What is deprecated will be switched off, and what is experimental may change without notice: production breaks with it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: website
  lifecycle: production
  owner: team-checkout
  dependsOn: [component:old-basket]   # lifecycle: deprecated
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
spec:
  type: website
  lifecycle: production
  owner: team-checkout
  dependsOn: [component:basket]   # lifecycle: production
""",
)

RISKY = ("deprecated", "experimental")
_NEEDS = {"dependsOn": "depends on", "consumesApi": "consumes"}


def check(catalog: Catalog) -> Iterator[Problem]:
    """Each dependency of something in production on something that is not meant for it."""
    lifecycles = {ref: lifecycle_of(entity).lower() for ref, entity in catalog.entities.items()}
    for ref, lifecycle in lifecycles.items():
        if lifecycle == "production":
            for relation in catalog.relations.get(ref, ()):
                if relation.type in _NEEDS and lifecycles.get(relation.target) in RISKY:
                    yield _problem(catalog, relation, lifecycles[relation.target])


def _problem(catalog: Catalog, relation: Relation, lifecycle: str) -> Problem:
    return RULE.problem(
        f"{relation.source} is in production and {_NEEDS[relation.type]} {relation.target}, which is {lifecycle}.",
        origin=catalog.entities[relation.declared_by].origin,
        subject=relation.source,
        field=relation.field,
        hint="Move to a successor, or correct the lifecycle of one of the two.",
    )
