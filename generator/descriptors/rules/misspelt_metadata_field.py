"""ENT013: a field of the metadata looks like a misspelt one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.descriptors.examined import Examined, shown
from generator.descriptors.slips import nearest, same_but_spelling
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT013",
    name="misspelt-metadata-field",
    severity=Severity.WARNING,
    summary="A field of the metadata looks like a misspelt one.",
    means="""Metadata may have fields of your own, so Backstage says nothing about one that it does not know. This one is so like a
known field that it is most likely meant to be that.""",
    matters="""What stands there is not shown, not searched and not used.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  desciption: Takes orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Takes orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each unknown field of the metadata that is like a known one."""
    metadata = document.metadata()
    if metadata.keys() <= _KNOWN:
        return
    for name in islice((name for name in metadata if name not in _KNOWN), _MOST):
        near = nearest(name, _WRITTEN)
        if near and (near not in metadata or same_but_spelling(name, near)):
            message = f"`metadata.{shown(name)}` is not known and looks like `{near}`."
            yield document.problem(RULE, message, ("metadata", name), f"Did you mean {near}?", at_key=True)


_WRITTEN = ("name", "namespace", "title", "description", "labels", "annotations", "tags", "links")
_KNOWN = {*_WRITTEN, "uid", "etag", "generation"}
_MOST = 200
"""Unknown fields that are compared: a file cannot keep us busy with a hundred thousand."""
