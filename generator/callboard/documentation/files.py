"""Paths below a documentation folder → the files of a set, each with the URL that MkDocs gives it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from urllib.parse import quote, unquote, urlsplit

from callboard.model.data_classes import dataclass

MARKDOWN = (".markdown", ".mdown", ".mkdn", ".mkd", ".md")
"""As MkDocs knows pages: in lower case only."""
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
    """The files of a set by their paths.

    Args:
        paths: below the documentation folder.
        folder: the documentation folder in its repository, without a final ``/``; None if files outside of it are not known.
        elsewhere: paths in the repository of files that are not in that folder.
        is_complete: whether ``paths`` are all files of the folder.
    """

    def __init__(
        self, paths: Iterable[str], folder: str | None = None, elsewhere: Mapping[str, str] | None = None, *, is_complete: bool = True
    ) -> None:
        kept = {path for path in paths if not _is_hidden(path)}
        kept -= {path for path in kept if _is_shadowed(path, kept)}
        found = {path: _file(path) for path in sorted(kept, key=_order)}
        last = {file.url: file for file in found.values() if file.is_page}
        self.hidden = {path: last[file.url] for path, file in found.items() if file.is_page and last[file.url] is not file}
        """By the path of a page whose address another one has, that other one: MkDocs shows the last in its order."""
        self.by_path = {path: file for path, file in found.items() if path not in self.hidden}
        self._by_url = {unquote(file.url).rstrip("/"): file for file in self.by_path.values()}
        self._folder, self._elsewhere, self._is_complete = folder, elsewhere or {}, is_complete
        self._inside = {there: path for path, there in self._elsewhere.items()}

    @property
    def pages(self) -> tuple[SetFile, ...]:
        """The pages in MkDocs' order: the index of a folder first."""
        return tuple(file for file in self.by_path.values() if file.is_page)

    def find(self, path: str) -> SetFile | None:
        """The file with a path; for a page whose address another one has, that other one."""
        return self.by_path.get(path) or self.hidden.get(path)

    def by_url(self, address: str) -> SetFile | None:
        """The file with an address below the set's, which may be written with ``..`` and without a final ``/``."""
        path = posixpath.normpath(unquote(address).removesuffix("index.html"))
        return self._by_url.get("" if path == "." else path)

    def repository_path(self, path: str) -> str:
        """The path in the repository of a file of the set."""
        return self._elsewhere.get(path) or posixpath.join(self._folder or "", path)

    def outside(self, address: str, page: str) -> str:
        """The path in the repository that a relative path on a page names, if it is outside of the documentation; else an empty string."""
        if self._folder is None:
            return ""
        here = posixpath.dirname(self.repository_path(page))
        path = posixpath.normpath(posixpath.join(here, unquote(address)))
        if path.startswith(("../", "/")) or path in {"..", "."}:
            return ""
        is_inside = not self._folder or path.startswith(f"{self._folder}/")
        return "" if is_inside and self._is_complete else path

    def target(self, address: str, page: str) -> tuple[SetFile | None, str]:
        """The file that a relative address on a page names, and the address's query and anchor; None for no such file."""
        parts = urlsplit(address)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path))).lstrip("/")
        rest = (f"?{parts.query}" if parts.query else "") + (f"#{parts.fragment}" if parts.fragment else "")
        return self.find(path) or self._elsewhere_target(unquote(parts.path), page), rest

    def _elsewhere_target(self, path: str, page: str) -> SetFile | None:
        """The file that a path names by its place in the repository, if it or the page is not in the documentation folder."""
        if not self._inside:
            return None
        there = posixpath.normpath(posixpath.join(posixpath.dirname(self.repository_path(page)), path))
        start = f"{self._folder}/" if self._folder else ""
        is_below = page in self._elsewhere and there.startswith(start)
        return self.find(self._inside.get(there) or (there[len(start) :] if is_below else ""))


def relative_url(target: SetFile, page: SetFile) -> str:
    """The address of a file of the set from one of its pages, as MkDocs writes it."""
    start = page.url.rstrip("/") if page.url.endswith("/") else posixpath.dirname(page.url)
    relative = posixpath.relpath(f"/{target.url}", f"/{start}")
    return f"{relative.rstrip('/')}/" if not target.url or target.url.endswith("/") else relative


def _file(path: str) -> SetFile:
    stem, end = posixpath.splitext(path)
    if end not in MARKDOWN:
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
