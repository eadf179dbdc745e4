"""ENT005: the document has no metadata.name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined, type_name
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT005",
    name="missing-name",
    severity=Severity.ERROR,
    summary="The document has no metadata.name.",
    means="""`metadata` is a mapping that has at least a `name`, by which everything else refers to the entity.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Without a name
there is no page either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  title: Orders
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
    """A document without metadata, or metadata without a name."""
    metadata = document.value.get("metadata")
    if "metadata" not in document.value:
        yield document.problem(RULE, "The document has no `metadata`.", (), 'Add "metadata:" and below it "  name: …".')
    elif not isinstance(metadata, Mapping):
        yield document.problem(
            RULE,
            f"`metadata` must be a mapping, and is {type_name(metadata)}.",
            ("metadata",),
            'Indent "name: …" by two spaces below "metadata:".',
        )
    elif "name" not in metadata:
        yield document.problem(RULE, "The document has no `metadata.name`.", ("metadata",), 'Add "  name: …" below "metadata:".')
