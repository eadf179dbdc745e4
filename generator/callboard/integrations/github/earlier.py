"""A repository with the first pages of its deployments and commits in; the same with those of the last days, page by page, out.

A build records deployments and runs over time. If more happened since the last build than the first page has, numbers would have gaps. Only
repositories in which so much happened in the last days cost further queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from callboard.integrations.github.facts import FactNode, deployments_since, runs_since
from callboard.integrations.github.queries import MORE_COMMITS, MORE_DEPLOYMENTS
from callboard.plugins.integrations import GraphqlClient, HttpError, objects_at, string_at, value_at

REACH = timedelta(days=3)
"""How far back further pages are queried: daily builds may fail twice without a gap."""
PAGES = 5
"""Further pages of one list at most: 500 deployments, or 125 commits of the default branch."""
PAGES_OF_BUILD = 500
"""Further pages of all repositories at most: a tenth of the queries that GitHub allows in an hour."""


class _PagedList(NamedTuple):
    """A list of a repository that has pages."""

    query: str
    path: tuple[str, ...]
    """Where the list is in a repository."""
    since: Callable[[FactNode, datetime], datetime | None]
    """The time of the oldest listed item if there are older ones."""


_LISTS = {
    "deployment": _PagedList(MORE_DEPLOYMENTS, ("deployments",), deployments_since),
    "pipeline-run": _PagedList(MORE_COMMITS, ("runs", "target", "history"), runs_since),
}
"""By family."""


class EarlierPages:
    """Queries the further pages of repositories, a limited number of them in a build."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._left = PAGES_OF_BUILD

    def completed(self, graphql: GraphqlClient, node: FactNode, family: str) -> Iterator[FactNode]:
        """The repository after each further page of a family. Raises ``HttpError`` if a page cannot be read."""
        paged = _LISTS.get(family)
        owner, _, name = string_at(node, "nameWithOwner").partition("/")
        if paged is None or not name:
            return
        for _ in range(PAGES):
            since = paged.since(node, self._now)
            cursor = string_at(node, *paged.path, "pageInfo", "endCursor")
            if since is None or since < self._now - REACH or not cursor or not self._left:
                return
            self._left -= 1
            response = graphql.query(paged.query, {"owner": owner, "name": name, "cursor": cursor})
            page = value_at(response.data, "repository", *paged.path)
            if not isinstance(page, Mapping):
                raise HttpError("wrong-type", f"GitHub's answer does not contain earlier items of {owner}/{name} ({family})")
            node = _replaced(node, paged.path, {**page, "nodes": [*objects_at(node, *paged.path, "nodes"), *objects_at(page, "nodes")]})
            yield node


def _replaced(node: Any, path: tuple[str, ...], value: Any) -> Any:
    """The node with another value at the path."""
    return {**node, path[0]: _replaced(node[path[0]], path[1:], value)} if path else value
