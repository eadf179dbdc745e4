"""YML008: the document is no mapping."""

from __future__ import annotations

from typing import Any

from generator.descriptors.examined import Examined, type_name
from generator.descriptors.kinds import Kinds
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="YML008",
    name="no-mapping",
    severity=Severity.ERROR,
    summary="The document is no mapping.",
    means="""A descriptor is a mapping: lines of `key: value`. This document is a single text, a number or a list. Often a colon
lacks its blank (`kind:Component`), or each line begins with `- `.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""- apiVersion: backstage.io/v1alpha1
- kind: Component
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


def problem(value: Any, text: str, origin: Origin) -> Problem:
    """The finding for a document of which this is the whole value."""
    span = Examined({}, text, origin, Kinds({})).span(())
    message = f"A descriptor is a mapping, and this document is {type_name(value)}."
    return RULE.problem(message, origin=origin, span=span, hint='Write lines of "key: value", with a blank behind each colon.')
