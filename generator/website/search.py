"""Full-text search: Pagefind over slim documents that hold the words of a page and nothing else.

Pagefind's Python interface waits a tenth of a second for each document; its program reads a folder of 10,000 in three
seconds. No filters: they make its output differ from run to run, and the names index has all facets.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from generator.errors import WebsiteError
from generator.outside import process
from generator.outside.store import write_atomically
from generator.pages.page import SearchText
from generator.website.committing import Staging

BODY_LIMIT = 200_000
"""Letters of one page that are indexed; a longer text costs every reader more than it helps the few who look for its end."""
_PUBLISHED = ("fragment/", "index/", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.")
_TIMEOUT = 1800
_NONE = (("pagefind/", ""),)


def search_key(digests: Mapping[str, str], language: str) -> str:
    """The digest of all that is searchable; ``digests``: of each page's text, by path."""
    said = (_version(), language, BODY_LIMIT, sorted(digests.items()))
    return hashlib.sha256(repr(said).encode("utf-8", "replace")).hexdigest()[:32]


def put_search(
    digests: Mapping[str, str],
    texts: Callable[[], Iterable[tuple[str, SearchText]]],
    language: str,
    cache: Path,
    staging: Staging,
    environ: Mapping[str, str],
) -> None:
    """Have the bundle of these pages in the site, below ``pagefind/``; made only if the texts are not those of last time.

    Args:
        digests: of each page's searchable text, by path.
        texts: the texts themselves, asked for only if they are needed.
        language: of the portal.
        cache: a folder, which keeps the names and digests of the bundle's files.
        staging: gets the files.
        environ: for Pagefind.

    Raises:
        WebsiteError: Pagefind is missing or has failed.
    """
    key = search_key(digests, language)
    if staging.keep_all(*_known(cache / "bundle.json", key)):
        return
    cache.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="indexing-", dir=cache))
    try:
        write_documents(texts(), language, scratch / "documents")
        _run_pagefind(scratch, environ)
        files = _put_bundle(scratch / "pagefind", staging)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    write_atomically(cache / "bundle.json", json.dumps([key, files]).encode())


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


def write_documents(texts: Iterable[tuple[str, SearchText]], language: str, folder: Path) -> None:
    """One slim document a page, at the page's own path, for Pagefind takes the address from there."""
    made: set[str] = set()
    for path, text in texts:
        target = f"{folder}/{path if path.endswith('.html') else f'{path}/index.html'}"
        parent = target.rpartition("/")[0]
        if parent not in made:
            os.makedirs(parent, exist_ok=True)  # noqa: PTH103
            made.add(parent)
        with open(target, "wb") as file:  # noqa: PTH123
            file.write(document(text, language).encode("utf-8", "replace"))


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


def _run_pagefind(folder: Path, environ: Mapping[str, str]) -> None:
    command: list[str | Path] = [_program(environ), "--site", "documents", "--output-path", "pagefind", "--quiet"]
    try:
        done = process.run(command, environ=process.allowed(environ), cwd=folder, timeout=_TIMEOUT)
    except OSError as error:
        raise WebsiteError(f"Pagefind cannot be started: {error}.", "pip install 'pagefind[bin]'") from error
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
