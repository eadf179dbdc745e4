"""Ways in which hosts split listings into pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from callboard.io.http.answer import Answer
from callboard.io.http.urls import Params

LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)
Next = str | Params | None
"""A link to the next page, or the whole query of it, or None after the last one."""


class Paging(Protocol):
    """Knows from one page how to ask for the next."""

    def next(self, answer: Answer, asked: Params) -> Next:
        """What to ask for after ``answer`` to the query ``asked``."""


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """``Link: <…>; rel="next"`` (RFC 8288): GitHub, GitLab, Gitea."""

    def next(self, answer: Answer, asked: Params) -> Next:  # noqa: ARG002 - the way of the protocol
        """The link as the host wrote it."""
        return links(answer.headers.get("link", "")).get("next")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A text in the answer that the next query takes along."""

    field: tuple[str, ...]
    """Names of nested objects that lead to it: ``("pageInfo", "nextCursor")``."""
    parameter: str
    keeps: tuple[str, ...] | None = None
    """Parameters that are said again; all of them without it."""

    def next(self, answer: Answer, asked: Params) -> Next:
        """The query with the cursor in it."""
        value: Any = answer.object()
        for name in self.field:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str | int) or value == "" or isinstance(value, bool):
            return None
        rest = {name: told for name, told in asked.items() if self.keeps is None or name in self.keeps}
        return {**rest, self.parameter: value}


@dataclass(frozen=True, slots=True)
class Offset:
    """Numbers of items to leave out: PagerDuty (``more``), Opsgenie, Datadog."""

    items: str
    """Field of the answer that holds the items."""
    size: int
    """Items that a full page has."""
    parameter: str = "offset"
    more: str = ""
    """Field that says whether there are more; without it a full page has a next one."""

    def next(self, answer: Answer, asked: Params) -> Next:
        """The query with the next offset, unless the page was the last."""
        value = answer.object()
        items = value.get(self.items)
        count = len(items) if isinstance(items, list) else 0
        more = value.get(self.more) is True if self.more else count >= self.size
        if not more or not count:
            return None
        return {**asked, self.parameter: int(str(asked.get(self.parameter, 0))) + count}


def links(header: str) -> Mapping[str, str]:
    """Relations to targets of a ``Link`` header; the first of each relation counts."""
    found: dict[str, str] = {}
    for match in LINK.finditer(header[:20_000]):
        relation = RELATION.search(match.group(2))
        for name in ((relation.group(1) or relation.group(2) or "") if relation else "").lower().split():
            found.setdefault(name, match.group(1).strip())
    return found
