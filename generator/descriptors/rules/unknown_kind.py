"""ENT004: the kind is not known."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.formats import is_kind
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT004",
    name="unknown-kind",
    severity=Severity.ERROR,
    summary="The kind is not known.",
    means="""Kinds are written exactly as they are defined: `Component`, not `component`. Kinds of your own are declared by a JSON
Schema file under `kinds:` in `sources.yaml`.""",
    matters="""Backstage says "no processor recognized the entity" and refuses the document. Here its page is made, with this problem.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Service
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
    """A kind that no schema declares, or in another spelling."""
    kind = document.value.get("kind")
    if not is_kind(kind):
        return
    known = document.kinds.get(kind)
    if known is None:
        yield document.problem(RULE, f'The kind "{kind}" is not known.', ("kind",), _hint(document, kind))
    elif known.name != kind:
        yield document.problem(RULE, f'The kind "{kind}" is written "{known.name}".', ("kind",), f"Write kind: {known.name}")


def _hint(document: Examined, kind: str) -> str:
    names = sorted(known.name for known in document.kinds.by_name.values())
    near = nearest(kind, names) or _USUAL.get(kind.lower(), "")
    if near:
        return f"Did you mean kind: {near}?"
    return f"Write one of {', '.join(names)}, or declare the kind under kinds: in sources.yaml."


_USUAL = {
    "service": "Component",
    "website": "Component",
    "library": "Component",
    "application": "Component",
    "app": "Component",
    "team": "Group",
    "person": "User",
    "database": "Resource",
    "product": "System",
}
