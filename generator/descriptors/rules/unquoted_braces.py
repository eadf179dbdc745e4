"""YML004: a value in double braces has no quotes."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML004",
    name="unquoted-braces",
    severity=Severity.WARNING,
    summary="A value in double braces has no quotes.",
    means="""`{{ name }}` without quotes is no text in YAML but a mapping in a mapping. Templates of Cookiecutter and others are
written so, and somebody forgot to fill one in, or to put it in quotes.""",
    matters="""The field has a mapping where a text is expected: a name, an owner or a description in this form cannot be used.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  team: {{ team }}
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  team: team-orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def problem(trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding for a trouble of the parser."""
    return from_trouble(RULE, trouble, origin)
