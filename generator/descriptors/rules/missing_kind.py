"""ENT003: the document has no kind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from generator.descriptors.examined import Examined, shown, type_name
from generator.descriptors.formats import is_kind
from generator.descriptors.slips import nearest
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT003",
    name="missing-kind",
    severity=Severity.ERROR,
    summary="The document has no kind.",
    means="""`kind` says what the descriptor describes: `Component`, `API`, `Resource`, `System`, `Domain`, `Group`, `User`,
`Location` or `Template`.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Without a kind
there is no page either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
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
    """A document whose kind is missing, empty, no text, or no word."""
    kind = document.value.get("kind")
    known = ", ".join(sorted(kind.name for kind in document.kinds.by_name.values()))
    hint = f"Add a line such as kind: Component (known: {known})."
    if "kind" not in document.value:
        slip = next((key for key in islice(document.value, 50) if nearest(key, ("kind",))), None)
        if slip:
            yield document.problem(
                RULE, f"`{shown(slip)}` stands where `kind` is expected.", (slip,), f"Write kind instead of {slip}.", at_key=True
            )
        else:
            yield document.problem(RULE, "The document has no `kind`.", (), hint)
    elif not is_kind(kind):
        message = f"`kind` must be a word of letters and digits, at most 63, and is {type_name(kind)}."
        yield document.problem(RULE, message, ("kind",), hint)
