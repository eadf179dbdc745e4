"""API001: an API that nobody provides."""

from __future__ import annotations

from collections.abc import Iterator

from generator.catalog.graph import Catalog
from generator.catalog.presentation import title
from generator.catalog.structure import providers
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="API001",
    name="api-without-provider",
    severity=Severity.INFO,
    summary="No component provides the API.",
    means="""No descriptor lists this API under `providesApis`. An API says itself who owns it, but not what runs it.""",
    matters="""Whoever consumes the API cannot see which component answers, and nobody sees what breaks when that component goes away.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-checkout
  definition: "openapi: 3.1.0"
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
spec:
  type: openapi
  lifecycle: production
  owner: team-checkout
  definition: "openapi: 3.1.0"
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-checkout
  providesApis: [orders]
""",
)


def check(catalog: Catalog) -> Iterator[Problem]:
    """APIs without a provider."""
    for api in catalog.of_kind("api"):
        if not providers(catalog, api.ref):
            yield RULE.problem(
                f"No component provides the API {title(api)}.",
                origin=api.origin,
                subject=api.ref,
                field="metadata.name",
                hint=f"Add `{api.ref.name}` to `providesApis` of the component that answers it.",
            )
