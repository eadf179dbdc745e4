"""LOC001: a Location whose target does not exist."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="LOC001",
    name="location-not-found",
    severity=Severity.ERROR,
    summary="The target of a Location cannot be read.",
    means="""A `Location` lists files that hold more descriptors. This one does not exist, or its pattern matches no file. Relative targets
start at the folder of the file that holds the Location.""",
    matters="""The entities that should be there are missing from the catalog. Backstage reports the Location as failing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets:
    - ./paymnts/catalog-info.yaml
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  targets:
    - ./payments/catalog-info.yaml
""",
)
