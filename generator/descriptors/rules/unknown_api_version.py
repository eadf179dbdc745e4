"""ENT002: the kind is not known under this apiVersion."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown
from generator.descriptors.formats import is_api_version
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT002",
    name="unknown-api-version",
    severity=Severity.ERROR,
    summary="The kind is not known under this apiVersion.",
    means="""Each kind is known under certain values of `apiVersion` only: Backstage's own kinds under `backstage.io/v1alpha1` and
`v1beta1`, templates under `scaffolder.backstage.io/v1beta3`. Templates of `v1beta2` and earlier have to be migrated.""",
    matters="""Backstage says "no processor recognized the entity" and refuses the document. Here its page is made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """An apiVersion that the kind does not have."""
    version = document.value.get("apiVersion")
    kind = document.kinds.get(str(document.value.get("kind")))
    if not isinstance(version, str) or not version or (version in kind.api_versions if kind else is_api_version(version)):
        return
    known = kind.api_versions if kind else ("backstage.io/v1alpha1",)
    what = f"is no apiVersion of {kind.name}" if kind else "is no valid apiVersion"
    hint = f"Write {' or '.join(known)}."
    yield document.problem(RULE, f'"{shown(version)}" {what}.', ("apiVersion",), hint)
