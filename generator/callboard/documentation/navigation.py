"""The navigation that a set writes, or its files → pages in reading order, under titles as written."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from callboard.documentation.files import SetFiles
from callboard.model.data_classes import dataclass

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of a navigation: a page, a section, or a link to somewhere else."""

    title: str
    """As written, without HTML; empty where the page itself has the title."""
    path: str = ""
    """Of a page, below the documentation folder; empty for a section or link."""
    url: str = ""
    """Of a link."""
    children: tuple[NavItem, ...] = ()


@dataclass(frozen=True, slots=True)
class SetNavigation:
    """A set's navigation."""

    items: tuple[NavItem, ...]
    outside: tuple[str, ...] = ()
    """Paths of pages that the navigation does not name; they exist all the same."""
    missing: tuple[str, ...] = ()
    """Names of pages that do not exist."""
    intended: tuple[str, ...] = ()
    """Paths among ``outside`` that are meant to be there (``not_in_nav``)."""

    def order(self) -> tuple[str, ...]:
        """Paths of the pages in reading order, each once."""
        return tuple(dict.fromkeys(item.path for item in _flat(self.items) if item.path))

    def neighbours(self) -> dict[str, tuple[str, str]]:
        """Paths of the pages before and behind each page, empty for none; for a page that stands twice those of its last place (MkDocs)."""
        paths = ["", *(item.path for item in _flat(self.items) if item.path), ""]
        around = zip(paths, paths[1:], paths[2:], strict=False)
        return {path: (before if before != path else "", behind if behind != path else "") for before, path, behind in around}

    def titles(self) -> dict[str, str]:
        """Titles of pages that the navigation gives; the first one where a page stands twice."""
        titles: dict[str, str] = {}
        for item in _flat(self.items):
            if item.path and item.path not in titles:
                titles[item.path] = item.title
        return titles


def navigation_of(nav: Any, files: SetFiles) -> SetNavigation:
    """The navigation as written in ``nav``, or made from the files where there is none."""
    if not nav:
        return SetNavigation(tuple(_from_files(files)))
    missing: list[str] = []
    items = tuple(_items(nav, files, missing))
    named = {item.path for item in _flat(items)}
    outside = tuple(file.path for file in files.pages if file.path not in named)
    return SetNavigation(items, outside, tuple(missing))


def _items(nav: Any, files: SetFiles, missing: list[str]) -> Iterator[NavItem]:
    if isinstance(nav, list):
        for each in nav:
            yield from _items(each, files, missing) if isinstance(each, dict) else _named("", each, files, missing)
    elif isinstance(nav, dict):
        for title, value in nav.items():
            yield from _named(_plain(title), value, files, missing)


def _plain(title: Any) -> Any:
    """The text of a title in a navigation, which MkDocs shows as HTML; the title itself if nothing is left."""
    return unescape(_TAG.sub("", title)).strip() or title if isinstance(title, str) else title


def _named(title: str, value: Any, files: SetFiles, missing: list[str]) -> Iterator[NavItem]:
    if isinstance(value, list | dict):
        yield NavItem(title, children=tuple(_items(value, files, missing)))
    elif isinstance(value, str):
        file = files.find(posixpath.normpath(value))
        if file and file.is_page:
            yield NavItem(title, file.path)
        elif "://" in value or value.startswith(("/", "mailto:")):
            yield NavItem(title or value, url=value)
        else:
            missing.append(value)
    elif title:
        missing.append(title)


def _from_files(files: SetFiles, folder: str = "") -> Iterator[NavItem]:
    """Pages of a folder, its index first, then its folders as sections, as MkDocs makes them."""
    prefix = f"{folder}/" if folder else ""
    seen: dict[str, None] = {}
    for file in files.pages:
        if file.path.startswith(prefix):
            name, _, rest = file.path[len(prefix) :].partition("/")
            if rest:
                seen[name] = None
            else:
                yield NavItem("", file.path)
    for name in seen:
        yield NavItem(folder_title(name), children=tuple(_from_files(files, prefix + name)))


def folder_title(name: str) -> str:
    """A title from the name of a folder or file: words with spaces, with a capital letter if the name has none."""
    title = name.replace("-", " ").replace("_", " ")
    return title.capitalize() if title.lower() == title else title


def _flat(items: tuple[NavItem, ...]) -> Iterator[NavItem]:
    for item in items:
        yield item
        yield from _flat(item.children)
