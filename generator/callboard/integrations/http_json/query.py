"""Options of ``http-json`` and an entity's values in; the requests for its facts, page by page, out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import jmespath
from jmespath.exceptions import JMESPathError

from callboard.plugins.integrations import Answer, Client, HttpError, SourceError

PLACEHOLDER = re.compile(r"\{(\w{1,40})(:path)?\}")
PLACEHOLDERS = frozenset({"id", "name", "namespace", "kind"})
PAGE = 100
"""Items of a full page, unless the option ``pages.size`` says otherwise."""
MESSAGE = 200
"""Characters of a message about an error in an answer to GraphQL."""


@dataclass(frozen=True, slots=True)
class JsonQuery:
    """The requests of one integration, with placeholders for the values of an entity."""

    path: str
    query: Mapping[str, str]
    body: Mapping[str, Any] | None
    """Of a POST; None for a GET."""
    pages: Mapping[str, Any]
    """The option ``pages``."""
    items: Any
    """The compiled option ``items``."""
    is_graphql: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> JsonQuery:
        """The query that the options describe. Raises ``SourceError``."""
        graphql = options.get("graphql")
        body = {"query": graphql["query"], "variables": graphql.get("variables", {})} if graphql else options.get("body")
        query = {str(name): _text(value) for name, value in options.get("query", {}).items()}
        pages = options.get("pages", {})
        found = cls(str(options.get("path", "/")), query, body, pages, compiled("items", options.get("items", "@")), bool(graphql))
        found._check()
        return found

    @property
    def _templates(self) -> Iterator[str]:
        """The strings that may have placeholders; the text of a GraphQL query has braces of its own."""
        yield self.path
        yield from self.query.values()
        yield from _strings(self.body.get("variables", {}) if self.is_graphql and self.body else self.body or {})

    @property
    def is_per_entity(self) -> bool:
        """Whether an entity has requests of its own."""
        return any(PLACEHOLDER.search(text) for text in self._templates)

    def _check(self) -> None:
        names = {match.group(1) for text in self._templates for match in PLACEHOLDER.finditer(text)}
        if unknown := sorted(names - PLACEHOLDERS):
            raise SourceError(f"there is no placeholder {{{unknown[0]}}}", f"The placeholders are {', '.join(sorted(PLACEHOLDERS))}.")
        if self.body is not None and self.query:
            raise SourceError("query cannot be used with body or graphql", "Write the parameters into path, after a question mark.")
        by, field = self.pages.get("by", "link-header"), self.pages.get("field")
        if by in {"next-link", "cursor"} and not field:
            raise SourceError(
                f"pages.field is missing, which pages.by: {by} needs", "Set it to the JMESPath of the next page in an answer."
            )
        if by in {"cursor", "offset", "page"} and not self.pages.get("parameter"):
            raise SourceError(f"pages.parameter is missing, which pages.by: {by} needs", "Set it to the parameter of the next request.")

    def answers(self, client: Client, values: Mapping[str, str]) -> Iterator[Answer]:
        """The pages about an entity with these values, or about all entities. Raises ``HttpError``."""
        path = PLACEHOLDER.sub(partial(_in_path, values), self.path)
        query = {name: _filled(text, values) for name, text in self.query.items()}
        if self.body is None:
            yield from self._paged(client.pages, path, query)
            return
        body = (
            {**self.body, "variables": _filled_all(self.body["variables"], values)} if self.is_graphql else _filled_all(self.body, values)
        )
        for answer in self._paged(client.posted_pages, path, body):
            self._check_errors(answer)
            yield answer

    def _paged(self, request: Callable[..., Iterator[Answer]], path: str, query: Mapping[str, Any]) -> Iterator[Answer]:
        by = self.pages.get("by", "link-header" if self.body is None else "")
        if by == "link-header":
            return request(path, query)
        pages = _Pages(by, compiled("pages.field", self.pages.get("field", "@")), self)
        return request(path, pages.first(query), by=pages)

    def count(self, answer: Answer) -> int:
        """The number of items of a page."""
        found = _searched(self.items, answer)
        return len(found) if isinstance(found, list) else 0

    def _check_errors(self, answer: Answer) -> None:
        """A GraphQL API reports errors with status 200. Raises ``HttpError``: data with errors in it is not whole."""
        errors = answer.object().get("errors") if self.is_graphql else None
        if errors:
            first = errors[0] if isinstance(errors, list) else errors
            message = str(first.get("message") if isinstance(first, Mapping) else first)[:MESSAGE]
            raise HttpError("wrong-type", f"the tool rejected the query: {message}", "Correct the option graphql.")


@dataclass(frozen=True, slots=True)
class _Pages:
    """The option ``pages`` as the client needs it."""

    by: str
    field: Any
    """Compiled JMESPath to the next page, to the number of items, or to whether there are more."""
    query: JsonQuery

    @property
    def _place(self) -> tuple[str, ...]:
        """The parameter; in a body a path of names."""
        parameter = str(self.query.pages["parameter"])
        return (parameter,) if self.query.body is None else tuple(parameter.split("."))

    def first(self, query: Mapping[str, Any]) -> Mapping[str, Any]:
        """The query for the first page: with the number that counting starts from, if the first one is named."""
        start = self.query.pages.get("first")
        return query if start is None or self.by not in {"offset", "page"} else _placed(query, self._place, int(start))

    def next(self, answer: Answer, query: Mapping[str, Any]) -> str | Mapping[str, Any] | None:
        """What to request after the answer."""
        if self.by == "":
            return None
        found = _searched(self.field, answer)
        if self.by == "next-link":
            return found if isinstance(found, str) else None
        if self.by == "cursor":
            is_cursor = isinstance(found, str | int) and not isinstance(found, bool) and found != ""
            return _placed({} if self.query.pages.get("alone") else query, self._place, found) if is_cursor else None
        return self._counted(answer, query, found)

    def _counted(self, answer: Answer, query: Mapping[str, Any], found: Any) -> Mapping[str, Any] | None:
        """The next offset or number of a page, unless the page was the last one."""
        count, size = self.query.count(answer), int(self.query.pages.get("size", PAGE))
        start = int(self.query.pages.get("first", 1 if self.by == "page" else 0))
        now = int(_at(query, self._place, start))
        following = now + (1 if self.by == "page" else count)
        done = (following - start) * (size if self.by == "page" else 1)
        if "field" not in self.query.pages:
            more = count >= size
        else:
            more = found if isinstance(found, bool) else isinstance(found, int) and done < found
        return _placed(query, self._place, following) if more and count else None


def compiled(option: str, text: Any) -> Any:
    """A JMESPath expression of an option. Raises ``SourceError``."""
    try:
        return jmespath.compile(str(text))
    except JMESPathError as error:
        raise SourceError(f"{option} is not a JMESPath expression: {error}", "See jmespath.org.") from None


def _searched(expression: Any, answer: Answer) -> Any:
    try:
        return expression.search(answer.json())
    except JMESPathError as error:
        raise HttpError("wrong-type", f"the answer does not have the form that the options describe: {error}") from None


def _placed(query: Mapping[str, Any], place: Sequence[str], value: Any) -> Mapping[str, Any]:
    name, *rest = place
    if not rest:
        return {**query, name: value}
    inner = query.get(name)
    return {**query, name: _placed(inner if isinstance(inner, Mapping) else {}, rest, value)}


def _at(query: Mapping[str, Any], place: Sequence[str], default: int) -> Any:
    value: Any = query
    for name in place:
        value = value.get(name) if isinstance(value, Mapping) else None
    return default if value is None else value


def _in_path(values: Mapping[str, str], match: re.Match[str]) -> str:
    """A value in the path: one segment, or with ``:path`` several; neither a slash nor dots lead to another path."""
    value = values[match.group(1)]
    return "/".join(map(_segment, value.strip("/").split("/"))) if match.group(2) else _segment(value)


def _segment(value: str) -> str:
    return quote(value, safe="") if value.strip(".") else value.replace(".", "%2E")


def _filled(text: str, values: Mapping[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values[match.group(1)], text)


def _filled_all(value: Any, values: Mapping[str, str]) -> Any:
    """A body with the values in its strings; names of fields are left as they are."""
    if isinstance(value, str):
        return _filled(value, values)
    if isinstance(value, Mapping):
        return {name: _filled_all(item, values) for name, item in value.items()}
    return [_filled_all(item, values) for item in value] if isinstance(value, list) else value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _strings(item)


def _text(value: Any) -> str:
    """A query parameter: booleans as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)
