"""Changed paths → which sources and files they affect. Only the affected folders are listed again; hosts are queried once."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from callboard.io.threads import InterruptibleThreads
from callboard.model.data_classes import dataclass
from callboard.plugins import loader
from callboard.plugins.containment.plugin_process import interruptible
from callboard.plugins.run_sources import AT_ONCE, GROUP, collect_all
from callboard.plugins.sources import Collected, SourceContext, merge_collected
from callboard.settings.settings import Settings, SourceSettings
from callboard.sources.files.folder import FolderTree, checkout_root

FILES = "files"
"""Type of the built-in source that lists folders."""
File = tuple[str, str, str]
"""Name of the source, id of the tree, and path in the tree."""


@dataclass(frozen=True, slots=True)
class SourceChanges:
    """How changed paths affect the sources."""

    files: frozenset[File] = frozenset()
    """Changed and new files of trees."""
    paths: frozenset[str] = frozenset()
    """The changed paths inside folders of sources; absolute."""
    has_queried: bool = False
    """True if sources were queried again."""

    @property
    def is_empty(self) -> bool:
        """True if the change does not affect any source."""
        return not self.paths and not self.has_queried


@dataclass(frozen=True, slots=True)
class _ListedFolder:
    """The last listing of a source of type ``files``."""

    root: str
    """Absolute path of the source's folder."""
    trees: Mapping[str, FolderTree]
    """Trees by absolute path."""
    heads: Mapping[str, tuple[int, ...]]
    """State of the git checkouts that contain the trees, by absolute path: it changes when another revision is checked out."""


class SourcesCache:
    """The results of all sources of one configuration. Not thread-safe."""

    def __init__(self, settings: Settings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context
        self._collected: dict[str, Collected] = {}
        """Result of each source, by its name."""
        self._folders: dict[str, _ListedFolder] = {}
        """Listing of each source of type ``files``, by the name of the source."""

    @property
    def collected(self) -> Collected:
        """The results of all sources, in the order of ``sources.yaml``."""
        return merge_collected([self._collected[source.name] for source in self._settings.sources])

    def collect(self, names: Iterable[str] | None = None) -> None:
        """Query these sources; None for all."""
        sources = [source for source in self._settings.sources if names is None or source.name in names]
        if not sources:
            return
        with InterruptibleThreads(min(AT_ONCE, len(sources))) as pool, interruptible():
            results = pool.map(lambda source: collect_all(replace(self._settings, sources=(source,)), self._context), sources)
            self._collected |= zip((source.name for source in sources), results, strict=True)
        for source in sources:
            if source.type == FILES:
                self._folders[source.name] = self._listed(source)

    def update(self, paths: Iterable[str]) -> SourceChanges:
        """Find what changed paths (absolute) affect, and query affected sources again.

        Those are sources of type ``files`` in which the list of files or the git revision may have changed, and sources of plugins.
        """
        paths, inside_sources, outdated = tuple(paths), set(), set()
        files: set[File] = set()
        for source in self._settings.sources:
            folder = self._folders.get(source.name)
            if folder is None:
                if not _is_built_in(source):
                    outdated.add(source.name)  # a plugin may read any file
                continue
            inside = [path for path in paths if path == folder.root or path.startswith(f"{folder.root}/")]
            inside_sources.update(inside)
            in_trees = {path: _file_in_tree(folder, path) for path in inside}
            if not folder.trees or None in in_trees.values() or any(_head(Path(root)) != head for root, head in folder.heads.items()):
                outdated.add(source.name)
            else:
                files.update((source.name, *file) for file in in_trees.values() if file)
        self.collect(outdated)
        for name in outdated & self._folders.keys():
            listed = self._folders[name]
            files.update((name, *file) for path in inside_sources if (file := _file_in_tree(listed, path)))
        return SourceChanges(frozenset(files), frozenset(inside_sources), bool(outdated))

    def _listed(self, source: SourceSettings) -> _ListedFolder:
        trees = {str(tree.root): tree for tree in self._collected[source.name].trees if isinstance(tree, FolderTree)}
        roots: dict[Path, Path | None] = {}
        checkouts = {checkout_root(Path(root), roots) for root in trees} - {None}
        return _ListedFolder(_root(self._settings, source), trees, {str(root): _head(root) for root in checkouts if root})


def source_folders(settings: Settings) -> Sequence[Path]:
    """Folders of the sources of type ``files``, whether or not they exist."""
    return [Path(_root(settings, source)) for source in settings.sources if source.type == FILES]


def _root(settings: Settings, source: SourceSettings) -> str:
    return os.path.realpath(settings.root / Path(str(source.options.get("path", "."))).expanduser())


def _is_built_in(source: SourceSettings) -> bool:
    return source.type in loader.BUILT_IN[GROUP]


def _file_in_tree(folder: _ListedFolder, path: str) -> tuple[str, str] | None:
    """Id of the tree, and path in it, of a regular file that exists and is in the listing; None for all other paths."""
    if Path(path).is_symlink() or not Path(path).is_file():
        return None
    root = path
    while (root := root.rpartition("/")[0]) and root.startswith(folder.root):
        if tree := folder.trees.get(root):
            relative = path[len(root) + 1 :]
            index = bisect_left(tree.listing, relative)
            return (tree.id, relative) if index < len(tree.listing) and tree.listing[index] == relative else None
    return None


def _head(root: Path) -> tuple[int, ...]:
    """Times of change of the files that git writes on a commit or checkout, in nanoseconds."""
    return tuple(_modified(root / ".git" / name) for name in ("HEAD", "logs/HEAD", "packed-refs"))


def _modified(path: Path) -> int:
    """Time of change in nanoseconds; 0 if there is no such file."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
