"""ENT001: the document has no apiVersion."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.descriptors.examined import Examined, shown, type_name
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT001",
    name="missing-api-version",
    severity=Severity.ERROR,
    summary="The document has no apiVersion.",
    means="""Every descriptor begins with `apiVersion`, a text: `backstage.io/v1alpha1` for the built-in kinds,
`scaffolder.backstage.io/v1beta3` for templates.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""kind: Component
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


def find(document: Examined) -> Iterator[Problem]:
    """A document whose apiVersion is missing, empty or no text."""
    for error in document.errors:
        if error.keyword == "required" and not error.path and error.details["property"] == "apiVersion":
            yield _missing(document)
        elif error.path == ("apiVersion",) and error.keyword in {"type", "minLength"}:
            yield document.problem(RULE, f"`apiVersion` must be a text, and is {type_name(error.value)}.", error.path, _hint(document))


def _missing(document: Examined) -> Problem:
    slip = next((key for key in islice(document.value, 50) if nearest(key, ("apiVersion",))), None)
    if slip:
        return document.problem(
            RULE, f"`{shown(slip)}` stands where `apiVersion` is expected.", (slip,), f"Write apiVersion instead of {slip}.", at_key=True
        )
    return document.problem(RULE, "The document has no `apiVersion`.", (), _hint(document))


def _hint(document: Examined) -> str:
    kind = document.kind or document.kinds.get(str(document.value.get("kind")))
    version = kind.api_versions[0] if kind else "backstage.io/v1alpha1"
    return f"Add the line: apiVersion: {version}"
