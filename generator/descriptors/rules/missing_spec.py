"""SPC006: the kind needs a spec, and the document has none."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, type_name, with_article
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC006",
    name="missing-spec",
    severity=Severity.ERROR,
    summary="The kind needs a spec, and the document has none.",
    means="""Below `spec:` stands what the kind asks for. A `spec:` without anything below it is null, which is no mapping.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Here its page is
made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
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
    """A spec that is missing or no mapping."""
    for error in document.errors:
        if error.keyword == "required" and not error.path and error.details["property"] == "spec":
            name = with_article(document.kind.name if document.kind else "document")
            yield document.problem(RULE, f"{name} needs `spec`.", (), _hint(document))
        elif error.path == ("spec",) and error.keyword == "type":
            yield document.problem(RULE, f"`spec` must be a mapping, and is {type_name(error.value)}.", ("spec",), _hint(document))


def _hint(document: Examined) -> str:
    required = document.kind.schema.get("properties", {}).get("spec", {}).get("required", ()) if document.kind else ()
    return f'Write {", ".join(required) or "what describes it"} below "spec:", indented by two spaces.'
