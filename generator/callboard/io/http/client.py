"""The client of all connectors: one origin, one credential, bounded in everything, with answers kept between builds."""

from __future__ import annotations

import json
import weakref
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from callboard import __version__
from callboard.io.http.answer import Answer
from callboard.io.http.auth import Anonymous, Credential
from callboard.io.http.cache import AnswerCache, CachedAnswer, is_keepable
from callboard.io.http.errors import HttpError, error_message, status_error
from callboard.io.http.limits import ClientLimits, Clock, Counts, RateLimiter, SystemClock, Traffic
from callboard.io.http.pagination import LinkHeader, Paging
from callboard.io.http.retry import RetryPolicy
from callboard.io.http.transport import Deadline, HttpRequest, HttpResponse, exchange, pool_for
from callboard.io.http.urls import Params, address, joined, origin, shown
from callboard.redaction.redactor import Redactor, hidden

JSON = "application/json"
NOT_MODIFIED = 304
LINK_HEADER = LinkHeader()
LIMITED = frozenset({403, 429})
"""Statuses with which hosts say that an allowance is used up (GitHub: 403 as well)."""


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
    """Asks one host; safe between threads.

    ``base_url`` may have a path, below which all paths are. The credential goes to its origin (scheme, host, port) alone: a redirect or a
    ``next`` link elsewhere is an ``HttpError`` and nothing is sent there. ``cache`` is a folder for answers, or None. ``environ`` names
    proxies and certificate authorities. Every method raises ``HttpError``, whose texts went through ``redact`` and hold nothing of the
    credential.
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
        self._redact = redact
        self._cache = AnswerCache(cache) if cache else None
        self._clock = clock or SystemClock()
        self._headers = {"User-Agent": f"callboard/{__version__}", "Accept-Encoding": "gzip", **(headers or {})}
        origin(base_url)
        self._pace = RateLimiter(limits, self._clock, self.traffic)
        self._patience = RetryPolicy(limits, self._clock, self.traffic)
        self._deadline = Deadline()
        self._pool = pool_for(base_url, environ or {}, limits.at_once, self._deadline)
        weakref.finalize(self, self._pool.close)

    @property
    def counts(self) -> Counts:
        """What was asked up to now."""
        return self.traffic.counts

    def get(self, path: str, params: Params | None = None, *, accept: str = JSON, fixed: bool = False, limit: int = 0) -> Answer:
        """The answer to one question. ``fixed`` says that it can never change, so that a kept one is not asked about again."""
        return self._ask(HttpRequest("GET", address(self.base_url, path, params), {"Accept": accept}, limit=limit, fixed=fixed))

    def post(self, path: str, value: Any, *, accept: str = JSON) -> Answer:
        """The answer to a question that is put as a JSON body (GraphQL). It must change nothing: it is asked again where it fails."""
        content = json.dumps(value, ensure_ascii=False).encode()
        return self._ask(HttpRequest("POST", address(self.base_url, path), {"Accept": accept, "Content-Type": JSON}, content))

    def pages(
        self,
        path: str,
        params: Params | None = None,
        *,
        by: Paging = LINK_HEADER,
        accept: str = JSON,
        fixed: bool = False,
    ) -> Iterator[Answer]:
        """The pages of a listing, one after the other, up to the bound. ``fixed`` as in ``get``."""
        asked: Params = params or {}
        url = address(self.base_url, path, asked)
        seen = {url}
        for number in count(1):
            answer = self._ask(HttpRequest("GET", url, {"Accept": accept}, fixed=fixed))
            yield answer
            following = by.next(answer, asked)
            if following is None or following == "":
                return
            if isinstance(following, str):
                url = self._elsewhere(answer, following)
            else:
                asked, url = following, address(self.base_url, path, following)
            if url in seen:
                raise HttpError("repeated-url", f"{shown(url)} leads from page to page in a circle")
            if number >= self.limits.pages:
                raise HttpError("too-many-pages", f"{shown(url)} has more than {self.limits.pages:,} pages")
            seen.add(url)

    def prune(self) -> None:
        """Take answers out of the cache that nobody asked for in a month."""
        if self._cache:
            self._cache.prune(self._clock.time())

    def close(self) -> None:
        """Close the idle connections; the client can still be used."""
        self._pool.close()

    def _elsewhere(self, answer: Answer, link: str) -> str:
        try:
            return joined(self.base_url, answer.url, link, "the next page")
        except HttpError as error:
            raise self._redacted(error) from None

    def _ask(self, request: HttpRequest) -> Answer:
        """With redirects followed as far as they stay on the host, and errors that tell no secret."""
        try:
            return self._redirected(request)
        except HttpError as error:
            raise self._redacted(error) from None

    def _redirected(self, request: HttpRequest) -> Answer:
        for _ in range(self.limits.redirects + 1):
            got = self._patience.tried(partial(self._once, request))
            if isinstance(got, Answer):
                return got
            request = replace(request, url=target(self.base_url, request, got))
        raise HttpError("too-many-redirects", f"{shown(request.url)} leads from one address to the next and never arrives")

    def _once(self, request: HttpRequest) -> Answer | HttpResponse:
        """One try: an answer, or a redirect."""
        key = self._key(request)
        kept = self._cache.find(key, request.headers) if self._cache and request.method == "GET" else None
        if kept and request.fixed and len(kept.body) <= (request.limit or self.limits.body_bytes):
            self.traffic.add(saved=1)
            return self._kept(request, kept, kept.headers, key)
        conditions = kept.conditions() if kept else {}
        with self._pace.turn():
            if self.traffic.add(requests=1).requests > self.limits.requests:
                raise HttpError("too-many-requests", f"{shown(request.url)} would be request number {self.limits.requests + 1:,}")
            own = {**self._headers, **request.headers, **conditions, **self._credential.headers()}
            got = exchange(self._pool, self._deadline, request, own, self.limits, self.traffic)
        self._pace.heed(got.headers)
        if got.status == NOT_MODIFIED and kept:
            self.traffic.add(hits=1)
            return self._kept(request, kept, {**kept.headers, **got.headers}, key)
        if is_redirect(got):
            return got
        if not 200 <= got.status < 300:  # noqa: PLR2004 - the range of success
            raise self._failure(request, got)
        return self._new(request, got, key)

    def _new(self, request: HttpRequest, got: HttpResponse, key: str) -> Answer:
        cache = self._cache
        if cache is None or request.method != "GET":
            return Answer(got.status, got.headers, got.body, request.url)
        if got.status == 200 and is_keepable(got.headers, self._credential.secrets, got.body, fixed=request.fixed):  # noqa: PLR2004
            cache.keep(key, shown(request.url), got.headers, request.headers, got.body)
        return Answer(got.status, got.headers, got.body, request.url, forget=lambda: cache.forget(key))

    def _kept(self, request: HttpRequest, kept: CachedAnswer, headers: Mapping[str, str], key: str) -> Answer:
        cache = self._cache
        if len(kept.body) > (request.limit or self.limits.body_bytes):
            raise HttpError("too-large", f"{shown(request.url)}: the answer has {len(kept.body):,} bytes")
        return Answer(200, headers, kept.body, request.url, is_kept=True, forget=lambda: cache.forget(key) if cache else None)

    def _failure(self, request: HttpRequest, got: HttpResponse) -> HttpError:
        where, wait = shown(request.url), self._pace.asked_to_wait(got.headers)
        what = error_message(got.headers, got.body, self._clean)
        if wait is not None:
            self._pace.close(wait)
        is_limited = got.status in LIMITED and (wait is not None or got.headers.get("x-ratelimit-remaining", "").strip() == "0")
        if is_limited:
            return HttpError(
                "rate-limited", f"{where} has had too many requests from us (status {got.status})", status=got.status, wait=wait
            )
        return status_error(where, got.status, what, wait)

    def _key(self, request: HttpRequest) -> str:
        accept = request.headers.get("Accept", "")
        return self._cache.key(request.method, request.url, self._credential.id, accept) if self._cache else ""

    def _redacted(self, error: HttpError) -> HttpError:
        return HttpError(error.kind, self._clean(str(error)), self._clean(error.hint), status=error.status, wait=error.wait)

    def _clean(self, text: str) -> str:
        for secret in self._credential.secrets:
            text = hidden(text, secret)
        return self._redact(text)


STATUSES = frozenset({301, 302, 303, 307, 308})


KEEP_METHOD = frozenset({307, 308})


def is_redirect(got: HttpResponse) -> bool:
    """Whether the answer names another address."""
    return got.status in STATUSES


def target(base_url: str, request: HttpRequest, got: HttpResponse) -> str:
    """The address on the same host that a redirect names. Raises ``HttpError`` for any other."""
    link = got.headers.get("location", "")
    if not link:
        raise HttpError("status", f"{shown(request.url)} redirects to nowhere (status {got.status})", status=got.status)
    url = joined(base_url, request.url, link, "a redirect")
    if request.method != "GET" and got.status not in KEEP_METHOD:
        raise HttpError("status", f"{shown(request.url)} redirects a question to {shown(url)} (status {got.status})", status=got.status)
    return url
