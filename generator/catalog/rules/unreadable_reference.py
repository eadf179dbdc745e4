"""REF003: a text or mapping that is no entity reference."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="REF003",
    name="unreadable-reference",
    severity=Severity.ERROR,
    summary="A reference cannot be read as [kind:][namespace/]name.",
    means="""A reference is a text of the form `[<kind>:][<namespace>/]<name>`, or a mapping of `kind`, `namespace` and `name`.
This one has an empty part: nothing before the `:` or the `/`, or nothing behind them.""",
    matters="""Backstage refuses the whole entity. Callboard keeps the entity, without this relation.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: "group:"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
spec:
  type: service
  lifecycle: production
  owner: group:team-checkout
""",
)
