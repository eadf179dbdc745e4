"""ANN002: the key of an annotation has characters that keys cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined, shown
from generator.descriptors.formats import is_key
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ANN002",
    name="invalid-annotation-key",
    severity=Severity.ERROR,
    summary="The key of an annotation has characters that keys cannot have.",
    means="""The key of an annotation is a name (letters, digits, `-`, `_` and `.`, at most 63), or `<DNS name>/<name>` where the DNS
name is lower case.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team/chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    acme.org/team-chat: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each annotation with a bad key."""
    annotations = document.metadata().get("annotations")
    for key in annotations if isinstance(annotations, Mapping) else ():
        if not is_key(key):
            hint = "Write a name, or <DNS name in lower case>/<name>; only one slash."
            yield document.problem(
                RULE, f'"{shown(key)}" is no valid key of an annotation.', ("metadata", "annotations", key), hint, at_key=True
            )
