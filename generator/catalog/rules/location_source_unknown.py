"""LOC003: a Location whose target belongs to no configured source."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="LOC003",
    name="location-source-unknown",
    severity=Severity.WARNING,
    summary="The target of a Location belongs to no source of this portal.",
    means="""The target is the URL of a file in a repository, or at a revision, that `sources.yaml` does not name.""",
    matters="""A descriptor never decides what the build downloads: it reads the sources that the portal's owner listed. The entities
behind this target are missing until the repository is one of them.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: services
spec:
  target: https://github.com/acme/payments/blob/main/catalog-info.yaml
""",
    right="""# sources.yaml
sources:
  - name: payments
    type: git
    url: https://github.com/acme/payments
""",
)
