"""YML003: a line is indented by a tab."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML003",
    name="tab-indentation",
    severity=Severity.ERROR,
    summary="A line is indented by a tab.",
    means="""YAML allows only spaces where lines are indented, because nobody can say how wide a tab is.""",
    matters="""Nothing in the document can be read, so its entity is missing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
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


def problem(trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding for a trouble of the parser."""
    return from_trouble(RULE, trouble, origin)
