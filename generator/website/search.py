"""Full-text search: Pagefind over slim documents that hold the words of a page and nothing else.

Pagefind's Python interface waits a tenth of a second for each document; its program reads a folder of 10,000 in three
seconds. No filters: they make its output differ from run to run, and the names index has all facets.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from html import escape
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from generator.errors import WebsiteError
from generator.outside import process
from generator.pages.page import SearchText

BODY_LIMIT = 200_000
"""Letters of one page that are indexed; a longer text costs every reader more than it helps the few who look for its end."""
_PUBLISHED = ("fragment/", "index/", "pagefind-entry.json", "pagefind.js", "pagefind-worker.js", "wasm.")
_TIMEOUT = 1800


def search_key(texts: Iterable[tuple[str, SearchText]], language: str) -> str:
    """The digest of all that is searchable, in order of the pages."""
    digest = hashlib.sha256(repr((_version(), language, BODY_LIMIT)).encode())
    for path, text in texts:
        digest.update(repr((path, text)).encode("utf-8", "replace"))
    return digest.hexdigest()[:32]


def search_bundle(texts: Mapping[str, SearchText], language: str, cache: Path, environ: Mapping[str, str]) -> dict[str, Path]:
    """The files of the bundle by their path below ``pagefind/``; made only if the texts are not those of last time.

    Raises:
        WebsiteError: Pagefind is missing or has failed.
    """
    key = search_key(sorted(texts.items()), language)
    bundle = cache / key
    if not bundle.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(prefix="indexing-", dir=cache))
        try:
            write_documents(texts, language, scratch / "documents")
            _run_pagefind(scratch, environ)
            for other in cache.iterdir():
                if other != scratch:
                    shutil.rmtree(other, ignore_errors=True)
            (scratch / "pagefind").rename(bundle)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    files = ((path.relative_to(bundle).as_posix(), path) for path in sorted(bundle.rglob("*")) if path.is_file())
    return {name: path for name, path in files if name.startswith(_PUBLISHED) or name.endswith(".pf_meta")}


def write_documents(texts: Mapping[str, SearchText], language: str, folder: Path) -> None:
    """One slim document a page, at the page's own path, for Pagefind takes the address from there."""
    folder.mkdir(parents=True)
    for path, text in texts.items():
        target = folder / path if path.endswith(".html") else folder / path / "index.html"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(document(text, language).encode("utf-8", "replace"))


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
