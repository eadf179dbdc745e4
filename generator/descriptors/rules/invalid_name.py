"""ENT006: the name has characters that names cannot have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from generator.descriptors.examined import Examined, shown, type_hint, type_name
from generator.descriptors.formats import MOST_CHARACTERS, is_name
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ENT006",
    name="invalid-name",
    severity=Severity.ERROR,
    summary="The name has characters that names cannot have.",
    means="""A name has letters, digits, `-`, `_` and `.`, a letter or digit at both ends, and at most 63 characters. For people
there is `metadata.title`, which may be any text.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere. Without a usable
name there is no page either.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Orders Service
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders-service
  title: Orders Service
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """A name that is no text, too long, or has other characters."""
    metadata = document.metadata()
    if "name" not in metadata or is_name(metadata["name"]):
        return
    name, path = metadata["name"], ("metadata", "name")
    if not isinstance(name, str) or not name:
        yield document.problem(
            RULE, f"`metadata.name` must be a text, and is {type_name(name)}.", path, type_hint(document, path, ["string"], name)
        )
        return
    why = f"has {len(name)} characters, and 63 are allowed" if len(name) > MOST_CHARACTERS else "has characters that a name cannot have"
    yield document.problem(
        RULE, f'The name "{shown(name)}" {why}.', path, f"Write name: {_usable(name)} (and what people should read under title:)."
    )


def _usable(name: str) -> str:
    """The nearest name that is allowed."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_.]+", "-", plain).strip("-_.")[:MOST_CHARACTERS].rstrip("-_.") or "my-name"
