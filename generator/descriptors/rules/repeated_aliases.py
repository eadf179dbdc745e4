"""YML006: aliases repeat a value too often or inside itself."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML006",
    name="repeated-aliases",
    severity=Severity.ERROR,
    summary="Aliases repeat a value too often or inside itself.",
    means="""An alias (`*name`) stands for the value that an anchor (`&name`) marks. Here the aliases lead to a value that contains
itself, or to more values than a descriptor may have.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  loop: &loop [*loop]
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
