"""SPC003: a field of the spec is empty."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.positions import dotted
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC003",
    name="empty-spec-value",
    severity=Severity.ERROR,
    summary="A field of the spec is empty.",
    means="""The field is there, with an empty text (`""`) or, where at least one item is needed, an empty list. A field that has
nothing to say is left out; one that the kind needs is filled in.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: ""
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
    """Each empty value below the spec."""
    for error in document.errors:
        if error.path[:1] == ("spec",) and error.keyword in {"minLength", "minItems"} and not error.value:
            yield document.problem(
                RULE, f"`{dotted(error.path)}` is empty.", error.path, "Fill it in, or remove the line where the kind does not need it."
            )
