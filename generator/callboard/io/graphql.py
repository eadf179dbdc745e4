"""GraphQL queries over the HTTP client → data, with what the host left out of it; errors by kind; large queries in smaller parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from callboard.io.http.client import Client
from callboard.io.http.errors import SECONDARY_LIMIT, HttpError
from callboard.model.data_classes import dataclass

Data = TypeVar("Data")

MAX_PAGES = 1_000
"""Of one connection."""
SMALLEST_PAGE = 5
"""Nodes: a page of so few is not made smaller."""
SHRINK_FACTOR = 3
MAX_ERRORS = 3
"""Errors whose messages are shown."""
NOT_FOUND = "NOT_FOUND"
RATE_LIMIT_TYPES = frozenset({"RATE_LIMITED", "RATE_LIMIT"})
"""Types of GitHub's errors; the second one is newer."""
SSO = "SAML"
"""Part of GitHub's message about a token that is not authorized for the organization's single sign-on."""
SSO_HINT = "Authorize the token for the organization's single sign-on (SSO), in the settings of the token's user."
TOO_LARGE_TYPES = frozenset({"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED"})
"""Types of GitHub's errors."""
TOO_LARGE_MESSAGES = ("exceeds max complexity", "exceeds max depth")
"""Parts of GitLab's messages: its errors have no type."""
UNKNOWN_FIELD_MESSAGES = ("doesn't exist on type", "No such type")
TOO_LARGE_STATUSES = frozenset({502, 504})
"""Statuses with which a host gives up on a query that takes it too long."""
UNAUTHORIZED = 401


class UnknownFieldError(HttpError):
    """The schema of this edition or version of the host lacks a field of the query."""


@dataclass(frozen=True, slots=True)
class GraphqlError:
    """One of the errors of a response."""

    message: str
    type: str = ""
    """GitHub's name for the sort of error; empty where the host gives none."""
    path: tuple[Any, ...] = ()
    """Names and indexes that lead from the data to what is null."""


@dataclass(frozen=True, slots=True)
class GraphqlResponse:
    """Data, which may be partial."""

    data: Mapping[str, Any]
    """By the names of the query."""
    errors: tuple[GraphqlError, ...] = ()

    @property
    def not_found(self) -> frozenset[str]:
        """Top-level names of the query for which the host has nothing."""
        return frozenset(str(error.path[0]) for error in self.errors if error.type == NOT_FOUND and len(error.path) == 1)

    @property
    def missing(self) -> str:
        """Messages about data that the host left out, although it may exist; an empty string where nothing was left out."""
        return _messages(error for error in self.errors if error.type != NOT_FOUND)

    @property
    def is_empty(self) -> bool:
        """Whether there is no value at all."""
        return all(value is None for value in self.data.values())


