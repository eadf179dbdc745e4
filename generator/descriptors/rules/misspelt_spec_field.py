"""SPC005: a field of the spec looks like a misspelt one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.descriptors.examined import Examined, shown
from generator.descriptors.slips import nearest, same_but_spelling
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC005",
    name="misspelt-spec-field",
    severity=Severity.WARNING,
    summary="A field of the spec looks like a misspelt one.",
    means="""A spec may have fields of your own, so Backstage says nothing about one that it does not know. This one is so like a
known field that it is most likely meant to be that.""",
    matters="""What stands there makes no relation and is not shown.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  depends_on: ["resource:orders-db"]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn: ["resource:orders-db"]
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each unknown field of the spec that is like a known one which is not there."""
    spec, known = document.spec(), document.kind.spec_fields if document.kind else {}
    if not known or spec.keys() <= known.keys():
        return
    missing = {error.details["property"] for error in document.errors if error.keyword == "required" and error.path == ("spec",)}
    refused = {name for error in document.errors if error.keyword == "additionalProperties" for name in error.details["unexpected"]}
    for name in islice((name for name in spec if name not in known and name not in refused), _MOST):
        near = nearest(name, known)
        if near and near not in missing and (near not in spec or same_but_spelling(name, near)):
            message = f"`spec.{shown(name)}` is not known to {document.kind.name if document.kind else ''} and looks like `{near}`."
            yield document.problem(RULE, message, ("spec", name), f"Did you mean {near}?", at_key=True)


_MOST = 200
"""Unknown fields that are compared: a file cannot keep us busy with a hundred thousand."""
