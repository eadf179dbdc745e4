"""One page of a listing → the request for the next page: by ``Link`` header, cursor or offset."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from callboard.io.http.cache import Answer
from callboard.io.http.urls import Params

LINK = re.compile(r"<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:\"[^\"]*\"|[^\s\",;]+))?)*)")
RELATION = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s\",;]+))", re.IGNORECASE)
Next = str | Params | None
"""A link to the next page, or its complete query, or None after the last page."""


class Paging(Protocol):
    """How a host splits listings into pages."""

    def next(self, answer: Answer, query: Params) -> Next:
        """What to request after ``answer``, the response to ``query``."""


@dataclass(frozen=True, slots=True)
class LinkHeader:
    """``Link: <…>; rel="next"`` (RFC 8288): GitHub, GitLab, Gitea."""

    def next(self, answer: Answer, query: Params) -> Next:  # noqa: ARG002 - the protocol's signature
        """The link with ``rel="next"``, as the host wrote it."""
        return links(answer.headers.get("link", "")).get("next")


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value in the response that becomes a parameter of the next query."""

    field: tuple[str, ...]
    """Names of nested objects that lead to the value: ``("pageInfo", "nextCursor")``."""
    parameter: str
    keeps: tuple[str, ...] | None = None
    """Parameters that the next query repeats; None for all."""

    def next(self, answer: Answer, query: Params) -> Next:
        """The query with the cursor in it."""
        value: Any = answer.object()
        for name in self.field:
            value = value.get(name) if isinstance(value, dict) else None
        if not isinstance(value, str | int) or value == "" or isinstance(value, bool):
            return None
        rest = {name: given for name, given in query.items() if self.keeps is None or name in self.keeps}
        return {**rest, self.parameter: value}


@dataclass(frozen=True, slots=True)
class Offset:
    """The number of items to skip: PagerDuty (``more``), Opsgenie, Datadog."""

    items: str
    """Field of the response that holds the items."""
    size: int
    """Items that a full page has."""
    parameter: str = "offset"
    more: str = ""
    """Boolean field for whether there are more items; without it, a full page has a next one."""

    def next(self, answer: Answer, query: Params) -> Next:
        """The query with the next offset, unless the page was the last."""
        value = answer.object()
        items = value.get(self.items)
        count = len(items) if isinstance(items, list) else 0
        more = value.get(self.more) is True if self.more else count >= self.size
        if not more or not count:
            return None
        return {**query, self.parameter: int(str(query.get(self.parameter, 0))) + count}


def links(header: str) -> Mapping[str, str]:
    """Targets of a ``Link`` header by relation; the first of each relation counts."""
    targets: dict[str, str] = {}
    for match in LINK.finditer(header[:20_000]):
        relation = RELATION.search(match.group(2))
        for name in ((relation.group(1) or relation.group(2) or "") if relation else "").lower().split():
            targets.setdefault(name, match.group(1).strip())
    return targets
