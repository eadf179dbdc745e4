"""ENT010: a label has a key or a value that labels cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined, shown, type_hint, type_name
from generator.descriptors.formats import is_key, is_label_value
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT010",
    name="invalid-label",
    severity=Severity.ERROR,
    summary="A label has a key or a value that labels cannot have.",
    means="""The key of a label is a name, or `<DNS name>/<name>`; its value is a name or empty: letters, digits, `-`, `_` and `.`,
at most 63. Anything longer or freer belongs in `annotations`.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  labels:
    tier: gold plated
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  labels:
    tier: gold-plated
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each label with a bad key or value."""
    labels = document.metadata().get("labels")
    if not isinstance(labels, Mapping):
        return
    for key, value in labels.items():
        path = ("metadata", "labels", key)
        if not is_key(key):
            yield document.problem(
                RULE, f'"{shown(key)}" is no valid key of a label.', path, "Write a name, or <DNS name>/<name>.", at_key=True
            )
        if not isinstance(value, str):
            message = f"The label {shown(key)} must be a text, and is {type_name(value)}."
            yield document.problem(RULE, message, path, type_hint(document, path, ["string"], value))
        elif not is_label_value(value):
            message = f'The label {shown(key)} cannot have the value "{shown(value)}".'
            yield document.problem(RULE, message, path, 'Use letters, digits, "-", "_" and ".", at most 63; or move it to annotations.')
