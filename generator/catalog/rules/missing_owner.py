"""OWN001: an entity that names no owner."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.ownership import needs_owner, owner
from generator.catalog.presentation import name
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="OWN001",
    name="missing-owner",
    severity=Severity.WARNING,
    summary="The entity names no owner.",
    means="""Components, APIs, resources, systems and domains say in `spec.owner` which team looks after them. Here the field is missing or
empty, and no CODEOWNERS file filled it in.""",
    matters="""Nobody knows whom to ask when it breaks. Backstage refuses such an entity.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: shop
spec: {}
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: System
metadata:
  name: shop
spec:
  owner: team-checkout
""",
)


def check(catalog: Catalog) -> Iterator[Problem]:
    """Entities of a kind that needs an owner, and whose owner field says nothing; an unreadable owner is another problem."""
    for entity in catalog.entities.values():
        if owner(catalog, entity.ref) is None and needs_owner(catalog, entity.ref) and entity.spec.get("owner") in (None, "", [], {}):
            yield RULE.problem(
                f"{entity.kind} {name(entity)} names no owner.",
                origin=entity.origin,
                subject=entity.ref,
                field="spec.owner",
                hint="Add `owner:` with the name of the team that looks after it.",
            )
