"""LOC002: a Location whose target lies outside its repository."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="LOC002",
    name="location-leaves-tree",
    severity=Severity.ERROR,
    summary="The target of a Location leads out of its repository.",
    means="""The target is an absolute path, or climbs with `..` above the top folder of the repository or source that holds
the Location.""",
    matters="""Whoever writes a descriptor must not be able to read other files of the machine that builds the portal, so such a target
is never opened.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: ../../other-repository/catalog-info.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: https://github.com/acme/other-repository/blob/main/catalog-info.yaml
""",
)
