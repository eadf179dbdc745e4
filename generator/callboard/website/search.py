"""Pagefind's own service: documents go in one by one, the files of its index come out, nothing lies on the disk in between.

Its Python package speaks with the same service, but waits a tenth of a second for each answer.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

from callboard.io.process import ProgramError, ServiceProcess, allowed
from callboard.io.store import write_atomically
from callboard.model.errors import WebsiteError
from callboard.pages.page import SearchText
from callboard.website.staging import Staging

_TIMEOUT = 1800
_END = b","


class Pagefind:
    """One index in the making.

    Raises:
        WebsiteError: Pagefind is missing, has failed, or refuses something; each method may raise it.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        try:
            self._service = ServiceProcess([_program(environ), "--service"], environ=allowed(environ), end=_END, timeout=_TIMEOUT)
        except OSError as error:
            raise WebsiteError(f"Pagefind cannot be started: {error}.", "pip install 'pagefind[bin]'") from error
        self._asked = 0
        try:
            self._ask("NewIndex", config={})
        except WebsiteError:
            self.stop()
            raise

    def add(self, path: str, html: str) -> None:
        """Have the document of the page at ``path``."""
        self._ask("AddFile", index_id=0, url=f"/{path}", file_contents=html)

    def index(self) -> None:
        """Work: no document comes any more."""
        self._ask("GetFiles", index_id=0)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Paths and contents of the bundle, once it is made."""
        files = self._last_answer()["files"]
        while files:  # each is let go once it is told
            file = files.pop()
            yield file["path"], b64decode(file["content"])

    def stop(self) -> None:
        """End it, wherever it is. To be called in any case."""
        self._service.stop()

    def _ask(self, kind: str, **what: Any) -> None:
        self._asked += 1
        question = {"message_id": self._asked, "payload": {"type": kind, **what}}
        try:
            self._service.send(b64encode(json.dumps(question).encode("utf-8", "replace")))
        except ProgramError as error:
            raise _failed(error) from error

    def _last_answer(self) -> Any:
        try:
            for _ in range(self._asked):
                payload = json.loads(b64decode(self._service.answer()).decode())["payload"]
                if payload["type"] == "Error":
                    raise _failed(payload.get("message", ""))
        except ProgramError as error:
            raise _failed(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _failed(f"it said what nobody understands: {error}") from error
        return payload


def _failed(said: object) -> WebsiteError:
    return WebsiteError(f"Pagefind could not index the site: {str(said)[-2000:]}")


def _program(environ: Mapping[str, str]) -> Path:
    """``PAGEFIND_BINARY_PATH``, as Pagefind's own package reads it, else the program inside the package."""
    if named := environ.get("PAGEFIND_BINARY_PATH"):
        return Path(named)
    for package in ("pagefind_bin", "pagefind_bin_extended"):
        found = find_spec(package)
        for folder in found.submodule_search_locations or () if found else ():
            for name in ("pagefind", "pagefind_extended", "pagefind.exe"):
                if os.access(Path(folder) / name, os.X_OK):
                    return Path(folder) / name
    raise WebsiteError("Pagefind's program is not installed; without it there is no full-text search.", "pip install 'pagefind[bin]'")


