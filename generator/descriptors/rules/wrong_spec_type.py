"""SPC002: a field of the spec has a value of a wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.wording import said
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC002",
    name="wrong-spec-type",
    severity=Severity.ERROR,
    summary="A field of the spec has a value of a wrong type.",
    means="""A field that wants a text has a number, a list or nothing; one that wants a list has a single text. `dependsOn:
component:a` is a text, `dependsOn: [component:a]` a list.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  providesApis: orders-api
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  providesApis: [orders-api]
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each value below the spec of a wrong type or size."""
    for error in document.errors:
        if error.path[:1] != ("spec",) or error.keyword in _ELSEWHERE or (error.path == ("spec",) and error.keyword == "type"):
            continue
        if error.keyword not in {"minLength", "minItems"} or error.value:
            for path, message, hint, at_key in said(document, error):
                yield document.problem(RULE, message, path, hint, at_key=at_key)


_ELSEWHERE = {"required", "enum", "const"}
"""What other rules tell, as they do an empty value and a spec that is none."""
