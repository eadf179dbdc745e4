"""A navigation with ``!include`` and ``*include`` → one navigation, with the files of the included sets under their names."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import field
from html import unescape
from typing import Any

from callboard.documentation.configuration import SetConfiguration
from callboard.model.data_classes import dataclass

MOST = 200
"""Sets that one navigation includes."""
DEPTH = 5
_INCLUDE = re.compile(r"(?P<sign>[!*])include\s+(?P<path>\S.*)")
_ALIAS = re.compile(r"[a-zA-Z0-9_./-]+")
_BETWEEN_DIGITS = re.compile(r"(?<=\d),(?=\d)")
_GAPS = re.compile(r"[\W_]+")
_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D"}
)


@dataclass(frozen=True, slots=True)
class IncludedSet:
    """A set that another one includes."""

    configuration: SetConfiguration
    docs_folder: str
    """In the tree."""
    paths: Sequence[str]
    """Of its files, below ``docs_folder``."""


@dataclass(slots=True)
class Inclusion:
    """Includes sets into one.

    Args:
        load: reads the set of an ``mkdocs.yml`` by its path in the tree; returns None, or raises ``ConfigurationError``, if it cannot.
        find: returns the paths in the tree that match a glob.
    """

    load: Callable[[str], IncludedSet | None]
    find: Callable[[str], Sequence[str]]
    elsewhere: dict[str, str] = field(default_factory=dict)
    """Paths in the tree of the included files, by path in the joined set."""
    failed: list[tuple[str, str]] = field(default_factory=list)
    """What could not be included, as written, and why."""
    _left: int = MOST
    _aliases: set[str] = field(default_factory=set)

    def expanded(self, nav: Any, folder: str, prefix: str = "", seen: tuple[str, ...] = ()) -> Any:
        """The navigation with that of each included set in place of its name; ``folder`` is that of the ``mkdocs.yml`` with ``nav``."""
        if isinstance(nav, list):
            return [item for each in nav for item in self._items(each, folder, prefix, seen)]
        if isinstance(nav, dict):
            return {key: self._value(value, folder, prefix, seen) for key, value in nav.items()}
        return self._value(nav, folder, prefix, seen)

    def _items(self, item: Any, folder: str, prefix: str, seen: tuple[str, ...]) -> Sequence[Any]:
        match = _INCLUDE.fullmatch(item) if isinstance(item, str) else None
        if match and match["sign"] == "*":
            return self._all(match["path"], folder, prefix, seen)
        if match:
            name, nav = self._included(match["path"], folder, prefix, seen)
            return [{name: nav}]
        return [self.expanded(item, folder, prefix, seen)]

    def _value(self, value: Any, folder: str, prefix: str, seen: tuple[str, ...]) -> Any:
        if isinstance(value, list | dict):
            return self.expanded(value, folder, prefix, seen)
        if not isinstance(value, str):
            return value
        match = _INCLUDE.fullmatch(value)
        if match is None:
            return value if not prefix or "://" in value or value.startswith("/") else f"{prefix}/{posixpath.normpath(value)}"
        if match["sign"] == "*":
            return self._all(match["path"], folder, prefix, seen)
        return self._included(match["path"], folder, prefix, seen)[1]

    def _all(self, pattern: str, folder: str, prefix: str, seen: tuple[str, ...]) -> list[Any]:
        """The sets whose ``mkdocs.yml`` match, each under its name, by path."""
        found = self.find(posixpath.normpath(posixpath.join(folder, pattern)))
        paths = [path for path in sorted(found) if path not in seen and posixpath.dirname(path) != folder]
        loaded = [self._included(posixpath.relpath(path, folder or "."), folder, prefix, seen) for path in paths]
        return [{name: nav} for name, nav in loaded if nav]

    def _included(self, written: str, folder: str, prefix: str, seen: tuple[str, ...]) -> tuple[str, Any]:
        path = posixpath.normpath(posixpath.join(folder, written))
        self._left -= 1
        problem = self._obstacle(path, seen)
        included = None if problem else self.load(path)
        if included is None:
            self.failed.append((written, problem or "there is no such file, or it is not a mapping"))
            return written, []
        name = included.configuration.site_name or posixpath.dirname(path)
        alias = posixpath.normpath(posixpath.join(prefix, _alias(name)))
        if alias in self._aliases:
            self.failed.append((written, f"another included set has the name {name!r}"))
            return name, []
        self._aliases.add(alias)
        self.elsewhere |= {f"{alias}/{each}": posixpath.join(included.docs_folder, each) for each in included.paths}
        nav = included.configuration.nav or _nav_of(included.paths)
        return name, self.expanded(nav, posixpath.dirname(path), alias, (*seen, path))

    def _obstacle(self, path: str, seen: Sequence[str]) -> str:
        """Why a file is not included; empty if it can be."""
        if path.startswith(("../", "/")) or path == "..":
            return "it is not in the repository"
        if path in seen or len(seen) > DEPTH:
            return "it includes itself, or is nested too deeply"
        if self._left < 0:
            return f"more than {MOST} sets are included"
        return "" if path.endswith((".yml", ".yaml")) else "only files named mkdocs.yml or mkdocs.yaml are included"


def _alias(site_name: str) -> str:
    """The folder of an included set: its name, if that can be one, else as the plugin ``monorepo`` writes it, by ``python-slugify``.

    That writes the letters of all alphabets in Latin ones; here only those that are Latin letters with a mark, and others stay.
    """
    if _ALIAS.fullmatch(site_name) and ".." not in site_name:
        return site_name.strip("/") or "set"
    letters = unicodedata.normalize("NFKD", _BETWEEN_DIGITS.sub("", unescape(site_name)).translate(_LETTERS))
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter)).lower()
    return _GAPS.sub("-", plain).strip("-") or "set"


def _nav_of(paths: Sequence[str]) -> list[Any]:
    """A navigation of the pages of a folder that has none."""
    sections: dict[str, list[str]] = {}
    pages = sorted((path for path in paths if path.endswith(".md")), key=lambda path: (path.count("/"), not _is_index(path), path))
    for path in pages:
        sections.setdefault(posixpath.dirname(path), []).append(path)
    return [item for folder, inside in sections.items() for item in ([{folder: [*inside]}] if folder else inside)]


def _is_index(path: str) -> bool:
    return path.rpartition("/")[2] in {"index.md", "README.md"}
