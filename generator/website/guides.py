"""The guides: Markdown pages that people write for the portal; MkDocs renders them, with their own navigation."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.problems import Problem
from generator.website.guides_order import Order, read_order
from generator.website.rules import missing_guide


@dataclass(frozen=True, slots=True)
class Guides:
    """The files of the guides' folder."""

    folder: Path | None
    files: tuple[str, ...] = ()
    """Relative paths with ``/``, sorted; nothing hidden, no symbolic links."""

    @property
    def pages(self) -> tuple[str, ...]:
        """The Markdown files among them."""
        return tuple(path for path in self.files if path.endswith(".md"))

    def copy_to(self, target: Path) -> None:
        """Copy the files below ``target``."""
        for path in self.files:
            if self.folder:
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(self.folder / path, target / path)

    def navigation(self, prefix: str) -> list[Any]:
        """MkDocs' ``nav`` for the guides: that of ``nav.yaml`` in their folder, else by name with each ``index.md`` first.

        Raises ``WebsiteError`` where ``nav.yaml`` is no navigation.
        """
        order = self._order()
        return _by_name(self.pages, prefix) if order is None else order.prefixed(prefix)

    def missing(self) -> tuple[Problem, ...]:
        """Names in ``nav.yaml`` that no guide has; ``navigation`` leaves them out. Raises as it does."""
        order = self._order()
        return tuple(missing_guide.problem(order.file, *named) for named in order.missing) if order else ()

    def _order(self) -> Order | None:
        own = self.folder / "nav.yaml" if self.folder else None
        return read_order(own, frozenset(self.files)) if own and own.is_file() else None


def read_guides(folder: Path | None) -> Guides:
    """The guides in ``folder``; none when it is None."""
    if folder is None:
        return Guides(None)
    found = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    paths = (path.relative_to(folder) for path in found)
    return Guides(folder, tuple(sorted(p.as_posix() for p in paths if not any(part.startswith((".", "_")) for part in p.parts))))


def _by_name(pages: tuple[str, ...], prefix: str) -> list[Any]:
    """Pages and folders of one level; ``prefix`` ends in ``/``."""
    here = sorted((path for path in pages if "/" not in path), key=lambda path: (path not in {"index.md", "README.md"}, path))
    folders: dict[str, list[str]] = {}
    for path in pages:
        head, slash, rest = path.partition("/")
        if slash:
            folders.setdefault(head, []).append(rest)
    sections = [{_title(name): _by_name(tuple(inside), f"{prefix}{name}/")} for name, inside in sorted(folders.items())]
    return [*(prefix + path for path in here), *sections]


def _title(folder: str) -> str:
    return folder.replace("-", " ").replace("_", " ").strip().capitalize()
