"""KND001: the descriptor is not as this organisation wants it."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.wording import said
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="KND001",
    name="house-rule",
    severity=Severity.WARNING,
    summary="The descriptor is not as this organisation wants it.",
    means="""A JSON Schema under `kinds:` in `sources.yaml` asks for more than Backstage does: only certain lifecycles, tags out of a
vocabulary, an annotation that must be there. What it wants stands in the message, and in the portal's `/schema/<kind>.json`. For a kind
that only this portal knows it is an error, for Backstage's own kinds a warning.""",
    matters="""Backstage accepts the document. Here it is told because this organisation agreed on it: lists, filters and reports rely on
it.""",
    wrong="""# kinds/component.json: {"x-callboard": {"kind": "Component"},
#   "properties": {"spec": {"properties": {"lifecycle": {"enum": ["experimental", "production", "deprecated"]}}}}}
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: live
  owner: team-orders
""",
    right="""# kinds/component.json: {"x-callboard": {"kind": "Component"},
#   "properties": {"spec": {"properties": {"lifecycle": {"enum": ["experimental", "production", "deprecated"]}}}}}
apiVersion: backstage.io/v1alpha1
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
    """Everything that the portal's own schemas want and Backstage does not."""
    severity = Severity.ERROR if document.kind and document.kind.is_own else None
    for error in document.house:
        for path, message, hint, at_key in said(document, error):
            yield document.problem(RULE, message, path, hint, severity=severity, at_key=at_key)
