"""ENT007: the namespace has characters that namespaces cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown, type_name
from generator.descriptors.formats import MOST_CHARACTERS, is_namespace
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT007",
    name="invalid-namespace",
    severity=Severity.ERROR,
    summary="The namespace has characters that namespaces cannot have.",
    means="""A namespace has lower-case letters, digits and inner `-`, and at most 63 characters. Without one, an entity is in
`default`.""",
    matters="""Backstage refuses the document. Here upper case is read as lower case, so that the entity has its page; any other one of
this sort makes none.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  namespace: Shop
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  namespace: shop
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """A namespace that is no text, too long, or has other characters."""
    metadata = document.metadata()
    if "namespace" not in metadata or is_namespace(metadata["namespace"]):
        return
    namespace, path = metadata["namespace"], ("metadata", "namespace")
    if not isinstance(namespace, str) or not namespace:
        message = f"`metadata.namespace` must be a text, and is {type_name(namespace)}."
        yield document.problem(RULE, message, path, 'Write a namespace, or remove the line for "default".')
        return
    usable = re.sub(r"[^a-z0-9]+", "-", namespace.lower()).strip("-")[:MOST_CHARACTERS].rstrip("-") or "default"
    message = f'The namespace "{shown(namespace)}" may have only lower-case letters, digits and inner "-", at most 63.'
    yield document.problem(RULE, message, path, f"Write namespace: {usable}")