class GraphqlClient:
    """Queries the GraphQL endpoint of one host."""

    def __init__(self, client: Client, host: str, path: str = "/graphql") -> None:
        """``host`` is the product's name for messages (``GitHub``); ``path`` is relative to the base URL of ``client``."""
        self._client = client
        self._host = host
        self._path = path

    def query(self, text: str, variables: Mapping[str, Any], *, is_partial_accepted: bool = True) -> GraphqlResponse:
        """The response to a query, which is sent again once after a rate limit is reset, if the host reports when that is.

        Raises ``HttpError`` for a response without data (kinds ``rate-limited``, ``too-large`` and ``wrong-type``), and for one with any
        error unless ``is_partial_accepted``.
        """
        try:
            return self._query_once(text, variables, is_partial_accepted=is_partial_accepted)
        except HttpError as error:
            if error.kind != "rate-limited" or error.status:  # a response with a status was repeated by the client
                raise
            return self._query_once(text, variables, is_partial_accepted=is_partial_accepted)

    def _query_once(self, text: str, variables: Mapping[str, Any], *, is_partial_accepted: bool) -> GraphqlResponse:
        value = self._client.post(self._path, {"query": text, "variables": dict(variables)}).object()
        data, errors = value.get("data"), tuple(_errors(value.get("errors")))
        if not isinstance(data, dict):
            raise self._failure(errors or tuple(_errors([value])))
        response = GraphqlResponse(data, errors)
        if errors and not is_partial_accepted:
            raise self._failure(errors)
        if response.is_empty and any(error.type != NOT_FOUND for error in errors):
            raise self._failure(errors)
        return response

    def nodes(
        self, text: str, variables: Mapping[str, Any], path: Sequence[str], size: int, on_missing: Callable[[str], None]
    ) -> Iterator[Mapping[str, Any]]:
        """The nodes of a connection, page by page; a page that is too large for the host is queried in smaller parts.

        The query takes the variables ``cursor`` and ``size``. ``path`` leads from the data to the connection. ``on_missing`` gets the
        messages about what is missing in a page. Raises ``HttpError``, with status 404 where the host has nothing at all for the query.
        """
        cursor: str | None = None
        seen: set[str] = set()
        for _ in range(MAX_PAGES):
            response, size = self._page(text, {**variables, "cursor": cursor}, size)
            connection = _object_at(response.data, path)
            yield from self._page_nodes(response, connection, path, on_missing)
            page = _object_at(connection, ("pageInfo",))
            if page.get("hasNextPage") is not True:
                return
            cursor = page.get("endCursor")
            if not isinstance(cursor, str) or not cursor or cursor in seen:
                raise HttpError("repeated-url", f"the pages of {self._host} lead from one to the next in a circle")
            seen.add(cursor)
        raise HttpError("too-many-pages", f"{self._host} has more than {MAX_PAGES:,} pages of {path[-1]}")

    def _page(self, text: str, variables: Mapping[str, Any], size: int) -> tuple[GraphqlResponse, int]:
        """A page, and the size that the host could serve."""
        while True:
            try:
                return self.query(text, {**variables, "size": size}), size
            except HttpError as error:
                if not is_too_large(error) or size <= SMALLEST_PAGE:
                    raise
                size = max(SMALLEST_PAGE, size // SHRINK_FACTOR)

    def _page_nodes(
        self, response: GraphqlResponse, connection: Mapping[str, Any], path: Sequence[str], on_missing: Callable[[str], None]
    ) -> Sequence[Mapping[str, Any]]:
        if response.is_empty:
            reason = _in_words(_messages(response.errors))
            raise HttpError("status", f"{self._host} has nothing under that name, or hides it from the token{reason}", status=404)
        nodes = connection.get("nodes", _nodes_of(connection.get("edges")))
        if not isinstance(nodes, list):
            raise HttpError("wrong-type", f"{self._host} returns no {'.'.join(path)}{_in_words(response.missing)}")
        usable = [node for node in nodes if isinstance(node, dict)]
        if response.errors or len(usable) < len(nodes):
            on_missing(_messages(response.errors) or "no reason given")
        return usable

    def _failure(self, errors: Sequence[GraphqlError]) -> HttpError:
        reason = _messages(errors)
        types = {error.type for error in errors}
        if types & RATE_LIMIT_TYPES or SECONDARY_LIMIT in reason.lower():
            return HttpError("rate-limited", f"the rate limit of {self._host}'s GraphQL API is used up{_in_words(reason)}")
        if types & TOO_LARGE_TYPES or any(part in reason for part in TOO_LARGE_MESSAGES):
            return HttpError("too-large", f"the query is too large for {self._host}{_in_words(reason)}")
        if any(part in reason for part in UNKNOWN_FIELD_MESSAGES):
            return UnknownFieldError("wrong-type", f"{self._host} lacks a field of the query{_in_words(reason)}")
        hint = (SSO_HINT if SSO in reason else "Check what the token may read.") if reason else ""
        return HttpError("wrong-type", f"{self._host} did not answer the query{_in_words(reason)}", hint)


def is_too_large(error: HttpError) -> bool:
    """Whether a smaller query may succeed."""
    return error.kind in {"timeout", "too-large"} or error.status in TOO_LARGE_STATUSES


def is_final(error: HttpError) -> bool:
    """Whether every other query of this client would fail as well."""
    return error.status == UNAUTHORIZED or error.kind in {"rate-limited", "refused"}


def in_portions(
    names: Sequence[str], size: int, smallest: int, query: Callable[[Sequence[str]], Data]
) -> Iterator[tuple[Sequence[str], Data | HttpError]]:
    """Results of a query about many names, in portions of at most ``size``; after one that is too large, all are smaller.

    A portion that fails comes with its error; all that is left comes with it where no further query can succeed.
    """
    start = 0
    while start < len(names):
        portion = names[start : start + size]
        result: Data | HttpError
        try:
            result = query(portion)
        except HttpError as error:
            if is_too_large(error) and len(portion) > smallest:
                size = max(smallest, len(portion) // SHRINK_FACTOR)
                continue
            result = error
            portion = names[start:] if is_final(error) else portion
        yield portion, result
        start += len(portion)


def _errors(value: Any) -> Iterator[GraphqlError]:
    for item in value if isinstance(value, list) else ():
        error = item if isinstance(item, dict) else {}
        message, kind, path = error.get("message"), error.get("type"), error.get("path")
        yield GraphqlError(
            message if isinstance(message, str) else "",
            kind if isinstance(kind, str) else "",
            tuple(path) if isinstance(path, list) else (),
        )


def _messages(errors: Iterable[GraphqlError]) -> str:
    """The first distinct messages as one string."""
    return "; ".join([*dict.fromkeys(error.message for error in errors if error.message)][:MAX_ERRORS])


def _in_words(reason: str) -> str:
    return f": {reason}" if reason else ""


def _nodes_of(edges: Any) -> list[Any] | None:
    """The nodes of a connection that has only edges, as Buildkite's have; None if it has none."""
    return [_object_at(edge, ("node",)) or None for edge in edges] if isinstance(edges, list) else None


def _object_at(value: Any, path: Sequence[str]) -> Mapping[str, Any]:
    """The object at the end of a path of names; an empty one where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}
