"""Paths below a documentation folder → the files of a set, each with the URL that MkDocs gives it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

MARKDOWN = (".markdown", ".mdown", ".mkdn", ".mkd", ".md")
_INDEXES = ("index", "README")


@dataclass(frozen=True, slots=True)
class SetFile:
    """A file of a set: a page or anything else that a page may link to."""

    path: str
    """Below the documentation folder."""
    url: str
    """Relative to the set's start page, percent-encoded; empty for the start page."""
    is_page: bool


class SetFiles:
    """The files of a set by their paths."""

    def __init__(self, paths: Iterable[str]) -> None:
        kept = {path for path in paths if not _is_hidden(path)}
        kept -= {path for path in kept if _is_shadowed(path, kept)}
        self.by_path = {path: _file(path) for path in sorted(kept, key=_order)}

    @property
    def pages(self) -> tuple[SetFile, ...]:
        """The pages in MkDocs' order: the index of a folder first."""
        return tuple(file for file in self.by_path.values() if file.is_page)

    def duplicates(self) -> dict[str, tuple[str, ...]]:
        """Paths of pages that have the same URL, of which MkDocs shows the last."""
        by_url: dict[str, list[str]] = {}
        for file in self.pages:
            by_url.setdefault(file.url, []).append(file.path)
        return {url: tuple(paths) for url, paths in by_url.items() if len(paths) > 1}

    def target(self, address: str, page: str) -> tuple[SetFile | None, str]:
        """The file that a relative address on a page names, and the address's query and anchor; None for no such file."""
        parts = urlsplit(address)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))).lstrip("/")
        rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        return self.by_path.get(path), rest


def relative_url(target: SetFile, page: SetFile) -> str:
    """The address of a file of the set from one of its pages, as MkDocs writes it."""
    start = page.url.rstrip("/") if page.url.endswith("/") else posixpath.dirname(page.url)
    relative = posixpath.relpath(f"/{target.url}", f"/{start}")
    return f"{relative.rstrip('/')}/" if not target.url or target.url.endswith("/") else relative


def _file(path: str) -> SetFile:
    stem, end = posixpath.splitext(path)
    if end.lower() not in MARKDOWN:
        return SetFile(path, quote(path), is_page=False)
    folder, name = posixpath.split(stem)
    url = f"{folder}/" if name in _INDEXES and folder else "" if name in _INDEXES else f"{stem}/"
    return SetFile(path, quote(url), is_page=True)


def _is_hidden(path: str) -> bool:
    """Whether MkDocs leaves out the file: names that begin with a full stop, and the folder of templates."""
    return path.startswith("templates/") or any(part.startswith(".") for part in path.split("/"))


def _is_shadowed(path: str, others: set[str]) -> bool:
    """Whether a README stands beside an index, which MkDocs prefers."""
    folder, name = posixpath.split(path)
    return name == "README.md" and posixpath.join(folder, "index.md") in others


def _order(path: str) -> tuple[tuple[str, ...], bool, str]:
    folder, name = posixpath.split(path)
    is_index = posixpath.splitext(name)[0] in _INDEXES
    return (tuple(folder.split("/")) if folder else (), not is_index, name)
