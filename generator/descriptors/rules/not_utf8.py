"""YML007: the file holds bytes that are no UTF-8."""

from __future__ import annotations

from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity, Span

RULE = Rule(
    code="YML007",
    name="not-utf8",
    severity=Severity.WARNING,
    summary="The file holds bytes that are no UTF-8.",
    means="""Descriptors are UTF-8. A byte that does not fit is shown as `�`; most often the file was saved as Latin-1 or
Windows-1252.""",
    matters="""Names and descriptions lose their special letters, in Backstage as well as here.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Bestellungen f�r alle
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Bestellungen für alle
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def problem(line: int, column: int, origin: Origin) -> Problem:
    """The finding for the first byte that does not fit."""
    return RULE.problem(
        "The file holds a byte that is no UTF-8.", origin=origin, span=Span(line, column, line, column + 1), hint="Save the file as UTF-8."
    )


def of_utf16(origin: Origin) -> Problem:
    """The finding for a file that is text all through, in another encoding; nothing else of it is judged."""
    return RULE.problem(
        "The file is UTF-16, as PowerShell and Notepad may write it, and not UTF-8.",
        severity=Severity.ERROR, origin=origin, span=Span(1, 1, 1, 2), hint="Save the file as UTF-8.",
    )  # fmt: skip
