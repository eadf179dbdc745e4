"""YML005, YML007–YML010: files that cannot be read as documents, and how many problems are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from callboard.descriptors.document import CheckedDocument, type_name
from callboard.descriptors.kinds import Kinds
from callboard.model.counting import counted
from callboard.model.entity import Origin
from callboard.model.errors import TreeError
from callboard.model.problem import Problem, Rule, Severity, Span

TOO_LARGE = Rule(
    code="YML005",
    name="too-large",
    severity=Severity.ERROR,
    summary="The file or document is larger than the portal reads.",
    means="""A descriptor has bounds: bytes of the file, documents in it, values in a document and levels of nesting. They can be
raised under `limits:` in `sources.yaml`.""",
    matters="""A file past a bound is most likely no descriptor, or one that was made to exhaust whoever reads it. What is past the
bound is not read.""",
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


def file_problem(limit: int, origin: Origin) -> Problem:
    """The whole file is too large to be opened."""
    message = f"The file has more than {limit:,} bytes, which is the most that is read of a descriptor."
    return TOO_LARGE.problem(
        message, origin=origin, span=Span(1, 1, 1, 2), hint="Move large definitions into files of their own and name them with $text."
    )


NOT_UTF8 = Rule(
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


def not_utf8_problem(line: int, column: int, origin: Origin) -> Problem:
    """The finding for the first byte that does not fit."""
    return NOT_UTF8.problem(
        "The file holds a byte that is no UTF-8.", origin=origin, span=Span(line, column, line, column + 1), hint="Save the file as UTF-8."
    )


def of_utf16(origin: Origin) -> Problem:
    """The finding for a file that is text all through, in another encoding; nothing else of it is judged."""
    return NOT_UTF8.problem(
        "The file is UTF-16, as PowerShell and Notepad may write it, and not UTF-8.",
        severity=Severity.ERROR, origin=origin, span=Span(1, 1, 1, 2), hint="Save the file as UTF-8.",
    )  # fmt: skip


NO_MAPPING = Rule(
    code="YML008",
    name="no-mapping",
    severity=Severity.ERROR,
    summary="The document is no mapping.",
    means="""A descriptor is a mapping: lines of `key: value`. This document is a single text, a number or a list. Often a colon
lacks its blank (`kind:Component`), or each line begins with `- `.""",
    matters="""Backstage refuses the document: the entity is missing there, and whatever refers to it leads nowhere.""",
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
    """The finding for a document of which this is the whole value."""
    span = CheckedDocument({}, text, origin, Kinds({})).span(())
    message = f"A descriptor is a mapping, and this document is {type_name(value)}."
    return NO_MAPPING.problem(message, origin=origin, span=span, hint='Write lines of "key: value", with a blank behind each colon.')


MORE_PROBLEMS = Rule(
    code="YML009",
    name="more-problems",
    severity=Severity.INFO,
    summary="There are more problems than are listed.",
    means="""Only so many problems of one file are listed (`limits:` in `sources.yaml`), and 200 of those that the catalog finds in one
entity, such as references that lead nowhere. The rest is left out.""",
    matters="""Mending the first ones often mends the rest.""",
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


def more_problems_problem(most: int, origin: Origin) -> Problem:
    """The finding that stands for all of a file that are not listed."""
    return MORE_PROBLEMS.problem(
        f"The file has more than {most:,} problems; the rest is not listed.", origin=origin, hint="Mend the listed ones first."
    )


def of_entity(left_out: Sequence[Problem]) -> Problem:
    """The finding that stands for those of one entity that are not listed: how many there are of each code."""
    first, codes = left_out[0], Counter(problem.code for problem in left_out)
    told = ", ".join(f"{number:,} of {code}" for code, number in sorted(codes.items()))
    return MORE_PROBLEMS.problem(
        f"{first.subject} has {counted(len(left_out), 'more problem')} than are listed: {told}.",
        origin=first.origin,
        subject=first.subject,
        hint="Mend the listed ones first.",
    )


UNREADABLE_FILE = Rule(
    code="YML010",
    name="unreadable-file",
    severity=Severity.ERROR,
    summary="The file cannot be read.",
    means="""A source or a Location named the file, and it could not be opened: it is missing, no file, or a link that leads out of
the repository.""",
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
    """The finding for a file that its tree does not give out."""
    return UNREADABLE_FILE.problem(
        f"The file cannot be read: {error}.", origin=origin, hint=error.hint or "Correct the path that leads to it."
    )
