"""Queries of alerts → whether an alert fits them, for the queries that need no request of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from callboard.plugins.integrations import value_at

TERM = re.compile(r'(tag|tags|entity|alias|source)\s*+[:=]\s*+(?:"([^"]*+)"|([^\s"()]++))', re.IGNORECASE)
"""The terms of a query that are compared here; queries with other ones are sent to the tool."""
AlertFields = Mapping[str, Any]
Matches = Callable[[AlertFields], bool]


def alert_matcher(query: str) -> Matches | None:
    """Whether an alert has the terms of a query, joined by ``AND`` or by ``OR``; None for a query that has anything else."""
    for word, join in ((" OR ", any), (" AND ", all)):
        terms = [TERM.fullmatch(part.strip()) for part in query.split(word)]
        if all(terms):
            wanted = [(term[1].lower(), (term[2] or term[3] or "").lower()) for term in terms if term]
            return partial(_has_terms, join, wanted)
    return None


def _has_terms(join: Callable[[Iterable[bool]], bool], wanted: Sequence[tuple[str, str]], alert: AlertFields) -> bool:
    return join(text in _texts(alert, key) for key, text in wanted)


def _texts(alert: AlertFields, key: str) -> set[str]:
    """The values of a field of an alert in lower case: its tags, or its one value."""
    value = value_at(alert, "tags" if key in {"tag", "tags"} else key)
    return {text.lower() for text in (value if isinstance(value, list) else [value]) if isinstance(text, str)}
