"""REF004: a reference without a namespace that could be meant in two ways."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="REF004",
    name="ambiguous-reference",
    severity=Severity.INFO,
    summary="A reference without a namespace exists in the holder's namespace and in default.",
    means="""The entity lies in a namespace of its own and refers to a bare name. Backstage's code reads that name in the **holder's**
namespace, although an example in its documentation says `default`. Both entities exist here, so the reference works, but perhaps
not as its author meant.""",
    matters="""The wrong team may be asked, or the wrong thing may seem to break. With the namespace written out nobody has to know the
rule.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: platform
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: default/platform
""",
)
