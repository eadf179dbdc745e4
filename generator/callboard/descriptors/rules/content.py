"""A checked document → problems FIL001, SEC001 and KND001: unfilled placeholder values, secrets, and violated house rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from callboard.descriptors.document import CheckedDocument
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.redaction.secrets import find_secrets
from callboard.settings.schema_messages import shown

VALUE_TO_FILL_IN = Rule(
    code="FIL001",
    name="value-to-fill-in",
    severity=Severity.WARNING,
    summary="A placeholder value was not replaced: TODO, changeme, <your-team>.",
    means="""The descriptor was created from a template or an example, and this value was meant to be replaced: `TODO`, `changeme`,
`<your-team>`, `${{ values.owner }}`, or a URL or e-mail address at `example.com`.""",
    matters="""Readers take it for a real value: they look for a team of that name, or follow a link that is broken.""",
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
_MARK = r"(?:TODO|FIXME|XXX|TBD)"
_BLANK = (
    r"(?i:<(?:your|my|the|insert|team|owner|name|project|org|organi[sz]ation|service|component|repo|repository"
    r"|fill|enter|change|replace)\b[^<>\n]*>)"
)
_AT_BEGIN = re.compile(
    rf"{_MARK}\b(?:\s*$|\s*[:;(\[.…!]|\s+[–—-]\s|\s+(?:add|change|describe|document|fill|insert|provide|replace|update|write)\b)"
    rf"|{_BLANK}$"
    r"|(?:https?://(?:github\.com|gitlab\.com|bitbucket\.org)/)?(?:your|my)-(?:org|organi[sz]ation|repo|project|company)\b"
    r"|(?i:lorem ipsum$)"
)
_ANYWHERE = re.compile(r"\{\{-?\s*(?:values|parameters|cookiecutter)\s*[.\[]|(?i:\blorem ipsum dolor\b)")
"""Placeholders in any value. Sentences and queries may mention others: "TODO app", "Renders ``{{ .Values.image }}``"."""
_IN_NAMES = re.compile(rf"^{_MARK}\b|{_BLANK}|\$\{{\{{|\{{\{{|\{{%")
"""Placeholders in values that are names: of an owner, a system, a type."""
_EXAMPLE = re.compile(r"(?:@|//)(?:[a-z0-9-]+\.)*(example\.(?:com|org|net))\b", re.IGNORECASE)
"""Domains that are reserved for documentation and cannot be registered (RFC 2606)."""
_FIELDS = ("owner", "system", "domain", "type", "lifecycle", "parent", "subcomponentOf", "subdomainOf")
_ADDRESSES = (("spec", "owner"), ("spec", "profile", "email"))
_LONGEST = 2_000


def find_value_to_fill_in(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each value shown to readers that is still a placeholder."""
    for path, value in _values(document):
        if isinstance(value, str) and value and (why := _reason(path, value)):
            hint = "Write the real value, or remove the line."
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
    """Return why the value is a placeholder; an empty string if it is not."""
    text = value[:_LONGEST].strip()
    is_name, lower = path[0] == "spec" or "tags" in path, text.lower()
    is_long = "{{" in text or "lorem" in lower  # a search in most values would find nothing
    if lower in _WORDS or _AT_BEGIN.match(text) or (is_long and _ANYWHERE.search(text)) or (is_name and _IN_NAMES.search(text)):
        return "a placeholder that was not replaced"
    example = _EXAMPLE.search(text) if path in _ADDRESSES or path[-1] == "url" else None
    return f"{example[1].lower()} is reserved for examples" if example else ""


SECRET = Rule(
    code="SEC001",
    name="secret-in-descriptor",
    severity=Severity.WARNING,
    summary="The descriptor contains what looks like a secret.",
    means="""The descriptor contains a private key, an access token or a password, which everyone with access to the portal or the
repository can read.""",
    matters="""Every reader can use it. The portal masks the secrets that it detects, but the repository's history keeps them: revoke
the secret first, then remove it.""",
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
    """Yield a problem for each piece of the text that looks like a secret."""
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
            hint="Revoke it, remove it here, and store it in a secret manager.",
        )


HOUSE_RULE = Rule(
    code="KND001",
    name="house-rule",
    severity=Severity.WARNING,
    summary="The descriptor violates a house rule of this portal.",
    means="""A JSON Schema under `kinds:` in `sources.yaml` requires more than Backstage does: certain lifecycles, tags from a
vocabulary, a mandatory annotation. The message and the portal's `/schema/<kind>.json` show what is required. For a custom kind of this
portal it is an error, for Backstage's own kinds a warning.""",
    matters="""Backstage accepts the document. It is reported because this organization has agreed on the rule: lists, filters and
reports rely on it.""",
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
    """Yield a problem for each requirement of the portal's own schemas that the document violates."""
    severity = Severity.ERROR if document.kind and document.kind.is_own else None
    for error in document.house_errors:
        for path, message, hint, at_key in document.messages(error):
            yield document.problem(HOUSE_RULE, message, path, hint, severity=severity, at_key=at_key)
