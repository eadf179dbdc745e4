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
    means="""An entity of this kind may name in `spec.owner` which team looks after it, and this one names none. Where the kind's schema
**requires** an owner (components, APIs, resources, systems, domains), a missing one is an error of its own: SPC001.""",
    matters="""Nobody knows whom to ask when it breaks, and the entity appears on no team's page.""",
    wrong="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  type: service
  steps:
    - action: fetch:template
""",
    right="""apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: new-service
spec:
  type: service
  owner: team-platform
  steps:
    - action: fetch:template
""",
)


def check(catalog: Catalog) -> Iterator[Problem]:
    """Entities that may name an owner and name none; where they must, their schema says so already."""
    for entity in catalog.entities.values():
        kind = catalog.kinds.get(entity.ref.kind)
        may_own = kind is not None and any(field.field == "owner" and field.type == "ownedBy" for field in kind.relations)
        if may_own and "owner" not in entity.spec and not needs_owner(catalog, entity.ref) and owner(catalog, entity.ref) is None:
            yield RULE.problem(
                f"{entity.kind} {name(entity)} names no owner.",
                origin=entity.origin,
                subject=entity.ref,
                field="spec.owner",
                hint="Add `owner:` with the name of the team that looks after it.",
            )
