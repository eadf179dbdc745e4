"""SPC004: a field of the spec has a value that is not one of those allowed."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown
from generator.descriptors.positions import dotted
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC004",
    name="unknown-spec-value",
    severity=Severity.ERROR,
    summary="A field of the spec has a value that is not one of those allowed.",
    means="""Some fields know only a few words, such as `presence` of a Location: `required` or `optional`.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./orders.yaml
  presence: maybe
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./orders.yaml
  presence: optional
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each value below the spec that is not one of those allowed."""
    for error in document.errors:
        if error.path[:1] == ("spec",) and error.keyword in {"enum", "const"}:
            options = [str(option) for option in error.details.get("options", [error.details.get("expected_value")])]
            near = nearest(str(error.value), options)
            hint = f"Did you mean {near}?" if near else f"Write {' or '.join(options)}."
            yield document.problem(RULE, f'`{dotted(error.path)}` cannot be "{shown(error.value)}".', error.path, hint)
