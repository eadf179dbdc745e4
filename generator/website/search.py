"""Full-text search: Pagefind over slim documents that hold the words of a page and nothing else.

Pagefind's Python interface waits a tenth of a second for each document; its program reads a folder of 10,000 in three
seconds. No filters: they make its output differ from run to run, and the names index has all facets.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from generator.errors import WebsiteError
from generator.outside.process import Running, allowed
from generator.outside.store import write_atomically
from generator.pages.page import SearchText
from generator.website.committing import Staging

BODY_LIMIT = 200_000
"""Letters of one page that are indexed; a longer text costs every reader more than it helps the few who look for its end."""
_PUBLISHED = ("fragment/", "index/", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.")
_TIMEOUT = 1800
_NONE = (("pagefind/", ""),)
_DOCUMENTS = 2
"""Raised whenever ``document`` or its file's name changes."""
_NAME = 200
"""Letters of a file's name; a longer one goes on in a folder."""


class Documents:
    """The slim documents of the last build, in a folder; only those are written whose texts are not what they were.

    The list of what lies there is away while files change: a build that dies in between leaves a folder that nobody trusts.
    All files lie beside each other, for making and removing a folder costs more than a document.

    Args:
        cache: the folder above.
        language: of the portal.
    """

    def __init__(self, cache: Path, language: str) -> None:
        self.folder = cache / "documents"
        self._list = cache / "documents.json"
        self._language = language
        self._head = [_DOCUMENTS, language, BODY_LIMIT]
        self._known = self._read_list()
        self._open = False

    def open(self) -> None:
        """From now on ``put`` may be called, in copies of this process too."""
        if not self._known:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._list.unlink(missing_ok=True)
        self._open = True

    def put(self, path: str, text: SearchText) -> None:
        """Write the document of the page at ``path``."""
        file = self._file(path)
        if len(file) > len(str(self.folder)) + _NAME:
            os.makedirs(os.path.dirname(file), exist_ok=True)  # noqa: PTH103, PTH120 - plain calls: a cold build comes here for each page
        with open(file, "wb") as target:  # noqa: PTH123
            target.write(document(text, self._language).encode("utf-8", "replace"))

    def close(self, digests: Mapping[str, str], put: AbstractSet[str], text_of: Callable[[str], SearchText]) -> None:
        """Have the documents of exactly these pages.

        Args:
            digests: of each page's text, by path.
            put: paths of those that this build has put already.
            text_of: the text of a page, asked for where its document is missing.
        """
        if not self._open and digests == self._known:
            return
        if not self._open:
            self.open()
        for path, digest in digests.items():
            if path not in put and self._known.get(path) != digest:
                self.put(path, text_of(path))
        for path in self._known.keys() - digests.keys():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(self._file(path))  # noqa: PTH108
        write_atomically(self._list, json.dumps([self._head, dict(digests)]).encode())

    def _file(self, path: str) -> str:
        """Pagefind takes a page's address from its file's name, and the browser the path from that."""
        name = quote(path, safe="")
        return f"{self.folder}/{'/'.join(name[start : start + _NAME] for start in range(0, len(name), _NAME))}.html"

    def _read_list(self) -> dict[str, str]:
        try:
            head, known = json.loads(self._list.read_bytes())
            valid = head == self._head and self.folder.is_dir()
            return {str(path): str(digest) for path, digest in known.items()} if valid else {}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


class Bundle:
    """Pagefind's bundle below ``pagefind/`` of the site, made only if the texts are not those of last time.

    Args:
        documents: closed.
        digests: of each page's searchable text, by path.
        cache: a folder, which keeps the names and digests of the bundle's files.
        staging: gets the files.
        environ: for Pagefind.

    Raises:
        WebsiteError: Pagefind is missing.
    """

    def __init__(
        self, documents: Path, digests: Mapping[str, str], language: str, cache: Path, staging: Staging, environ: Mapping[str, str]
    ) -> None:
        self._staging = staging
        self._list = cache / "bundle.json"
        self._key = search_key(digests, language)
        self._running: Running | None = None
        if staging.keep_all(*_known(self._list, self._key)):
            return
        cache.mkdir(parents=True, exist_ok=True)
        self._scratch = Path(tempfile.mkdtemp(prefix="indexing-", dir=cache))
        try:
            self._running = _start_pagefind(documents, self._scratch, environ)
        except BaseException:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise

    def put(self) -> None:
        """Wait for Pagefind, and have its files.

        Raises:
            WebsiteError: Pagefind has failed.
        """
        if self._running is None:
            return
        try:
            _finish_pagefind(self._running, self._scratch)
            files = _put_bundle(self._scratch / "pagefind", self._staging)
        finally:
            shutil.rmtree(self._scratch, ignore_errors=True)
        write_atomically(self._list, json.dumps([self._key, files]).encode())

    def discard(self) -> None:
        """Stop Pagefind, if it is at work."""
        if self._running is not None:
            self._running.stop()
            self._running.finish()
            shutil.rmtree(self._scratch, ignore_errors=True)


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


def _put_bundle(bundle: Path, staging: Staging) -> list[tuple[str, str]]:
    files = []
    for folder, _, names in os.walk(bundle):
        for name in names:
            file = f"{folder}/{name}"
            path = file[len(str(bundle)) + 1 :]
            if path.startswith(_PUBLISHED) or path.endswith(".pf_meta"):
                staging.put_file(f"pagefind/{path}", file)
                files.append((f"pagefind/{path}", staging.digest(f"pagefind/{path}")))
    return sorted(files)


def document(text: SearchText, language: str) -> str:
    """The slim document. Values stand in attributes: an inline value of Pagefind's would run on to the next comma's end."""
    meta = (("kind", text.kind), ("alias", text.alias), *text.meta)
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in meta if value)
    names = ", ".join(f"{name}[data-{name}]" for name, value in meta if value)
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.body[:BODY_LIMIT].split("\n\n") if part)
    return (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8"></head><body><main data-pagefind-body{data} '
        f'data-pagefind-meta="{names}"><h1 data-pagefind-meta="title">{escape(text.title)}</h1>{paragraphs}</main></body></html>'
    )


def _start_pagefind(documents: Path, folder: Path, environ: Mapping[str, str]) -> Running:
    command: list[str | Path] = [_program(environ), "--site", documents, "--output-path", folder / "pagefind", "--quiet"]
    try:
        return Running(command, environ=allowed(environ), cwd=folder, timeout=_TIMEOUT)
    except OSError as error:
        raise WebsiteError(f"Pagefind cannot be started: {error}.", "pip install 'pagefind[bin]'") from error


def _finish_pagefind(running: Running, folder: Path) -> None:
    done = running.finish()
    if not done.good or not (folder / "pagefind/pagefind-entry.json").is_file():
        said = (done.stderr or done.stdout.decode("utf-8", "replace")).strip()[-2000:]
        raise WebsiteError(f"Pagefind could not index the site (exit code {done.code}): {said}")


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


def _version() -> str:
    try:
        return version("pagefind")
    except PackageNotFoundError:
        return ""
