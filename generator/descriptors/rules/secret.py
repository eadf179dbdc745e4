"""SEC001: the descriptor holds something that looks like a secret."""

from __future__ import annotations

from collections.abc import Iterator

from generator.descriptors.examined import Examined
from generator.descriptors.secrets import find_secrets
from generator.problems import Problem, Rule, Severity, Span

RULE = Rule(
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


def find(document: Examined) -> Iterator[Problem]:
    """Each piece of the document that looks like a secret."""
    for number, secret in enumerate(find_secrets(document.text), 1):
        before = document.text[: secret.start]
        line, column = before.count("\n"), secret.start - before.rfind("\n")
        shown = document.text[secret.start : secret.end].split("\n", 1)[0]
        first = document.origin.line + line
        yield RULE.problem(
            f"This looks like a secret ({secret.kind}).",
            origin=document.origin,
            span=Span(first, column, first, column + len(shown)),
            subject=document.ref,
            field=f"{secret.kind} {number}",
            hint="Revoke it, remove it here, and keep it where only its users can read it.",
        )
