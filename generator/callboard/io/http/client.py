"""Requests to one host with one credential → responses or ``HttpError``: retried, rate-limited, bounded, cached between builds."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

from callboard import __version__
from callboard.io.http.auth import Anonymous, Credential, RequestingCredential, SigningCredential
from callboard.io.http.cache import Answer, AnswerCache, CachedAnswer, is_storable
from callboard.io.http.errors import SECONDARY_LIMIT, SECONDARY_LIMIT_SECONDS, HttpError, error_message, status_error
from callboard.io.http.limits import ClientLimits, Clock, Counts, RateLimiter, SystemClock, Traffic
from callboard.io.http.messages import HttpRequest, HttpResponse
from callboard.io.http.pagination import LinkHeader, Paging
from callboard.io.http.retry import RetryPolicy
from callboard.io.http.trace import TRACE_VARIABLE, Trace
from callboard.io.http.urls import Params, address, joined, shown, url_origin
from callboard.redaction.redactor import Redactor, hidden

JSON = "application/json"
NOT_MODIFIED = 304
REDIRECTS = frozenset({301, 302, 303, 307, 308})
REDIRECTS_WITH_METHOD = frozenset({307, 308})
"""Redirects after which the same method is sent."""
LINK_HEADER = LinkHeader()
LIMITED = frozenset({403, 429})
"""Statuses of a response that was refused because a rate limit is used up (GitHub: 403 as well)."""


class ClientContext(Protocol):
    """What a client uses of the context of a source or an integration."""

    @property
    def cache(self) -> Path:
        """Folder for data that may be deleted at any time."""

    @property
    def environ(self) -> Mapping[str, str]:
        """May name proxies and files of certificate authorities."""

    @property
    def redactor(self) -> Redactor:
        """Removes secrets from the messages of errors."""

    @property
    def clock(self) -> Clock:
        """What the client waits by."""

    @property
    def http(self) -> ClientLimits:
        """Bounds of the client."""


def client_for(
    context: ClientContext,
    base_url: str,
    credential: Credential,
    headers: Mapping[str, str] | None = None,
    *,
    per_second: float = 0.0,
) -> Client:
    """A client for one host, with the portal's cache, limits, environment and redaction.

    ``per_second`` bounds the number of requests where the host's manual says one. Raises ``HttpError``.
    """
    limits = replace(context.http, per_second=per_second or context.http.per_second)
    client = Client(
        base_url, credential, limits=limits, redact=context.redactor.with_also(credential.secrets).redact, cache=context.cache / "http",
        environ=context.environ, clock=context.clock, headers=headers,
    )  # fmt: skip
    client.prune()
    return client


class Client:
    """Requests to one host; safe between threads.

    ``base_url`` may have a path, below which all paths are. The credential is sent only to its origin (scheme, host, port): a redirect or
    a ``next`` link to another origin is an ``HttpError``, and nothing is sent there. ``cache`` is a folder for responses, or None.
    ``environ`` names proxies and certificate authorities. Every method raises ``HttpError``, whose message went through ``redact`` and
    contains nothing of the credential.
    """

    def __init__(
        self,
        base_url: str,
        credential: Credential | None = None,
        *,
        limits: ClientLimits = ClientLimits(),  # noqa: B008 - frozen
        redact: Callable[[str], str] = str,
        cache: Path | None = None,
        environ: Mapping[str, str] | None = None,
        clock: Clock | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.base_url = base_url
        self.limits = limits
        self.traffic = Traffic()
        self._credential = credential or Anonymous()
        if isinstance(self._credential, RequestingCredential):
            self.traffic.include(self._credential.traffic)
        self._redact = redact
        self._cache = AnswerCache(cache) if cache else None
        self._clock = clock or SystemClock()
        self._headers = {"User-Agent": f"callboard/{__version__}", "Accept-Encoding": "gzip", **(headers or {})}
        url_origin(base_url)
        trace = (environ or {}).get(TRACE_VARIABLE)
        self._trace = Trace(Path(trace), self._clean) if trace else None
        self._rate_limiter = RateLimiter(limits, self._clock, self.traffic)
        self._retry_policy = RetryPolicy(limits, self._clock, self.traffic)
        from callboard.io.http.transport import Deadline, exchange, pool_for  # noqa: PLC0415 - a third of all imports of a build without changes

        deadline = Deadline()
        self._pool = pool_for(base_url, environ or {}, limits.at_once, deadline)
        self._exchange = partial(exchange, self._pool, deadline)
        weakref.finalize(self, self._pool.close)

    @property
    def counts(self) -> Counts:
        """The numbers up to now."""
        return self.traffic.counts

    def get(self, path: str, params: Params | None = None, *, accept: str = JSON, immutable: bool = False, limit: int = 0) -> Answer:
        """The response to one request, of at most ``limit`` bytes (0: as ``limits`` says).

        ``immutable`` means that the content of the URL can never change, so that a cached response is used without a request.
        """
        return self._send(HttpRequest("GET", address(self.base_url, path, params), {"Accept": accept}, limit=limit, immutable=immutable))

    def post(self, path: str, value: Any, *, accept: str = JSON, content_type: str = JSON) -> Answer:
        """The response to a query in a JSON body (GraphQL, AWS). It must change nothing on the host: it is retried where it fails."""
        return self._send(self._posted(path, value, accept, content_type))

    def post_form(self, path: str, fields: Mapping[str, str], *, accept: str = JSON) -> Answer:
        """The response to a form (``application/x-www-form-urlencoded``), such as a request for a token; retried where it fails."""
        content = urlencode(fields).encode()
        url = address(self.base_url, path)
        return self._send(HttpRequest("POST", url, {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}, content))

    def _posted(self, path: str, value: Any, accept: str, content_type: str) -> HttpRequest:
        content = json.dumps(value, ensure_ascii=False).encode()
        return HttpRequest("POST", address(self.base_url, path), {"Accept": accept, "Content-Type": content_type}, content)

    def change(self, method: Literal["POST", "PUT", "PATCH"], path: str, value: Any, *, accept: str = JSON) -> Answer:
        """The response to a request that changes something on the host; it is repeated only after a refusal by a rate limit."""
        content = json.dumps(value, ensure_ascii=False).encode()
        headers = {"Accept": accept, "Content-Type": JSON}
        return self._send(HttpRequest(method, address(self.base_url, path), headers, content, changes=True))

    def pages(
        self,
        path: str,
        params: Params | None = None,
        *,
        by: Paging = LINK_HEADER,
        accept: str = JSON,
        immutable: bool = False,
    ) -> Iterator[Answer]:
        """The pages of a listing, one after the other, up to ``limits.pages``. ``immutable`` as in ``get``."""
        return self._pages(
            lambda query: HttpRequest("GET", address(self.base_url, path, query), {"Accept": accept}, immutable=immutable), params or {}, by
        )

    def posted_pages(
        self, path: str, value: Mapping[str, Any], *, by: Paging = LINK_HEADER, accept: str = JSON, content_type: str = JSON
    ) -> Iterator[Answer]:
        """The pages of a query in a JSON body; ``by`` writes the cursor into it (``BodyCursor``). Otherwise as ``post`` and ``pages``."""
        return self._pages(lambda query: self._posted(path, query, accept, content_type), value, by)

    def _pages(self, request_of: Callable[[Mapping[str, Any]], HttpRequest], query: Mapping[str, Any], by: Paging) -> Iterator[Answer]:
        request = request_of(query)
        seen = {(request.url, request.content)}
        for number in count(1):
            answer = self._send(request)
            yield answer
            following = by.next(answer, query)
            if following is None or following == "":
                return
            if isinstance(following, str):
                request = replace(request, url=self._next_url(answer, following))
            else:
                query, request = following, request_of(following)
            if (request.url, request.content) in seen:
                raise HttpError("repeated-url", f"the pages of {shown(request.url)} lead from one to the next in a circle")
            if number >= self.limits.pages:
                raise HttpError("too-many-pages", f"{shown(request.url)} has more than {self.limits.pages:,} pages")
            seen.add((request.url, request.content))

    def prune(self) -> None:
        """Remove responses from the cache that were not requested for a month."""
        if self._cache:
            self._cache.prune(self._clock.time())

    def close(self) -> None:
        """Close the idle connections; the client can still be used."""
        self._pool.close()

    def _next_url(self, answer: Answer, link: str) -> str:
        try:
            return joined(self.base_url, answer.url, link, "the next page")
        except HttpError as error:
            raise self._redacted(error) from None

    def _send(self, request: HttpRequest) -> Answer:
        """The response after redirects on the host; errors contain no secret."""
        try:
            return self._after_redirects(request)
        except HttpError as error:
            raise self._redacted(error) from None

    def _after_redirects(self, request: HttpRequest) -> Answer:
        for _ in range(self.limits.redirects + 1):
            response = self._retry_policy.run(partial(self._once, request), only_limited=request.changes)
            if isinstance(response, Answer):
                return response
            request = replace(request, url=target(self.base_url, request, response))
        raise HttpError("too-many-redirects", f"{shown(request.url)} comes after {self.limits.redirects} redirects, which is the limit")

    def _once(self, request: HttpRequest) -> Answer | HttpResponse:
        """One attempt: an answer, or a redirect."""
        key = self._key(request)
        cached = self._cache.find(key, request.headers) if self._cache and request.method == "GET" else None
        if cached and request.immutable and len(cached.body) <= (request.limit or self.limits.body_bytes):
            self.traffic.add(saved=1)
            return self._cached(request, cached, cached.headers, key)
        conditions = cached.conditions() if cached else {}
        with self._rate_limiter.turn():
            if self.traffic.add(requests=1).requests > self.limits.requests:
                raise HttpError("too-many-requests", f"{shown(request.url)} would exceed the limit of {self.limits.requests:,} requests")
            headers = {**self._headers, **request.headers, **conditions, **self._authentication(request)}
            response = self._traced(request, headers)
        self._rate_limiter.update(response.headers)
        if response.status == NOT_MODIFIED and cached:
            self.traffic.add(hits=1)
            return self._cached(request, cached, {**cached.headers, **response.headers}, key)
        if is_redirect(response):
            return response
        if not 200 <= response.status < 300:  # noqa: PLR2004 - the range of success
            raise self._failure(request, response)
        return self._new(request, response, key)

    def _traced(self, request: HttpRequest, headers: Mapping[str, str]) -> HttpResponse:
        try:
            response = self._exchange(request, headers, self.limits, self.traffic)
        except HttpError as error:
            if self._trace:
                self._trace.add(request, None, str(error))
            raise
        if self._trace:
            self._trace.add(request, response)
        return response

    def _authentication(self, request: HttpRequest) -> Mapping[str, str]:
        credential = self._credential
        if isinstance(credential, SigningCredential):
            return credential.signed(replace(request, headers={**self._headers, **request.headers}))
        return credential.headers()

    def _new(self, request: HttpRequest, response: HttpResponse, key: str) -> Answer:
        cache, status, headers, body = self._cache, response.status, response.headers, response.body
        if cache is None or request.method != "GET":
            return Answer(status, headers, body, request.url)
        if status == 200 and is_storable(headers, self._credential.secrets, body, immutable=request.immutable):  # noqa: PLR2004
            cache.store(key, shown(request.url), headers, request.headers, body)
        return Answer(status, headers, body, request.url, forget=lambda: cache.forget(key))

    def _cached(self, request: HttpRequest, cached: CachedAnswer, headers: Mapping[str, str], key: str) -> Answer:
        cache = self._cache
        if len(cached.body) > (request.limit or self.limits.body_bytes):
            raise HttpError("too-large", f"{shown(request.url)}: the response has {len(cached.body):,} bytes")
        return Answer(200, headers, cached.body, request.url, is_cached=True, forget=lambda: cache.forget(key) if cache else None)

    def _failure(self, request: HttpRequest, response: HttpResponse) -> HttpError:
        where, status, headers = shown(request.url), response.status, response.headers
        wait = self._rate_limiter.retry_after(headers, response.body if status in LIMITED else b"")
        reason = error_message(headers, response.body, self._clean)
        if wait is None and status in LIMITED and SECONDARY_LIMIT in reason.lower():
            wait = SECONDARY_LIMIT_SECONDS
        if wait is not None:
            self._rate_limiter.close(wait)
        is_limited = status in LIMITED and (wait is not None or headers.get("x-ratelimit-remaining", "").strip() == "0")
        if is_limited:
            message = f"{where}: the host received too many requests from this build (status {status})"
            return HttpError("rate-limited", message, status=status, wait=wait)
        return status_error(where, status, reason, wait)

    def _key(self, request: HttpRequest) -> str:
        accept = request.headers.get("Accept", "")
        return self._cache.key(request.method, request.url, self._credential.id, accept) if self._cache else ""

    def _redacted(self, error: HttpError) -> HttpError:
        return HttpError(error.kind, self._clean(str(error)), self._clean(error.hint), status=error.status, wait=error.wait)

    def _clean(self, text: str) -> str:
        for secret in self._credential.secrets:
            text = hidden(text, secret)
        return self._redact(text)


def is_redirect(response: HttpResponse) -> bool:
    """Whether the response names another URL to request."""
    return response.status in REDIRECTS


def target(base_url: str, request: HttpRequest, response: HttpResponse) -> str:
    """The URL on the same host that a redirect names. Raises ``HttpError`` for any other."""
    link, status = response.headers.get("location", ""), response.status
    if not link:
        raise HttpError("status", f"{shown(request.url)} redirects without a target (status {status})", status=status)
    url = joined(base_url, request.url, link, "a redirect")
    if request.method != "GET" and status not in REDIRECTS_WITH_METHOD:
        raise HttpError("status", f"{shown(request.url)} redirects a {request.method} to {shown(url)} (status {status})", status=status)
    return url
