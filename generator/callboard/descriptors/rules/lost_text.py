"""A checked document → problem YML013: text that its author wrote as part of a value and that YAML reads as something else."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any

from callboard.descriptors.document import CheckedDocument
from callboard.model.fields import FieldPath, dotted
from callboard.model.problem import Problem, Rule, Severity, Span
from callboard.settings.schema_messages import shown

LOST_TEXT = Rule(
    code="YML013",
    name="lost-text",
    severity=Severity.WARNING,
    summary="Part of a value is a comment, a tag or an anchor.",
    means="""Without quotes, a `#` after a space begins a comment, and a word that begins with `!` or `&` is a tag or an anchor: such
text is not part of the value. Reported are a `#` directly before a letter or digit in a title or description, a tag that YAML does not
define, and an anchor that no alias repeats.""",
    matters="""The value is shorter than what is written, in Backstage and in Callboard.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: Keeps orders until they are paid, see #payments
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  description: "Keeps orders until they are paid, see #payments"
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)

_MAY_LOSE_TEXT = re.compile(r"[ \t]#\w|(?:^|[\s,\[{])[!&][\w.-]")
"""Found in every text that has such a value, and in few others: without it, positions are not computed."""
_COMMENT = re.compile(r"[ \t]+(#(?!(?:noqa|nosec|nosonar|pragma|gitleaks|yamllint|todo|fixme)\b)\w.*)", re.IGNORECASE)
"""A comment that may be text; not one that is written for a tool or for the next author."""
_PROPERTY = re.compile(r"(?:!(?![!<])|&)[^\s,\[\]{}]+")
"""A local tag, or an anchor, at the beginning of a value."""
_ALIAS = re.compile(r"\*([^\s,\[\]{}]+)")
_LONGEST = 60
_SENTENCES = ("title", "description", "displayName")


def find_lost_text(document: CheckedDocument) -> Iterator[Problem]:
    """Yield a problem for each value of which a part is a comment, a tag or an anchor."""
    if not any(sign in document.text for sign in "#!&") or not _MAY_LOSE_TEXT.search(document.text):
        return
    aliases = set(_ALIAS.findall(document.text))
    for path, value in _texts(document):
        span = document.span(path)
        if lost := _property_of(document.line_from(span), aliases):
            yield _problem(document, path, value, lost, f"a YAML {'tag' if lost.startswith('!') else 'anchor'}")
        elif path[-1] in _SENTENCES and span.line == span.end_line:
            comment = _COMMENT.match(document.line_from(replace(span, column=span.end_column)))
            if comment:
                yield _at_comment(_problem(document, path, value, comment[1].rstrip(), "a comment"), span, comment)


def _at_comment(problem: Problem, value: Span, comment: re.Match[str]) -> Problem:
    """The problem at the comment behind a value; unchanged where lines are unknown."""
    start = value.end_column + comment.start(1)
    at = replace(value, column=start, end_column=start + len(comment[1].rstrip()))
    return replace(problem, span=at) if problem.span else problem


def _texts(document: CheckedDocument) -> Iterator[tuple[FieldPath, str]]:
    """Path and value of each string below ``metadata`` and ``spec``, three levels deep."""
    pending: list[tuple[FieldPath, Any]] = [(("spec",), document.spec()), (("metadata",), document.metadata())]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            yield path, value
        elif len(path) <= 3:  # noqa: PLR2004 - metadata.links[0].title
            items = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
            pending += reversed([((*path, key), item) for key, item in items])


def _property_of(written: str, aliases: Collection[str]) -> str:
    """The local tag, or the anchor without an alias, with which a value begins; empty for none."""
    found = _PROPERTY.match(written)
    return "" if found is None or (found[0].startswith("&") and found[0][1:] in aliases) else found[0]


def _problem(document: CheckedDocument, path: FieldPath, value: str, lost: str, what: str) -> Problem:
    cut = lost if len(lost) <= _LONGEST else f"{lost[:_LONGEST]}…"
    message = f'`{dotted(path)}` is "{shown(value)}": "{cut}" is {what}, not part of the value.'
    return document.problem(LOST_TEXT, message, path, "Put the whole value in quotes if this belongs to it.")
