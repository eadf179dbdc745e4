"""ENT008: the document has a field beside metadata and spec that does not belong there."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT008",
    name="unknown-root-field",
    severity=Severity.ERROR,
    summary="The document has a field beside metadata and spec that does not belong there.",
    means="""At its root a descriptor has `apiVersion`, `kind`, `metadata` and `spec`, and nothing else. Most often the indentation
was lost: `owner:` belongs under `spec:`, `annotations:` under `metadata:`.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
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
    """Each field at the root that is not allowed there."""
    for error in document.errors:
        if error.keyword == "additionalProperties" and not error.path:
            for name in error.details["unexpected"]:
                yield document.problem(
                    RULE, f"`{shown(name)}` cannot stand at the root of a descriptor.", (name,), _hint(document, name), at_key=True
                )


def _hint(document: Examined, name: str) -> str:
    if document.kind and name in document.kind.spec_fields:
        return f'Indent it by two spaces below "spec:": there {document.kind.name} has {name}.'
    if name in _METADATA:
        return 'Indent it by two spaces below "metadata:".'
    near = nearest(name, [root for root in _ROOT if root not in document.value])
    return f"Did you mean {near}?" if near else 'Move it below "spec:" or "metadata:", or remove it.'


_METADATA = ("name", "namespace", "title", "description", "labels", "annotations", "tags", "links")
_ROOT = ("apiVersion", "kind", "metadata", "spec")
