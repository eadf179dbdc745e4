"""SPC002: a field of the spec has a value of a wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, type_hint, type_name, wanted
from generator.descriptors.positions import dotted
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
        if error.path[:1] != ("spec",) or len(error.path) < 2:  # noqa: PLR2004 - the spec itself has its own rule
            continue
        place = dotted(error.path)
        if error.keyword == "type":
            message = f"`{place}` must be {wanted(error.details)}, and is {type_name(error.value)}."
            yield document.problem(RULE, message, error.path, type_hint(document, error.path, error.details["types"], error.value))
        elif error.keyword not in _ELSEWHERE:
            yield document.problem(
                RULE, f"`{place}` is not as the kind's schema wants it ({error.keyword}).", error.path, "See the kind's page in the manual."
            )


_ELSEWHERE = {"required", "minLength", "minItems", "enum", "const"}
