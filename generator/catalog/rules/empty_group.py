"""GRP001: a group without people."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.organisation import children_of, members_of
from generator.catalog.presentation import title
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="GRP001",
    name="empty-group",
    severity=Severity.INFO,
    summary="The group has no members and no sub-groups.",
    means="""No user says to be a member of this group, the group lists no members, and no group lies below it. It is said only where the
catalog knows any people at all.""",
    matters="""A team without people owns nothing that anybody looks after: it was dissolved, renamed, or its members are not collected.""",
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


def check(catalog: Catalog) -> Iterator[Problem]:
    """Groups with neither members nor children, existing or not, in a catalog that has users."""
    if next(catalog.of_kind("user"), None) is None:
        return
    for group in catalog.of_kind("group"):
        if not members_of(catalog, group.ref) and not children_of(catalog, group.ref):
            yield RULE.problem(
                f"Group {title(group)} has no members and no sub-groups.",
                origin=group.origin,
                subject=group.ref,
                field="metadata.name",
                hint="Add its members, or remove the group and give away what it owns.",
            )
