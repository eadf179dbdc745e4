"""ENT009: a field of the metadata has a value of a wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined, type_hint, type_name, wanted
from generator.descriptors.positions import dotted
from generator.descriptors.validation import SchemaError
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT009",
    name="invalid-metadata-field",
    severity=Severity.ERROR,
    summary="A field of the metadata has a value of a wrong type.",
    means="""`title` is a text that is not empty, `description` a text; `labels` and `annotations` are mappings, `tags` and `links`
lists. A key without a value (`tags:`) is null, and that is none of them.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: 2024
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  title: "2024"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each field of the metadata of a wrong type, but for those that have rules of their own."""
    for error in document.errors:
        path = error.path
        if len(path) < 2 or path[0] != "metadata" or path[1] in _ELSEWHERE or (len(path) > 2 and path[1] in _ITEMS):  # noqa: PLR2004 - below the field
            continue
        if error.keyword == "type":
            types = error.details["types"]
            message = f"`{dotted(path)}` must be {wanted(error.details)}, and is {type_name(error.value)}."
            yield document.problem(RULE, message, path, type_hint(document, path, types, error.value), severity=_severity(error))
        elif error.keyword == "minLength":
            yield document.problem(RULE, f"`{dotted(path)}` is empty.", path, "Write a text, or remove the line.")


def _severity(error: SchemaError) -> Severity:
    """Backstage fills in annotations of its own, and drops an empty value in their place without a word."""
    dropped = error.path == ("metadata", "annotations") and not isinstance(error.value, list) and not error.value
    return Severity.WARNING if dropped else Severity.ERROR


_ELSEWHERE = ("name", "namespace")
_ITEMS = ("labels", "annotations", "tags", "links")
