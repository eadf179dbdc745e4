"""DUP001: two descriptors define the same entity."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="DUP001",
    name="duplicate-entity",
    severity=Severity.WARNING,
    summary="The entity is defined a second time.",
    means="""Two documents have the same kind, namespace and name; letters in upper and lower case are the same. The first one is kept: the
order is that of the sources in `sources.yaml`, then of the repository, the path and the document.""",
    matters="""The second descriptor is not in the catalog, and whoever edits it wonders why nothing changes. In Backstage the two conflict,
and which one wins depends on which was read first.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: checkout
spec:
  type: team
  children: []
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata:
  name: Checkout
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
""",
)
