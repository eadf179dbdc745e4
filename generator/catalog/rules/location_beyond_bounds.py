"""LOC004: Locations that lead too far."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="LOC004",
    name="location-beyond-bounds",
    severity=Severity.ERROR,
    summary="A Location is too deep in a chain, or leads to too many files.",
    means="""Locations may name files with further Locations. The chain is followed for a limited number of steps, and one Location may
lead to a limited number of files.""",
    matters="""Without bounds one descriptor could keep the build busy for ever. What lies beyond them is not in the catalog.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: everything
spec:
  target: "./**/*"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: everything
spec:
  target: "./**/catalog-info.yaml"
""",
)
