"""One page of a listing → the request for the next page: by link, cursor or offset, in headers or in the body."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from callboard.io.http.cache import Answer
from callboard.io.http.urls import Params
from callboard.model.data_classes import dataclass

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
class NextLink:
    """The URL of the next page in the body, absolute or relative: Microsoft Graph, Bitbucket Cloud, JSON:API. None or empty ends."""

    field: tuple[str, ...]
    """Names of nested objects that lead to the URL: ``("links", "next")``."""

    def next(self, answer: Answer, query: Params) -> Next:  # noqa: ARG002 - the protocol's signature
        """The URL as the host wrote it; the client requests it only from the host of its base URL."""
        value = _nested(answer, self.field)
        return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A value in the response that becomes a parameter of the next query."""

    field: tuple[str, ...]
    """Names of nested objects that lead to the value: ``("pageInfo", "nextCursor")``."""
    parameter: str
    keeps: tuple[str, ...] | None = None
    """Parameters that the next query repeats; None for all, ``()`` for hosts that take a cursor alone (Dynatrace)."""

    def next(self, answer: Answer, query: Params) -> Next:
        """The query with the cursor in it."""
        return _continued(_nested(answer, self.field), self.parameter, query, self.keeps)


@dataclass(frozen=True, slots=True)
class HeaderCursor:
    """A header of the response that becomes a parameter of the next query: Azure DevOps (``x-ms-continuationtoken``)."""

    header: str
    """In lower case. A response without it is the last page."""
    parameter: str

    def next(self, answer: Answer, query: Params) -> Next:
        """The query with the value of the header in it."""
        return _continued(answer.headers.get(self.header, "").strip(), self.parameter, query, None)


@dataclass(frozen=True, slots=True)
class BodyCursor:
    """A value in the response that becomes a field of the next query's body: GraphQL (``variables.cursor``), AWS (``NextPageToken``)."""

    field: tuple[str, ...]
    """Names of nested objects that lead to the value."""
    place: tuple[str, ...]
    """Names of nested objects that lead to the field of the body."""

    def next(self, answer: Answer, query: Params) -> Next:
        """The body with the cursor in it."""
        value = _nested(answer, self.field)
        is_cursor = isinstance(value, str | int) and value != "" and not isinstance(value, bool)
        return _with_value(query, self.place, value) if is_cursor else None


@dataclass(frozen=True, slots=True)
class Offset:
    """The number of items to skip: PagerDuty (``more``), Opsgenie, Datadog, Keycloak (``first``), SCIM (``startIndex``, from 1)."""

    items: str
    """Field of the response that holds the items; empty if the response itself is the list."""
    size: int
    """Items that a full page has."""
    parameter: str = "offset"
    more: str = ""
    """Boolean field for whether there are more items; without it, a full page has a next one."""
    first: int = 0
    """The offset of the first item."""
    total: str = ""
    """Field with the number of all items, for hosts whose pages may be shorter than requested; a page without items ends, too."""

    def next(self, answer: Answer, query: Params) -> Next:
        """The query with the next offset, unless the page was the last."""
        value: Any = answer.object() if self.items else {"": answer.array()}
        items = value.get(self.items)
        count = len(items) if isinstance(items, list) else 0
        following = int(str(query.get(self.parameter, self.first))) + count
        return {**query, self.parameter: following} if count and self._has_more(value, count, following) else None

    def _has_more(self, value: Mapping[str, Any], count: int, following: int) -> bool:
        total = value.get(self.total) if self.total else None
        if isinstance(total, int) and not isinstance(total, bool):
            return following - self.first < total
        return value.get(self.more) is True if self.more else count >= self.size


def _nested(answer: Answer, names: Sequence[str]) -> Any:
    value: Any = answer.object()
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _with_value(body: Mapping[str, Any], place: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy of the body with the value at the place; objects on the way are made."""
    name, *rest = place
    inner = body.get(name)
    return {**body, name: _with_value(inner if isinstance(inner, Mapping) else {}, rest, value) if rest else value}


def _continued(value: Any, parameter: str, query: Params, keeps: tuple[str, ...] | None) -> Next:
    """The query with a cursor in it; None if the value is none."""
    if not isinstance(value, str | int) or value == "" or isinstance(value, bool):
        return None
    return {**{name: given for name, given in query.items() if keeps is None or name in keeps}, parameter: value}


def links(header: str) -> Mapping[str, str]:
    """Targets of a ``Link`` header by relation; the first of each relation counts."""
    targets: dict[str, str] = {}
    for match in LINK.finditer(header[:20_000]):
        relation = RELATION.search(match.group(2))
        for name in ((relation.group(1) or relation.group(2) or "") if relation else "").lower().split():
            targets.setdefault(name, match.group(1).strip())
    return targets
