"""Texts of pages → Pagefind's search index in ``pagefind/`` of the site, rebuilt only if a text has changed.

Pagefind runs as a service to which documents are sent one by one, and which returns the files of the index, without files in between.
Its Python package uses the same service, but waits a tenth of a second for each response.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from callboard.io.checked_lines import checked, read_checked, with_digest
from callboard.io.process import ProgramError, ServiceProcess, allowed
from callboard.io.site_folder.staging import Staging
from callboard.io.store import write_atomically
from callboard.model.errors import WebsiteError
from callboard.pages.page import SearchText

BODY_LIMIT = 200_000
"""Characters of a page that are indexed; longer texts would make the index larger for all readers, for the benefit of few."""
_TIMEOUT = 1800
"""Seconds."""
_END = b","
_PUBLISHED = ("fragment/", "index/", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.")
_FRAGMENTS = "fragment/"
OTHER_PAGE, GUIDE = -1, -2
"""In place of a row in the names index: a page about no entity, and one of the guides."""
_NONE = (("pagefind/", ""),)
"""A path that no site has, so that it cannot be kept."""
_LIST = b"search list 1"
_DOCUMENT_FORMAT = 3
"""Incremented whenever ``document`` changes."""


class FullText:
    """Pagefind's index in ``pagefind/`` of the site, built only if a text has changed since the last build.

    Documents are sent in the order of the plan, because the index depends on it. Pagefind reads them while other pages are still being
    rendered.

    Args:
        cache: folder with the documents of the last build, and the names and digests of the index's files.
        language: language of the portal.
        staging: where the files are added.
        environ: environment of Pagefind.
    """

    def __init__(self, cache: Path, language: str, staging: Staging, environ: Mapping[str, str]) -> None:
        self._documents = Documents(cache / "documents.jsonl", language)
        self._list = cache / "bundle.json"
        self._language = language
        self._staging = staging
        self._environ = environ
        self._pagefind: Pagefind | None = None
        self._key = ""
        self._rows: Mapping[str, int] = {}
        self._sent = 0
        self.is_new = False
        """Whether ``put`` added a new index."""

    def document(self, text: SearchText) -> str:
        """The document of a page for Pagefind."""
        return document(text, self._language)

    def begin(self, documents: Iterable[tuple[str, str]]) -> Pagefind:
        """Send Pagefind the documents (path, HTML) of the next pages of the plan, and start it if necessary.

        Raises:
            WebsiteError: Pagefind is missing or failed.
        """
        if self._pagefind is None:
            self._pagefind = Pagefind(self._environ)
        for path, html in documents:
            self._pagefind.add(path, html)
            self._sent += 1
        return self._pagefind

    def give(
        self, digests: Mapping[str, str], new: Mapping[str, str], text_of: Callable[[str], SearchText], rows: Mapping[str, int]
    ) -> None:
        """Send Pagefind all other documents and start indexing, unless the site already has the index of these texts.

        Args:
            digests: digests of the pages' texts by path, in the order of the plan.
            new: documents that this build made, by path.
            text_of: returns the text of a page, for one whose document is not cached.
            rows: rows in the names index of the pages of entities, by path; see ``rows_file``.

        Raises:
            WebsiteError: Pagefind is missing or failed.
        """
        self._key, self._rows = search_key(digests, self._language, rows), rows
        if self._pagefind is None and self._staging.keep_all(*_cached_files(self._list, self._key)):
            return
        pagefind = self.begin(())
        with self._documents.reading() as cached:
            self._documents.write(self._send_all(digests, new, cached, text_of))
        pagefind.index()

    def _send_all(
        self, digests: Mapping[str, str], new: Mapping[str, str], cached: DocumentCache, text_of: Callable[[str], SearchText]
    ) -> Iterator[tuple[str, str, str]]:  # fmt: skip
        """Path, digest and document of each page; a document that ``begin`` has not sent yet is sent before it is yielded."""
        sent_before, self._sent = self._sent, 0
        for path, digest in digests.items():
            html = new.get(path) or cached.find(path, digest) or self.document(text_of(path))
            if self._sent >= sent_before:
                self.begin([(path, html)])
            else:
                self._sent += 1
            yield path, digest, html

    def put(self) -> None:
        """Wait for Pagefind and add its files to the site.

        Raises:
            WebsiteError: Pagefind failed.
        """
        if self._pagefind is None:
            return
        files, fragments = [], {}
        for path, content in self._pagefind.files():
            if path.startswith(_PUBLISHED) or path.endswith(".pf_meta"):
                files.append(self._put(path, content))
            if path.startswith(_FRAGMENTS):
                fragments[path.removeprefix(_FRAGMENTS).partition(".")[0]] = fragment_url(content)
        self.end()
        files.append(self._put("rows.json", rows_file(fragments, self._rows)))
        self.is_new = True
        write_atomically(self._list, with_digest(json.dumps([self._key, sorted(files)]).encode(), _LIST))

    def _put(self, path: str, content: bytes) -> tuple[str, str]:
        self._staging.put(f"pagefind/{path}", content)
        return f"pagefind/{path}", self._staging.digest(f"pagefind/{path}")

    def end(self) -> None:
        """Stop Pagefind, if it is running."""
        if self._pagefind is not None:
            self._pagefind.stop()
            self._pagefind = None


def rows_file(fragments: Mapping[str, str], rows: Mapping[str, int]) -> bytes:
    """``pagefind/rows.json``: for each page of the index, by Pagefind's id, its row in the names index.

    With it the search filters and counts hits without loading the text of each. Pages about no entity have ``OTHER_PAGE`` or ``GUIDE``.
    """
    ids = sorted(fragments)
    found = [rows.get(fragments[name], GUIDE if fragments[name].startswith("guides/") else OTHER_PAGE) for name in ids]
    return json.dumps({"format": 1, "ids": " ".join(ids), "rows": found}, separators=(",", ":")).encode()


def fragment_url(content: bytes) -> str:
    """The path of the page, relative to the site's root, of one of Pagefind's fragments (compressed JSON). Raises ``WebsiteError``."""
    try:
        path: str = json.loads(gzip.decompress(content).removeprefix(b"pagefind_dcd"))["url"]
    except (OSError, ValueError, KeyError) as error:
        raise _failed(f"its fragment is invalid: {error}") from error
    return path.removeprefix("/")


def search_key(digests: Mapping[str, str], language: str, rows: Mapping[str, int]) -> str:
    """The key of the index; ``digests`` has the digests of the pages' texts by path."""
    inputs = (_version(), language, BODY_LIMIT, _DOCUMENT_FORMAT, sorted(digests.items()), sorted(rows.items()))
    return hashlib.sha256(repr(inputs).encode("utf-8", "replace")).hexdigest()[:32]


