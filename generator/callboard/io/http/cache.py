"""Answers kept between builds, to ask only whether they are still good (RFC 9110, conditional requests).

A cache of a library serves pages for as long as their headers say, and writes requests with their credentials to the disk. Here each answer
is confirmed by the host in each build, and nothing of a credential is kept but a digest in the file's name.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

KEPT_HEADERS = frozenset({
    "content-type", "etag", "last-modified", "link", "vary", "x-next-page", "x-total-count", "x-total", "x-total-pages",
})  # fmt: skip
UNUSED_SECONDS = 30 * 86_400
"""An answer that nobody asked for in this time goes."""


@dataclass(frozen=True, slots=True)
class CachedAnswer:
    """An answer of the past."""

    url: str
    headers: Mapping[str, str]
    """Those of ``KEPT_HEADERS``."""
    varied: Mapping[str, str]
    """The request's headers that the answer depends on, with digests of their values."""
    body: bytes

    def conditions(self) -> dict[str, str]:
        """Headers that ask whether it is still good."""
        pairs = (("If-None-Match", self.headers.get("etag", "")), ("If-Modified-Since", self.headers.get("last-modified", "")))
        return {name: value for name, value in pairs if value}

    def suits(self, request: Mapping[str, str]) -> bool:
        """Whether it was the answer to a request with these headers."""
        return self.varied == _varied(self.headers, request)


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """A folder of answers; deletable at any time, damaged files count as missing."""

    folder: Path

    def key(self, *parts: str) -> str:
        """The name of an answer: method, URL, id of the credential, accepted types."""
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def find(self, key: str, request: Mapping[str, str]) -> CachedAnswer | None:
        """The answer, if it is whole and suits the request's headers."""
        path = self._path(key)
        try:
            head, _, body = path.read_bytes().partition(b"\n")
            about = json.loads(head)
            kept = CachedAnswer(str(about["url"]), about["headers"], about["varied"], body)
            whole = about["sha256"] == hashlib.sha256(body).hexdigest()
            os.utime(path)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return kept if whole and kept.suits(request) else None

    def keep(self, key: str, url: str, headers: Mapping[str, str], request: Mapping[str, str], body: bytes) -> None:
        """Keep an answer; a full or read-only disk is no reason to stop."""
        kept = {name: value for name, value in headers.items() if name in KEPT_HEADERS}
        about = {"url": url, "headers": kept, "varied": _varied(headers, request), "sha256": hashlib.sha256(body).hexdigest()}
        with contextlib.suppress(OSError):
            _write(self._path(key), json.dumps(about, sort_keys=True).encode() + b"\n" + body)

    def forget(self, key: str) -> None:
        """Take an answer out."""
        with contextlib.suppress(OSError):
            self._path(key).unlink()

    def prune(self, now: float) -> None:
        """Take out what has not been asked for in a long time; ``now`` in seconds since 1970."""
        with contextlib.suppress(OSError):
            for folder in [*self.folder.iterdir()]:
                for file in [*folder.iterdir()]:
                    if file.stat().st_mtime < now - UNUSED_SECONDS:
                        file.unlink()

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]


def is_keepable(headers: Mapping[str, str], secrets: Iterable[str], body: bytes, *, fixed: bool) -> bool:
    """Whether an answer can be asked about again, may be kept, and holds no secret of ours.

    ``fixed`` says that what the URL names can never change, such as a file at a commit: ``no-store``, which GitLab says of every file, is
    meant for browsers then; descriptors are kept in the state of the portal anyway.
    """
    control = headers.get("cache-control", "").lower()
    askable = fixed or "etag" in headers or "last-modified" in headers
    allowed = (fixed or "no-store" not in control) and "*" not in headers.get("vary", "")
    return askable and allowed and not any(secret.encode() in body for secret in secrets)


def _varied(headers: Mapping[str, str], request: Mapping[str, str]) -> dict[str, str]:
    """``Authorization`` and its like are in the key as the id of the credential."""
    given = {name.lower(): value for name, value in request.items()}
    names = sorted({name.strip().lower() for name in headers.get("vary", "").split(",")} - {""})
    return {
        name: hashlib.sha256(given[name].encode()).hexdigest()[:16]
        for name in names
        if name in given and name in {"accept", "accept-language"}
    }


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all for readers; not forced to the disk, since the digest tells a damaged file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise
