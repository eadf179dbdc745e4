"""FIL001: a word of a template that its author was to replace."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from generator.descriptors.examined import Examined, Path, shown
from generator.descriptors.positions import dotted
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="FIL001",
    name="value-to-fill-in",
    severity=Severity.WARNING,
    summary="A value is still the one of a template: TODO, changeme, <your-team>.",
    means="""The descriptor was begun from a template or an example, and this value was meant to be replaced: `TODO`, `changeme`,
`<your-team>`, `${{ values.owner }}`, or an address at `example.com`.""",
    matters="""People read it as the truth: they look for a team of that name, or follow a link that leads nowhere.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: "TODO: describe it"
spec:
  type: service
  lifecycle: production
  owner: <your-team>
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Takes orders and keeps them until they are paid.
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)

_WORDS = frozenset({
    "todo", "tbd", "tba", "fixme", "changeme", "change-me", "change_me", "replaceme", "replace-me", "replace_me", "xxx", "placeholder",
    "fill-me-in", "insert-name-here", "your-name", "your-team", "my-team-name", "team-name", "owner-name", "your-component", "your-service",
})  # fmt: skip
_PIECES = re.compile(
    r"^(?:TODO|FIXME|XXX|TBD)\b"
    r"|<(?:your|my|the|insert|team|owner|name|project|org|organi[sz]ation|service|component|repo|repository|fill|enter|change|replace)\b[^<>\n]*>"
    r"|\b(?:your|my)-(?:org|organi[sz]ation|repo|project|company)\b"
    r"|\$\{\{|\{\{|\{%"
    r"|(?i:\blorem ipsum\b)"
)
_EXAMPLE = re.compile(r"(?:@|//)(?:[a-z0-9-]+\.)*(example\.(?:com|org|net))\b", re.IGNORECASE)
"""Domains that nobody can own (RFC 2606)."""
_FIELDS = ("owner", "system", "domain", "type", "lifecycle", "parent", "subcomponentOf", "subdomainOf")
_ADDRESSES = (("spec", "owner"), ("spec", "profile", "email"))
_LONGEST = 2_000


def find(document: Examined) -> Iterator[Problem]:
    """Each value that people read and that was to be replaced."""
    for path, value in _values(document):
        if isinstance(value, str) and value and (why := _reason(path, value)):
            hint = "Write what is true here, or remove the line."
            yield document.problem(RULE, f'`{dotted(path)}` is still "{shown(value)}": {why}.', path, hint)


def _values(document: Examined) -> Iterator[tuple[Path, Any]]:
    metadata, spec = document.metadata(), document.spec()
    yield from ((("metadata", field), metadata.get(field)) for field in ("title", "description"))
    annotations, tags, links = (metadata.get(field) for field in ("annotations", "tags", "links"))
    yield from (
        (("metadata", "annotations", key), value) for key, value in (annotations.items() if isinstance(annotations, Mapping) else ())
    )
    yield from ((("metadata", "tags", number), tag) for number, tag in enumerate(tags if isinstance(tags, list) else ()))
    for number, link in enumerate(links if isinstance(links, list) else ()):
        if isinstance(link, Mapping):
            yield from ((("metadata", "links", number, field), link.get(field)) for field in ("url", "title"))
    yield from ((("spec", field), spec.get(field)) for field in _FIELDS)
    profile = spec.get("profile")
    yield ("spec", "profile", "email"), profile.get("email") if isinstance(profile, Mapping) else None


def _reason(path: Path, value: str) -> str:
    """Why the value cannot be meant; an empty text where it may be."""
    text = value[:_LONGEST].strip()
    if text.lower() in _WORDS or _PIECES.search(text):
        return "that was to be replaced"
    example = _EXAMPLE.search(text) if path in _ADDRESSES or path[-1] == "url" else None
    return f"nobody has an address at {example[1].lower()}" if example else ""