BODY_LIMIT = 200_000
"""Letters of one page that are indexed; a longer text costs every reader more than it helps the few who look for its end."""
_PUBLISHED = ("fragment/", "index/", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.")
_NONE = (("pagefind/", ""),)
_DOCUMENTS = 3
"""Raised whenever ``document`` changes."""


class Documents:
    """The slim documents of the last build: one file, which is read only where another text makes it necessary.

    Args:
        file: the cache.
        language: of the portal.
    """

    def __init__(self, file: Path, language: str) -> None:
        self._file = file
        self._head = json.dumps([_DOCUMENTS, language, BODY_LIMIT])

    @contextlib.contextmanager
    def reading(self) -> Iterator[DocumentCache]:
        """Look for documents in the order in which they lie there; nothing is found where the file is missing, old or damaged."""
        try:
            with self._file.open(encoding="utf-8", errors="replace") as lines:
                yield DocumentCache(lines if next(lines, "").rstrip("\n") == self._head else iter(()))
        except FileNotFoundError:
            yield DocumentCache(iter(()))

    def write(self, documents: Iterable[tuple[str, str, str]]) -> None:
        """Keep path, digest and document of all pages."""
        write_atomically(self._file, (f"{line}\n".encode() for line in chain([self._head], map(json.dumps, documents))))


class DocumentCache:
    """Documents of a file, of which only those are in memory that were passed while others were looked for."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._rows = self._parsed(lines)
        self._passed: dict[str, tuple[str, str]] = {}

    def find(self, path: str, digest: str) -> str:
        """The document of the page at ``path`` if it was made of that text, else nothing."""
        if path not in self._passed:
            for at, *known in self._rows:
                self._passed[at] = (known[0], known[1])
                if at == path:
                    break
        known_digest, html = self._passed.pop(path, ("", ""))
        return html if known_digest == digest else ""

    @staticmethod
    def _parsed(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
        with contextlib.suppress(ValueError, TypeError):  # the rest of the file is damaged
            for line in lines:
                path, digest, html = json.loads(line)
                yield str(path), str(digest), str(html)


class FullText:
    """Pagefind's bundle below ``pagefind/`` of the site, made only if the texts are not those of last time.

    Documents are given in the order in which the plan has their pages, for the index depends on it. Pagefind takes them in while
    other pages are still being made.

    Args:
        cache: a folder, which keeps the documents, and the names and digests of the bundle's files.
        language: of the portal.
        staging: gets the files.
        environ: for Pagefind.
    """

    def __init__(self, cache: Path, language: str, staging: Staging, environ: Mapping[str, str]) -> None:
        self._documents = Documents(cache / "documents.jsonl", language)
        self._list = cache / "bundle.json"
        self._language = language
        self._staging = staging
        self._environ = environ
        self._pagefind: Pagefind | None = None
        self._key = ""
        self._done = 0

    def document(self, text: SearchText) -> str:
        """What Pagefind is to know of a page."""
        return document(text, self._language)

    def begin(self, documents: Iterable[tuple[str, str]]) -> Pagefind:
        """Give Pagefind the documents of these pages, the first ones of the plan that were not given yet: paths and HTML.

        Raises:
            WebsiteError: Pagefind is missing, or has failed.
        """
        if self._pagefind is None:
            self._pagefind = Pagefind(self._environ)
        for path, html in documents:
            self._pagefind.add(path, html)
            self._done += 1
        return self._pagefind

    def give(self, digests: Mapping[str, str], new: Mapping[str, str], text_of: Callable[[str], SearchText]) -> None:
        """Give Pagefind all other documents, and let it work, if the bundle of these texts is not there.

        Args:
            digests: of each page's text, by path, in the order of the plan.
            new: documents that this build has made, by path.
            text_of: the text of a page, asked for where its document is missing.

        Raises:
            WebsiteError: Pagefind is missing, or has failed.
        """
        self._key = search_key(digests, self._language)
        if self._pagefind is None and self._staging.keep_all(*_known(self._list, self._key)):
            return
        pagefind = self.begin(())
        with self._documents.reading() as kept:
            self._documents.write(self._given(digests, new, kept, text_of))
        pagefind.index()

    def _given(
        self, digests: Mapping[str, str], new: Mapping[str, str], kept: DocumentCache, text_of: Callable[[str], SearchText]
    ) -> Iterator[tuple[str, str, str]]:  # fmt: skip
        """Path, digest and document of each page, which Pagefind has once they are told here."""
        given, self._done = self._done, 0
        for path, digest in digests.items():
            html = new.get(path) or kept.find(path, digest) or self.document(text_of(path))
            if self._done >= given:
                self.begin([(path, html)])
            else:
                self._done += 1
            yield path, digest, html

    def put(self) -> None:
        """Wait for Pagefind, and have its files.

        Raises:
            WebsiteError: Pagefind has failed.
        """
        if self._pagefind is None:
            return
        files = []
        for path, content in self._pagefind.files():
            if path.startswith(_PUBLISHED) or path.endswith(".pf_meta"):
                self._staging.put(f"pagefind/{path}", content)
                files.append((f"pagefind/{path}", self._staging.digest(f"pagefind/{path}")))
        self.end()
        write_atomically(self._list, json.dumps([self._key, sorted(files)]).encode())

    def end(self) -> None:
        """Stop Pagefind, if it is at work."""
        if self._pagefind is not None:
            self._pagefind.stop()
            self._pagefind = None


def search_key(digests: Mapping[str, str], language: str) -> str:
    """The digest of all that is searchable; ``digests``: of each page's text, by path."""
    said = (_version(), language, BODY_LIMIT, _DOCUMENTS, sorted(digests.items()))
    return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:32]


def _known(file: Path, key: str) -> tuple[tuple[str, str], ...]:
    """Paths and digests of the bundle that was made for this key; a path that is in no site if there is none."""
    try:
        known, files = json.loads(file.read_bytes())
        return tuple((str(path), str(digest)) for path, digest in files) if known == key else _NONE
    except (OSError, ValueError, TypeError):
        return _NONE


def document(text: SearchText, language: str) -> str:
    """The slim document. Values stand in attributes: an inline value of Pagefind's would run on to the next comma's end."""
    meta = (("kind", text.kind), ("alias", text.alias), *text.meta)
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in meta if value)
    names = ", ".join(f"{name}[data-{name}]" for name, value in meta if value)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.body[:BODY_LIMIT].split("\n\n") if part)
    html = (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"></head><body><main data-pagefind-body{data} '
        f'data-pagefind-meta="{names}"><h1 data-pagefind-meta="title">{escape(text.title)}</h1>{paragraphs}</main></body></html>'
    )
    return html.encode("utf-8", "replace").decode()


def _version() -> str:
    try:
        return version("pagefind")
    except PackageNotFoundError:
        return ""
