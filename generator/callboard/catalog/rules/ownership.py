"""OWN001, OWN002, GRP001, GRP002: owners that are missing or not a group, groups without members or with several parents."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.catalog.graph import Catalog
from callboard.catalog.organization import OWNERS, children_of, existing_parents, members_of, needs_owner, owner
from callboard.catalog.presentation import name, title
from callboard.model.problem import Problem, Rule, Severity

MOST_NAMED = 5
"""Parents that a message names."""

MISSING_OWNER = Rule(
    code="OWN001",
    name="missing-owner",
    severity=Severity.WARNING,
    summary="The entity has no owner.",
    means="""An entity of this kind may name the team that maintains it in `spec.owner`, and this one names none. Where the kind's schema
**requires** an owner (components, APIs, resources, systems, domains), a missing one is a separate error: SPC001.""",
    matters="""There is no team to contact when it breaks, and the entity appears on no team's page.""",
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


def check_missing_owner(catalog: Catalog) -> Iterator[Problem]:
    """Entities without an owner whose kind allows one; where the kind requires one, the schema reports it."""
    for entity in catalog.entities.values():
        kind = catalog.kinds.get(entity.ref.kind)
        has_owner_field = kind is not None and any(field.field == "owner" and field.type == "ownedBy" for field in kind.relations)
        if has_owner_field and "owner" not in entity.spec and not needs_owner(catalog, entity.ref) and owner(catalog, entity.ref) is None:
            yield MISSING_OWNER.problem(
                f"{entity.kind} {name(entity)} has no owner.",
                origin=entity.origin,
                subject=entity.ref,
                field="spec.owner",
                hint="Add `owner:` with the name of the team that maintains it.",
            )


OWNER_NO_GROUP = Rule(
    code="OWN002",
    name="owner-is-no-group",
    severity=Severity.WARNING,
    summary="The owner is neither a group nor a user.",
    means="""`spec.owner` names an entity that is not a group or a user: it is a component, a system or another kind.
An owner is a Group; a User is accepted too.""",
    matters="""There is no team to contact, and the entity appears on no team's page.""",
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


def check_owner_no_group(catalog: Catalog) -> Iterator[Problem]:
    """Owners of a known kind that is neither group nor user, whether they exist or not."""
    for entity in catalog.entities.values():
        for relation in catalog.relations.get(entity.ref, ()):
            target = relation.target
            if relation.type == "ownedBy" and target.kind not in OWNERS and catalog.kinds.get(target.kind) is not None:
                yield OWNER_NO_GROUP.problem(
                    f"`{relation.field}` names {target}, which is neither a group nor a user.",
                    origin=entity.origin,
                    subject=entity.ref,
                    field=relation.field,
                    hint="Name the team that maintains it.",
                )


SEVERAL_PARENTS = Rule(
    code="GRP002",
    name="several-parents",
    severity=Severity.WARNING,
    summary="The group has more than one parent.",
    means="""A group has one parent: the one in its `spec.parent`, or the group that lists it in `spec.children`. Here descriptors name
different ones.""",
    matters="""The page of each parent lists the group with what it owns and its members, and the tree of teams shows it once, so that
numbers of the parents do not add up.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  parent: sales
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: sales
spec:
  type: department
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments
spec:
  type: department
  children: [checkout]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  parent: sales
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: sales
spec:
  type: department
  children: [checkout]
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: payments
spec:
  type: department
  children: []
""",
)


def check_several_parents(catalog: Catalog) -> Iterator[Problem]:
    """Groups of which the descriptors name different existing parents."""
    for group in catalog.of_kind("group"):
        parents = existing_parents(catalog, group.ref)
        if len(parents) > 1:
            own = "spec.parent" if group.spec.get("parent") else ""
            yield SEVERAL_PARENTS.problem(
                f"Group {title(group)} has {len(parents)} parents: {' and '.join(map(str, parents[:MOST_NAMED]))}.",
                origin=group.origin,
                subject=group.ref,
                field=own or "metadata.name",
                hint=f"Remove it from `children` of the wrong ones{', or correct its `parent`' if own else ''}.",
            )


EMPTY_GROUP = Rule(
    code="GRP001",
    name="empty-group",
    severity=Severity.INFO,
    summary="The group has no members and no sub-groups.",
    means="""No user is a member of this group, the group lists no members, and it has no sub-groups. Reported only if the catalog has
users.""",
    matters="""What a team without members owns is not maintained: the team was dissolved or renamed, or its members are not collected.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  children: []
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  children: []
  members: [jane]
""",
)


def check_empty_group(catalog: Catalog) -> Iterator[Problem]:
    """Groups with neither members nor children, existing or not, in a catalog that has users."""
    if next(catalog.of_kind("user"), None) is None:
        return
    for group in catalog.of_kind("group"):
        if not members_of(catalog, group.ref) and not children_of(catalog, group.ref):
            yield EMPTY_GROUP.problem(
                f"Group {title(group)} has no members and no sub-groups.",
                origin=group.origin,
                subject=group.ref,
                field="metadata.name",
                hint="Add its members, or remove the group and transfer what it owns.",
            )
