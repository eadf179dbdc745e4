"""ENT011: a tag has characters that tags cannot have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown, type_hint, type_name
from generator.descriptors.formats import MOST_CHARACTERS, is_tag
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT011",
    name="invalid-tag",
    severity=Severity.ERROR,
    summary="A tag has characters that tags cannot have.",
    means="""A tag has lower-case letters, digits, `+` and `#`, in groups joined by single `-`, and at most 63 characters: `java`,
`c++`, `c#`, `go-1`. A colon, as in `team:web`, is a warning: the format does not know it, and Backstage accepts it.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [Java, spring.boot]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [java, spring-boot]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each tag that is no text or has other characters."""
    tags = document.metadata().get("tags")
    for number, tag in enumerate(tags if isinstance(tags, list) else ()):
        path = ("metadata", "tags", number)
        if not isinstance(tag, str):
            yield document.problem(
                RULE, f"A tag must be a text, and is {type_name(tag)}.", path, type_hint(document, path, ["string"], tag)
            )
        elif not is_tag(tag):
            usable = usable_tag(tag)
            hint = f"Write {usable}" if usable else "Remove it."
            message = f'The tag "{shown(tag)}" may have only lower-case letters, digits, "+", "#" and single "-".'
            yield document.problem(RULE, message, path, hint, severity=_severity(tag))


def _severity(tag: str) -> Severity:
    """A colon is outside of the documented format, but the catalog's own check (catalog-model's ``makeValidator``) lets it pass."""
    return Severity.WARNING if is_tag(tag.replace(":", "+")) else Severity.ERROR


def usable_tag(tag: str) -> str:
    """The nearest text that a tag may be; empty where nothing of it is left."""
    return re.sub(r"[^a-z0-9+#]+", "-", tag.lower()).strip("-")[:MOST_CHARACTERS].rstrip("-")
