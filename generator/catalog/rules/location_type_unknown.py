"""LOC005: a Location of a type that is no file."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="LOC005",
    name="location-type-unknown",
    severity=Severity.WARNING,
    summary="Locations of this type are not read.",
    means="""The type of a Location says how its target is read: `url` and `file` name files. Types such as `github-discovery`, `github-org`
or `ldap-org` make a Backstage server search a host; here that is the work of a source in `sources.yaml`.""",
    matters="""What the Location would find is not in the catalog.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all-repositories
spec:
  type: github-discovery
  target: https://github.com/acme
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: payments
spec:
  type: url
  target: https://github.com/acme/payments/blob/main/catalog-info.yaml
""",
)
