"""What the sources found, kept: after a change only the folders that it lies in are listed again, and no host is asked twice."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from callboard.model.tree import Trees
from callboard.plugins import loader
from callboard.plugins.sources import Collected, SourceContext, joined
from callboard.settings.settings import Settings, SourceSettings
from callboard.sources.collect import AT_ONCE, GROUP, collect_all
from callboard.sources.files.folder import FolderTree, checkout_root

FILES = "files"
File = tuple[str, str, str]
"""Source, tree and path."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What a change means to the sources."""

    files: frozenset[File] = frozenset()
    """Files of trees that are other than they were, or new."""
    paths: frozenset[str] = frozenset()
    """All that lies in the folder of a source, as absolute paths."""
    asked: bool = False
    """Sources were asked again."""

    @property
    def is_any(self) -> bool:
        """It means anything to them."""
        return bool(self.paths) or self.asked


@dataclass(frozen=True, slots=True)
class _ListedFolder:
    """One source of folders, as it was listed."""

    root: str
    trees: Mapping[str, FolderTree]
    """By absolute path."""
    heads: Mapping[str, tuple[int, ...]]
    """State of the work trees of git around them: another one means another revision."""


class SourcesCache:
    """All sources of one configuration. Used by one thread."""

    def __init__(self, settings: Settings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context
        self._found: dict[str, Collected] = {}
        self._folders: dict[str, _ListedFolder] = {}

    @property
    def collected(self) -> Collected:
        """What all sources found, in the order of ``sources.yaml``."""
        return joined([self._found[item.name] for item in self._settings.sources])

    @property
    def trees(self) -> Trees:
        """All trees."""
        found = self.collected
        return {(source, tree.id): tree for source, tree in zip(found.tree_sources, found.trees, strict=True)}

    def collect(self, names: Iterable[str] | None = None) -> None:
        """Ask these sources; all of them if nothing is said."""
        wanted = [item for item in self._settings.sources if names is None or item.name in names]
        if not wanted:
            return
        with ThreadPoolExecutor(min(AT_ONCE, len(wanted))) as pool:
            found = pool.map(lambda item: collect_all(replace(self._settings, sources=(item,)), self._context), wanted)
            self._found |= zip((item.name for item in wanted), found, strict=True)
        for item in wanted:
            if item.type == FILES:
                self._folders[item.name] = self._listed(item)

    def touch(self, paths: Iterable[str]) -> Touched:
        """Something is other at these absolute paths: ask the sources again whose folders have other files than before."""
        paths, mine, again = tuple(paths), set(), set()
        files: set[File] = set()
        for item in self._settings.sources:
            folder = self._folders.get(item.name)
            if folder is None:
                if not _is_ours(item):
                    again.add(item.name)  # a plugin may read anything
                continue
            inside = [path for path in paths if path == folder.root or path.startswith(f"{folder.root}/")]
            mine.update(inside)
            places = {path: _place(folder, path) for path in inside}
            if not folder.trees or None in places.values() or any(_head(Path(root)) != head for root, head in folder.heads.items()):
                again.add(item.name)
            else:
                files.update((item.name, *place) for place in places.values() if place)
        self.collect(again)
        for name in again & self._folders.keys():
            listed = self._folders[name]
            files.update((name, *place) for path in mine if (place := _place(listed, path)))
        return Touched(frozenset(files), frozenset(mine), bool(again))

    def _listed(self, item: SourceSettings) -> _ListedFolder:
        trees = {str(tree.root): tree for tree in self._found[item.name].trees if isinstance(tree, FolderTree)}
        known: dict[Path, Path | None] = {}
        around = {checkout_root(Path(root), known) for root in trees} - {None}
        return _ListedFolder(_root(self._settings, item), trees, {str(root): _head(root) for root in around if root})


def source_folders(settings: Settings) -> Sequence[Path]:
    """Folders that sources read, whether they are there or not."""
    return [Path(_root(settings, item)) for item in settings.sources if item.type == FILES]


def _root(settings: Settings, item: SourceSettings) -> str:
    return os.path.realpath(settings.root / Path(str(item.options.get("path", "."))).expanduser())


def _is_ours(item: SourceSettings) -> bool:
    return item.type in loader.BUILT_IN[GROUP]


def _place(folder: _ListedFolder, path: str) -> tuple[str, str] | None:
    """Id of the tree and path in it of a plain file that was there when the folder was listed, and is there; else None."""
    if Path(path).is_symlink() or not Path(path).is_file():
        return None
    root = path
    while (root := root.rpartition("/")[0]) and root.startswith(folder.root):
        if tree := folder.trees.get(root):
            inside = path[len(root) + 1 :]
            at = bisect_left(tree.listing, inside)
            return (tree.id, inside) if at < len(tree.listing) and tree.listing[at] == inside else None
    return None


def _head(root: Path) -> tuple[int, ...]:
    """Times of what git writes when a commit is made or another one is checked out."""
    return tuple(_time(root / ".git" / name) for name in ("HEAD", "logs/HEAD", "packed-refs"))


def _time(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
