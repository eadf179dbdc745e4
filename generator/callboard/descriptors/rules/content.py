"""FIL001, SEC001, KND001: values left to fill in, secrets, and house rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.descriptors.document import CheckedDocument, FieldPath, dotted, shown
from callboard.descriptors.schema_messages import messages_of
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.redaction.secrets import find_secrets

VALUE_TO_FILL_IN = Rule(
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


def find_value_to_fill_in(document: CheckedDocument) -> Iterator[Problem]:
    """Each value that people read and that was to be replaced."""
    for path, value in _values(document):
        if isinstance(value, str) and value and (why := _reason(path, value)):
            hint = "Write what is true here, or remove the line."
            yield document.problem(VALUE_TO_FILL_IN, f'`{dotted(path)}` is still "{shown(value)}": {why}.', path, hint)


def _values(document: CheckedDocument) -> Iterator[tuple[FieldPath, Any]]:
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


def _reason(path: FieldPath, value: str) -> str:
    """Why the value cannot be meant; an empty text where it may be."""
    text = value[:_LONGEST].strip()
    if text.lower() in _WORDS or _PIECES.search(text):
        return "that was to be replaced"
    example = _EXAMPLE.search(text) if path in _ADDRESSES or path[-1] == "url" else None
    return f"nobody has an address at {example[1].lower()}" if example else ""


SECRET = Rule(
    code="SEC001",
    name="secret-in-descriptor",
    severity=Severity.WARNING,
    summary="The descriptor holds something that looks like a secret.",
    means="""A private key, an access token or a password stands in the descriptor, which everybody who sees the portal or the
repository can read.""",
    matters="""Whoever reads it can use it. The portal masks what it finds, but the repository's history keeps it: revoke it first,
then remove it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    example.com/database: postgres://orders:hunter2hunter2@db.example.com/orders
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
    example.com/database: postgres://db.example.com/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_secret(document: CheckedDocument) -> Iterator[Problem]:
    """Each piece of the document that looks like a secret."""
    for number, secret in enumerate(find_secrets(document.text), 1):
        before = document.text[: secret.start]
        line, column = before.count("\n"), secret.start - before.rfind("\n")
        shown = document.text[secret.start : secret.end].split("\n", 1)[0]
        first = document.origin.line + line
        yield SECRET.problem(
            f"This looks like a secret ({secret.kind}).",
            origin=document.origin,
            span=Span(first, column, first, column + len(shown)),
            subject=document.ref,
            field=f"{secret.kind} {number}",
            hint="Revoke it, remove it here, and keep it where only its users can read it.",
        )


HOUSE_RULE = Rule(
    code="KND001",
    name="house-rule",
    severity=Severity.WARNING,
    summary="The descriptor is not as this organisation wants it.",
    means="""A JSON Schema under `kinds:` in `sources.yaml` asks for more than Backstage does: only certain lifecycles, tags out of a
vocabulary, an annotation that must be there. What it wants stands in the message, and in the portal's `/schema/<kind>.json`. For a kind
that only this portal knows it is an error, for Backstage's own kinds a warning.""",
    matters="""Backstage accepts the document. Here it is told because this organisation agreed on it: lists, filters and reports rely on
it.""",
    wrong="""# kinds/component.json: {"x-callboard": {"kind": "Component"},
#   "properties": {"spec": {"properties": {"lifecycle": {"enum": ["experimental", "production", "deprecated"]}}}}}
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: live
  owner: team-orders
""",
    right="""# kinds/component.json: {"x-callboard": {"kind": "Component"},
#   "properties": {"spec": {"properties": {"lifecycle": {"enum": ["experimental", "production", "deprecated"]}}}}}
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find_house_rule(document: CheckedDocument) -> Iterator[Problem]:
    """Everything that the portal's own schemas want and Backstage does not."""
    severity = Severity.ERROR if document.kind and document.kind.is_own else None
    for error in document.house:
        for path, message, hint, at_key in messages_of(document, error):
            yield document.problem(HOUSE_RULE, message, path, hint, severity=severity, at_key=at_key)
