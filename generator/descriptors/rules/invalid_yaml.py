"""YML001: the document is no valid YAML."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML001",
    name="invalid-yaml",
    severity=Severity.ERROR,
    summary="The document is no valid YAML.",
    means="""The parser met something that YAML does not allow: a `: ` or a special first character in a text without quotes, a quote
or a bracket that is not closed, or lines whose indentation does not fit. The position is where the parser could not go
on; the mistake is often in that line or in the one above.""",
    matters="""Nothing in the document can be read, so its entity is missing. Other documents of the same file are read all the same.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Orders: taking and tracking them
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: "Orders: taking and tracking them"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def problem(trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding for a trouble of the parser."""
    return from_trouble(RULE, trouble, origin)
