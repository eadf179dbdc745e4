"""Successful responses as values, and as files that the next build validates with conditional requests (RFC 9110).

A library's cache serves a response for as long as its headers allow, and writes requests with their credentials to the disk. Here the host
confirms each response in each build, and nothing of a credential is stored but a digest in the file's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from callboard.io.checked_lines import read_checked, write_checked
from callboard.io.http.errors import HttpError
from callboard.io.http.urls import shown
from callboard.model.data_classes import dataclass
from callboard.model.json_numbers import json_integer

KEPT_HEADERS = frozenset({
    "content-type", "etag", "last-modified", "link", "vary", "x-ms-continuationtoken", "x-next-page", "x-total-count", "x-total",
    "x-total-pages",
})  # fmt: skip
_PURPOSE = b"http 2"
UNUSED_SECONDS = 30 * 86_400
"""A response that was not requested for so long is removed."""


def _do_nothing() -> None:
    pass


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful response, from the host or from the cache."""

    status: int
    headers: Mapping[str, str]
    """By name in lower case; the values of a name that occurs twice are joined with commas."""
    body: bytes
    url: str
    """The URL after redirects."""
    is_cached: bool = False
    """True if the body came from the cache."""
    forget: Callable[[], None] = field(default=_do_nothing, repr=False, compare=False)
    """Removes the response from the cache: an unusable one must not be confirmed as unchanged forever."""

    @property
    def text(self) -> str:
        """The body as UTF-8, invalid bytes replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """The body as JSON. Raises ``HttpError`` of the kind ``not-json``."""
        try:
            return _loaded(self.body)
        except (ValueError, RecursionError):
            self.forget()
            media_type = self.headers.get("content-type", "").partition(";")[0][:60] or "no content type"
            raise HttpError("not-json", f"{shown(self.url)} returned invalid JSON ({media_type}, {len(self.body):,} bytes)") from None

    def object(self) -> Mapping[str, Any]:
        """The body as a JSON object. Raises ``HttpError`` of the kinds ``not-json`` and ``wrong-type``."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.invalid("an object", value)
        return value

    def array(self) -> list[Any]:
        """The body as a JSON array. Raises ``HttpError`` of the kinds ``not-json`` and ``wrong-type``."""
        value = self.json()
        if not isinstance(value, list):
            raise self.invalid("an array", value)
        return value

    def invalid(self, expected: str, value: Any) -> HttpError:
        """The error of a response that differs from the API's description, which is removed from the cache."""
        self.forget()
        return HttpError("wrong-type", f"{shown(self.url)} returned {_type_words(value)} where {expected} was expected")


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """A response to an earlier request."""

    url: str
    headers: Mapping[str, str]
    """The headers of ``KEPT_HEADERS``, by name in lower case."""
    varied: Mapping[str, str]
    """The request's headers that the response varies by, with digests of their values."""
    body: bytes

    def conditions(self) -> dict[str, str]:
        """Request headers by which the host answers 304 where the response is still current."""
        pairs = (("If-None-Match", self.headers.get("etag", "")), ("If-Modified-Since", self.headers.get("last-modified", "")))
        return {name: value for name, value in pairs if value}

    def matches(self, request: Mapping[str, str]) -> bool:
        """Whether it was the response to a request with these headers."""
        return self.varied == _varied(self.headers, request)


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """A folder of responses; deletable at any time, damaged files count as missing."""

    folder: Path

    def key(self, *parts: str) -> str:
        """The key of a response, from method, URL, id of the credential and accepted types."""
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def find(self, key: str, request: Mapping[str, str]) -> CachedAnswer | None:
        """The response, if its file is intact and it matches the request's headers."""
        path = self._path(key)
        try:
            content = read_checked(path, _PURPOSE)
            if content is None:
                return None
            head, _, body = content.partition(b"\n")
            about = json.loads(head)
            cached = CachedAnswer(about["url"], about["headers"], about["varied"], body)
            os.utime(path)
        except OSError:
            return None
        return cached if cached.matches(request) else None

    def store(self, key: str, url: str, headers: Mapping[str, str], request: Mapping[str, str], body: bytes) -> None:
        """Store a response; a full or read-only disk is not an error."""
        kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
        about = {"url": url, "headers": kept, "varied": _varied(headers, request)}
        with contextlib.suppress(OSError):
            write_checked(self._path(key), json.dumps(about, sort_keys=True).encode() + b"\n" + body, _PURPOSE)

    def forget(self, key: str) -> None:
        """Remove a response."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def prune(self, now: float) -> None:
        """Remove responses that were not requested for ``UNUSED_SECONDS``; ``now`` in seconds since 1970."""
        with contextlib.suppress(OSError):
            for folder in [*self.folder.iterdir()]:
                for file in [*folder.iterdir()]:
                    if file.stat().st_mtime < now - UNUSED_SECONDS:
                        file.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def is_storable(headers: Mapping[str, str], secrets: Iterable[str], body: bytes, *, immutable: bool) -> bool:
    """Whether a response can be validated later, may be stored, and contains no secret of ours.

    ``immutable`` means that the content of the URL can never change, such as a file at a commit: ``no-store``, which GitLab sends with
    every file, is meant for browsers then; descriptors are kept in the state of the portal anyway.
    """
    control = headers.get("cache-control", "").lower()
    can_be_validated = immutable or "etag" in headers or "last-modified" in headers
    may_be_stored = (immutable or "no-store" not in control) and "*" not in headers.get("vary", "")
    return can_be_validated and may_be_stored and not any(secret.encode() in body for secret in secrets)


def _varied(headers: Mapping[str, str], request: Mapping[str, str]) -> dict[str, str]:
    """The headers that the response varies by; ``Authorization`` and similar ones are in the key as the id of the credential."""
    given = {name.lower(): value for name, value in request.items()}
    names = sorted({name.strip().lower() for name in headers.get("vary", "").split(",")} - {""})
    return {
        name: hashlib.sha256(given[name].encode()).hexdigest()[:16]
        for name in names
        if name in given and name in {"accept", "accept-language"}
    }


def _loaded(body: bytes) -> Any:
    text = body.decode("utf-8-sig")
    value = json.loads(text, parse_int=json_integer)
    if "\\ud" in text.lower():  # perhaps an unpaired surrogate, which UTF-8 cannot encode
        value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    return value


def _type_words(value: Any) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "null")