def document(text: SearchText, language: str) -> str:
    """The document of a page: minimal HTML. Metadata are in attributes, because Pagefind ends an inline value at a comma."""
    meta = (("kind", text.kind), ("alias", text.alias), *text.meta)
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in meta if value)
    names = ", ".join(f"{name}[data-{name}]" for name, value in meta if value)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.body[:BODY_LIMIT].split("\n\n") if part)
    html = (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"></head><body><main data-pagefind-body{data} '
        f'data-pagefind-meta="{names}"><h1 data-pagefind-meta="title">{escape(text.title)}</h1>{paragraphs}</main></body></html>'
    )
    return html.encode("utf-8", "replace").decode()


class Documents:
    """The documents of the last build in one file, which is read only if a text has changed.

    Args:
        file: the cache file.
        language: language of the portal.
    """

    def __init__(self, file: Path, language: str) -> None:
        self._file = file
        made_with = json.dumps([_DOCUMENT_FORMAT, language, BODY_LIMIT]).encode()
        self._purpose = hashlib.blake2b(made_with, digest_size=hashlib.blake2b.PERSON_SIZE).digest()

    @contextlib.contextmanager
    def reading(self) -> Iterator[DocumentCache]:
        """The cached documents, to be looked up in the order of the file, without damaged ones; empty if it is missing or outdated."""
        try:
            file = self._file.open("rb")
        except OSError:
            yield DocumentCache(iter(()))
            return
        with file:
            yield DocumentCache(content for line in file if (content := checked(line.removesuffix(b"\n"), self._purpose)) is not None)

    def write(self, documents: Iterable[tuple[str, str, str]]) -> None:
        """Save path, digest and document of all pages."""
        write_atomically(self._file, (with_digest(json.dumps(row).encode(), self._purpose) + b"\n" for row in documents))


