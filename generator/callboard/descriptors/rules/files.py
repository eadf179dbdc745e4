"""Files and documents that cannot be read → problems YML005 and YML007–YML012, with a place."""

from __future__ import annotations

from typing import Any

from callboard.descriptors.document import CheckedDocument
from callboard.descriptors.kinds import Kinds
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.model.problem_limit import LeftOut
from callboard.model.ref import EntityRef
from callboard.redaction.secrets import mask
from callboard.settings.schema_messages import type_mismatch

TOO_LARGE = Rule(
    code="YML005",
    name="too-large",
    severity=Severity.ERROR,
    summary="The file or document exceeds a size limit.",
    means="""Descriptors have limits: bytes in a file, documents in a file, values in a document and levels of nesting. Raise them
under `limits:` in `sources.yaml`.""",
    matters="""A file beyond a limit is most likely not a descriptor, or was made to exhaust the program that reads it. Content beyond
the limit is not read.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
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


TOO_LARGE_HINT = (
    "Split the file, move large definitions into separate files and refer to them with $text, or raise limits.descriptor_bytes "
    "in sources.yaml."
)


def too_large_problem(limit: int, origin: Origin) -> Problem:
    """Return the problem of a file with more than ``limit`` bytes."""
    message = f"The file has more than {limit:,} bytes, the limit for a descriptor."
    return TOO_LARGE.problem(message, origin=origin, span=Span.at(1, 1), hint=TOO_LARGE_HINT)


NOT_UTF8 = Rule(
    code="YML007",
    name="not-utf8",
    severity=Severity.WARNING,
    summary="The file contains bytes that are not valid UTF-8.",
    means="""Descriptors are UTF-8. An invalid byte is shown as `�`; usually the file was saved as Latin-1 or Windows-1252.""",
    matters="""Names and descriptions lose their special characters, in Backstage and in Callboard.""",
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


def not_utf8_problem(line: int, column: int, origin: Origin) -> Problem:
    """Return the problem of the first invalid byte, at a line and column from 1."""
    return NOT_UTF8.problem(
        "The file contains a byte that is not valid UTF-8.",
        origin=origin,
        span=Span.at(line, column),
        hint="Save the file as UTF-8.",
    )


def utf16_problem(origin: Origin) -> Problem:
    """Return the problem of a file in UTF-16; nothing else of it is checked."""
    return NOT_UTF8.problem(
        "The file is encoded as UTF-16, which PowerShell and Notepad may write, not as UTF-8.",
        severity=Severity.ERROR, origin=origin, span=Span.at(1, 1), hint="Save the file as UTF-8.",
    )  # fmt: skip


NO_MAPPING = Rule(
    code="YML008",
    name="no-mapping",
    severity=Severity.ERROR,
    summary="The document is not a mapping.",
    means="""A descriptor is a mapping: lines of `key: value`. This document is a string, a number or a list. Often the space after a
colon is missing (`kind:Component`), or each line begins with `- `.""",
    matters="""Backstage rejects the document: the entity is missing there, and every reference to it is broken.""",
    wrong="""- apiVersion: backstage.io/v1alpha1
- kind: Component
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


def no_mapping_problem(value: Any, text: str, origin: Origin) -> Problem:
    """Return the problem of a document whose value is not a mapping."""
    span = CheckedDocument({}, text, origin, Kinds({})).span(())
    message = f"A descriptor {type_mismatch('a mapping', value)}."
    return NO_MAPPING.problem(message, origin=origin, span=span, hint=_mapping_hint(value))


def _mapping_hint(value: Any) -> str:
    """How to write a mapping in place of the value."""
    items = value if isinstance(value, list) else []
    if items and all(isinstance(item, dict) and "kind" in item and "metadata" in item for item in items):
        return 'Write each descriptor as a document: a line --- above it, no "- ", and its lines two columns to the left.'
    if items and all(isinstance(item, dict) for item in items):
        return 'Remove the "- " at the beginning of the lines.'
    return 'Write lines of "key: value", with a space after each colon.'


MORE_PROBLEMS = Rule(
    code="YML009",
    name="more-problems",
    severity=Severity.INFO,
    summary="Not all problems are listed.",
    means="""The number of listed problems is limited: of one file by `problems_per_file` under `limits:` in `sources.yaml`, and to 200
of those that the catalog finds in one entity, such as dangling references. The most severe ones are listed; the others are counted
by code.""",
    matters="""This problem is as severe as the most severe one that is left out. Fixing the listed ones often fixes the rest.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [A, B, C, "…"]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  tags: [a, b, c]
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def more_problems_of_file(left_out: LeftOut, origin: Origin) -> Problem:
    """Return the problem in place of those of a file that are not listed."""
    return MORE_PROBLEMS.problem(
        f"The file has {left_out}.",
        severity=left_out.severity,
        origin=origin,
        hint="Fix the listed ones first, or raise limits.problems_per_file in sources.yaml.",
    )


def more_problems_of_entity(left_out: LeftOut, first: Problem) -> Problem:
    """Return the problem in place of those of one entity that are not listed; ``first`` is one of its problems."""
    return MORE_PROBLEMS.problem(
        f"{first.subject} has {left_out}.",
        severity=left_out.severity,
        origin=first.origin,
        subject=first.subject,
        hint="Fix the listed ones first.",
    )


UNREADABLE_FILE = Rule(
    code="YML010",
    name="unreadable-file",
    severity=Severity.ERROR,
    summary="The file cannot be read.",
    means="""A source or a Location names the file, and it could not be opened: it does not exist, is not a regular file, or is a link
that leads out of the repository.""",
    matters="""Its entities are missing.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./a-folder
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  target: ./a-folder/catalog-info.yaml
""",
)


def unreadable_file_problem(error: TreeError, origin: Origin) -> Problem:
    """Return the problem of a file whose tree raised ``error``."""
    return UNREADABLE_FILE.problem(f"The file cannot be read: {error}.", origin=origin, hint=error.hint or "Fix the path that leads to it.")


CUT_DOCUMENT = Rule(
    code="YML011",
    name="cut-document",
    severity=Severity.ERROR,
    summary="A part of a descriptor is cut off by a line ---.",
    means="""A line `---` in the first column begins a new document. This document is in a file with descriptors, and has neither
`apiVersion` and `kind` nor a name: most likely its lines belong to the descriptor above or below.""",
    matters="""Backstage rejects the document. Its lines are no part of any entity: relations and annotations in it are lost.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
---
  dependsOn:
    - component:rates
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
  dependsOn:
    - component:rates
""",
)


def cut_document_problem(text: str, origin: Origin) -> Problem:
    """Return the problem of a document that is no descriptor in a file with descriptors."""
    span = CheckedDocument({}, text, origin, Kinds({})).span(())
    where = f"the line --- above line {origin.line}" if origin.document else "the line --- below it"
    return CUT_DOCUMENT.problem(
        "This document has no `apiVersion` and `kind`, although the file has descriptors.",
        origin=origin,
        span=span,
        field=f"document[{origin.document}]",
        hint=f"Remove {where} if these lines belong to the descriptor next to it; else move them to a file of their own.",
    )


RULE_FAILED = Rule(
    code="YML012",
    name="rule-failed",
    severity=Severity.ERROR,
    summary="A rule failed at this document.",
    means="""A rule, or a step of reading, ended with an unexpected exception at this document. This is a defect in Callboard or in a
plugin, not in the descriptor. Everything else is read and checked as usual.""",
    matters="""What this rule would report is unknown; a document that could not be read at all is missing. Please report the message
with the descriptor.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  note: a value that a rule does not expect
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


def rule_failed_problem(rule: str, error: Exception, origin: Origin | None = None, subject: EntityRef | None = None) -> Problem:
    """Return the problem of a rule, or of a step of reading, that raised ``error``; secrets are masked."""
    detail = f"{type(error).__name__}: {str(error)[:_LONGEST_ERROR]}" if str(error) else type(error).__name__
    return RULE_FAILED.problem(
        f"The rule `{rule}` failed: {mask(detail)}.",
        origin=origin,
        subject=subject,
        field=f"document[{origin.document}].{rule}" if origin else rule,
        hint="This is a defect in Callboard or in a plugin: please report it with the descriptor.",
    )


_LONGEST_ERROR = 200
