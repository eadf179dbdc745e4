"""A document with ``$text``, ``$json`` and ``$yaml`` → the document with each such mapping replaced by the content of a file.

``$openapi`` and ``$asyncapi`` (Backstage's module for OpenAPI) are read as ``$text``; ``definitions.py`` puts the files of references in.
Source of the rules: Backstage's ``PlaceholderProcessor``. A mapping with several keys of which one begins with ``$`` is not changed, nor
are values below it; the same holds for an unknown ``$`` key. Inserted content is not scanned again.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from callboard.descriptors.document import FileLocation
from callboard.model.errors import (
    MissingFileError,
    MissingRevisionError,
    NotPermittedError,
    OutsideTreeError,
    TooLargeError,
    TreeError,
)
from callboard.settings.settings import Limits
from callboard.yaml import documents as yaml_documents
from callboard.yaml.values import decimal_number

FailureReason = Literal["unreadable", "unparsable", "outside", "not-permitted", "no-revision", "remote", "no-path"]
ReadFile = Callable[[str], bytes]
"""Returns the content of a file by its path in the tree; raises ``TreeError``."""
Fetch = Callable[[str, FileLocation], bytes | None]
"""Returns the content of an absolute URL for the descriptor at a location, None if no configured source has it; raises ``TreeError``."""

NO_SOURCE = "no configured source has this URL"
"""Why a URL is not read; checks without a portal do not report it."""
NOT_PERMITTED = "is not readable by"
"""Between the names of two repositories; checks without a portal do not report it either."""
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:|//|\\\\")
_HOSTS = re.compile(r"https?://(?:github\.com|gist\.githubusercontent\.com|gitlab\.com|bitbucket\.org|dev\.azure\.com)/")
"""Hosts on which Backstage compares the repository with that of the descriptor; it does not for raw.githubusercontent.com."""
_MOST_DEPTH = 60


class PlaceholderFailure(NamedTuple):
    """A placeholder that could not be replaced, so that its mapping stays, or not in the way that its key means."""

    path: tuple[str | int, ...]
    target: str
    reason: FailureReason
    why: str
    hint: str = ""
    """How to fix it; empty for the usual way of the reason."""


class _FailedError(Exception):
    def __init__(self, reason: FailureReason, why: str, hint: str = "") -> None:
        super().__init__(why)
        self.reason: FailureReason = reason
        self.hint = hint


class Placeholders:
    """Replaces the placeholders in the documents of one file; caches what it reads, and limits the total bytes."""

    def __init__(self, location: FileLocation, read: ReadFile, fetch: Fetch | None, limits: Limits) -> None:
        self._location = location
        self._folder = posixpath.dirname(location.path)
        self._read = read
        self._fetch = fetch
        self._bytes_left = limits.placeholder_bytes
        self._most_nodes = limits.nodes_per_document
        self._contents: dict[str, str] = {}

    def replaced(self, value: Any, path: tuple[str | int, ...] = ()) -> tuple[Any, tuple[PlaceholderFailure, ...]]:
        """Return the value with its placeholders replaced, and the failures."""
        failures: list[PlaceholderFailure] = []
        return self._walk(value, path, failures), tuple(failures)

    def _walk(self, value: Any, path: tuple[str | int, ...], failures: list[PlaceholderFailure]) -> Any:
        if isinstance(value, list):
            return [self._walk(item, (*path, number), failures) for number, item in enumerate(value)]
        if not isinstance(value, dict):
            return value
        if not any(key.startswith("$") for key in value):
            return {key: self._walk(item, (*path, key), failures) for key, item in value.items()}
        key, target = next(iter(value.items()))
        parse = _PARSERS.get(key) if len(value) == 1 else None
        if parse is None:
            return value
        try:
            content = parse(self._content(target), self._most_nodes)
        except _FailedError as failed:
            shown = target if isinstance(target, str) else json.dumps(target, default=str)
            failures.append(PlaceholderFailure(path, shown, failed.reason, str(failed), failed.hint))
            return value
        return content

    def content_at(self, path: str) -> bytes:
        """The content at a path of the tree, or at a URL that a configured source has; for references between files.

        Raises ``TreeError``, or ``ValueError`` with the reason.
        """
        try:
            return self._absolute(path) if _ABSOLUTE.match(path) else self._read(path)
        except _FailedError as error:
            raise ValueError(str(error)) from error

    def _content(self, target: Any) -> str:
        if not isinstance(target, str):
            raise _FailedError("no-path", "not a string")
        if target not in self._contents:
            data = self._bytes(target)
            self._bytes_left -= len(data)
            if self._bytes_left < 0:
                raise _FailedError("unreadable", "the placeholders of this file exceed the size limit in total")
            self._contents[target] = data.decode("utf-8", "replace")
        return self._contents[target]

    def _bytes(self, target: str) -> bytes:
        try:
            if _ABSOLUTE.match(target):
                return self._absolute(target)
            return self._inside(target)
        except NotPermittedError as error:
            raise _FailedError("not-permitted", str(error), error.hint) from error
        except MissingRevisionError as error:
            raise _FailedError("no-revision", str(error), error.hint) from error
        except OutsideTreeError as error:
            raise _FailedError("outside", "the path leads out of the repository") from error
        except MissingFileError as error:
            raise _FailedError("unreadable", "there is no such file") from error
        except TooLargeError as error:
            raise _FailedError("unreadable", "the file is too large") from error
        except TreeError as error:
            raise _FailedError("unreadable", "the file cannot be read") from error

    def _absolute(self, url: str) -> bytes:
        """Read a file that a configured source has, by its URL; nothing else is fetched."""
        data = self._fetch(url, self._location) if self._fetch else None
        if data is None:
            raise _FailedError("outside" if _HOSTS.match(url) else "remote", NO_SOURCE)
        return data

    def _inside(self, target: str) -> bytes:
        r"""Read a file of the tree by a path as in a URL: ``\`` is read as ``/``, ``%20`` may be a space."""
        path = self._resolved(target)
        try:
            return self._read(path)
        except MissingFileError:
            decoded = self._resolved(unquote(re.split(r"[?#]", target, maxsplit=1)[0]))
            if decoded == path:
                raise
            return self._read(decoded)

    def _resolved(self, target: str) -> str:
        target = target.strip().replace("\\", "/")
        path = posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join(self._folder, target))
        if path == ".." or path.startswith(("../", "/")) or "\0" in path:
            raise _FailedError("outside", "the path leads out of the repository")
        return path


def _text(content: str, _: int) -> str:
    return content


def _json(content: str, _: int) -> Any:
    try:
        value = _bounded(json.loads(content, parse_constant=_refuse, parse_int=decimal_number, parse_float=decimal_number))
        if "\\ud" in content.lower():  # possibly an unpaired surrogate, which cannot be encoded as UTF-8
            value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except (ValueError, RecursionError) as error:
        raise _FailedError("unparsable", "it is not valid JSON") from error
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _bounded(value: Any, depth: int = 0) -> Any:
    """Return the value. Raises ``ValueError`` if its nesting exceeds the limit for recursion."""
    if depth > _MOST_DEPTH:
        raise ValueError("too deep")
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _bounded(child, depth + 1)
    return value


def _yaml(content: str, most_nodes: int) -> Any:
    documents = yaml_documents.read_documents(content.removeprefix("\ufeff"), nodes=most_nodes, depth=_MOST_DEPTH, documents=2)
    if len(documents) != 1:
        raise _FailedError("unparsable", f"it has {len(documents) or 'no'} documents; exactly one is required")
    if documents[0].failed:
        raise _FailedError("unparsable", f"it is not valid YAML (line {documents[0].troubles[0].at.line})")
    return documents[0].value


_PARSERS: Mapping[str, Callable[[str, int], Any]] = {
    "$text": _text, "$json": _json, "$yaml": _yaml, "$openapi": _text, "$asyncapi": _text,
}  # fmt: skip
