"""ENT014: a field is made by the catalog and should not be written by hand."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT014",
    name="output-field",
    severity=Severity.WARNING,
    summary="A field is made by the catalog and should not be written by hand.",
    means="""`metadata.uid`, `metadata.etag`, `metadata.generation`, `relations` and `status` are what a catalog says of an entity.
In a descriptor they are most often left over from a copied answer of the API.""",
    matters="""Backstage refuses a document with `relations` or `status`, and overwrites the others; relations come from the fields
below `spec`.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  uid: 11111111-2222-3333-4444-555555555555
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
    """Each field that a catalog makes: Backstage refuses those at the root, and overwrites those of the metadata."""
    for path in _MADE:
        if path[-1] in (document.metadata() if len(path) > 1 else document.value):
            severity = Severity.ERROR if len(path) == 1 else Severity.WARNING
            yield document.problem(RULE, f"`{'.'.join(path)}` is made by the catalog.", path, "Remove it.", severity=severity, at_key=True)


_MADE = (("relations",), ("status",), ("metadata", "uid"), ("metadata", "etag"), ("metadata", "generation"))