class DocumentCache:
    """Documents of a file, read on demand: only those that were skipped while others were searched for are in memory."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self._rows: Iterator[tuple[str, str, str]] = map(json.loads, lines)
        self._skipped: dict[str, tuple[str, str]] = {}

    def find(self, path: str, digest: str) -> str:
        """The document of the page at ``path`` if it was made from the text with that digest, else an empty string."""
        if path not in self._skipped:
            for row_path, row_digest, row_html in self._rows:
                self._skipped[row_path] = (row_digest, row_html)
                if row_path == path:
                    break
        cached_digest, html = self._skipped.pop(path, ("", ""))
        return html if cached_digest == digest else ""


class Pagefind:
    """A Pagefind process that builds one index.

    Raises:
        WebsiteError: Pagefind is missing, failed, or rejected a request; each method may raise it.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        try:
            self._service = ServiceProcess([_program(environ), "--service"], environ=allowed(environ), end=_END, timeout=_TIMEOUT)
        except OSError as error:
            raise WebsiteError(f"Pagefind cannot be started: {error}.", "pip install 'pagefind[bin]'") from error
        self._requests = 0
        try:
            self._send("NewIndex", config={})
        except WebsiteError:
            self.stop()
            raise

    def add(self, path: str, html: str) -> None:
        """Add the document of the page at ``path``."""
        self._send("AddFile", index_id=0, url=f"/{path}", file_contents=html)

    def index(self) -> None:
        """Start to build the index: all documents have been added."""
        self._send("GetFiles", index_id=0)

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Paths and contents of the index's files; waits until it is built."""
        files = self._last_response()["files"]
        while files:  # so that the memory of each is freed after its use
            file = files.pop()
            yield file["path"], b64decode(file["content"])

    def stop(self) -> None:
        """Stop the process. Must be called in any case."""
        self._service.stop()

    def _send(self, kind: str, **payload: Any) -> None:
        self._requests += 1
        request = {"message_id": self._requests, "payload": {"type": kind, **payload}}
        try:
            self._service.send(b64encode(json.dumps(request).encode("utf-8", "replace")))
        except ProgramError as error:
            raise _failed(error) from error

    def _last_response(self) -> Any:
        try:
            for _ in range(self._requests):
                payload = json.loads(b64decode(self._service.answer()).decode())["payload"]
                if payload["type"] == "Error":
                    raise _failed(payload.get("message", ""))
        except ProgramError as error:
            raise _failed(error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise _failed(f"its response is invalid: {error}") from error
        return payload


def _failed(reason: object) -> WebsiteError:
    return WebsiteError(f"Pagefind could not index the site: {str(reason)[-2000:]}")


def _program(environ: Mapping[str, str]) -> Path:
    """The program: ``PAGEFIND_BINARY_PATH``, which Pagefind's package also reads, or else the one in that package."""
    if named := environ.get("PAGEFIND_BINARY_PATH"):
        return Path(named)
    for package in ("pagefind_bin", "pagefind_bin_extended"):
        spec = find_spec(package)
        for folder in spec.submodule_search_locations or () if spec else ():
            for name in ("pagefind", "pagefind_extended", "pagefind.exe"):
                if os.access(Path(folder) / name, os.X_OK):
                    return Path(folder) / name
    raise WebsiteError("Pagefind's program is not installed; without it there is no full-text search.", "pip install 'pagefind[bin]'")


def _cached_files(file: Path, key: str) -> tuple[tuple[str, str], ...]:
    """Paths and digests of the index's files for this key; ``_NONE`` if the last build had another key."""
    content = read_checked(file, _LIST)
    cached_key, files = json.loads(content) if content else ("", ())
    return tuple((path, digest) for path, digest in files) if cached_key == key else _NONE


def _version() -> str:
    try:
        return version("pagefind")
    except PackageNotFoundError:
        return ""
