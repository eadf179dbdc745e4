"""DRF001: a dismissal of drift that cannot be used."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

INVALID_DISMISSAL = Rule(
    code="DRF001",
    name="invalid-drift-dismissal",
    severity=Severity.WARNING,
    summary="A dismissal of drift cannot be used.",
    means="""The annotation `callboard.dev/dismiss-drift` has one line for each finding that is dismissed: its kind, optionally the value
of the descriptor, the last day, and the reason. A line has another form, an unknown kind or a date that does not exist.""",
    matters="""The finding is shown as before.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  annotations:
    callboard.dev/dismiss-drift: "lifecycle: we know"
spec:
  type: service
  lifecycle: experimental
  owner: platform
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  annotations:
    callboard.dev/dismiss-drift: "deployed until 2027-03-31: a pilot with two customers"
spec:
  type: service
  lifecycle: experimental
  owner: platform
""",
)
