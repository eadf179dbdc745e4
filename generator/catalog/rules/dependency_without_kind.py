"""REF002: an item of ``dependsOn`` or ``dependencyOf`` that names no kind."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="REF002",
    name="dependency-without-kind",
    severity=Severity.ERROR,
    summary="A dependency names no kind, and its field has no default.",
    means="""`dependsOn` and `dependencyOf` may point to components, resources and other kinds, so an item must say which:
`component:orders`, `resource:orders-db`. Other fields have a default kind (`owner` means a Group); these two have none.""",
    matters="""Backstage refuses the **whole entity** for such an item. Callboard keeps the entity and leaves out the item, so that
its dependency is missing from both pages.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  dependsOn:
    - ledger
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  dependsOn:
    - component:ledger
""",
)
