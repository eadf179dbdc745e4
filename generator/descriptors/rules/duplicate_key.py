"""YML002: a mapping has the same key twice."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML002",
    name="duplicate-key",
    severity=Severity.ERROR,
    summary="A mapping has the same key twice.",
    means="""The same key stands twice in one mapping, so one of its two values would be lost. Often a `---` line between two
documents is missing, or somebody added a second `annotations:` or `dependsOn:` block below the first.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db"]
  dependsOn: ["component:payments"]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db", "component:payments"]
""",
)


def problem(trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding for a trouble of the parser."""
    return from_trouble(RULE, trouble, origin)
