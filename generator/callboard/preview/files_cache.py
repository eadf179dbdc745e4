"""Descriptor files → entities and problems. Each result is cached with the files that were read for it, and read again when one changes."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from datetime import datetime
from pathlib import Path

from callboard.descriptors.document import FileLocation
from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import DiscoveryResult, discover
from callboard.ingestion.entity_cache import EntityCache
from callboard.model.data_classes import dataclass
from callboard.model.tree import DescriptorFile, Tree
from callboard.settings.settings import Limits
from callboard.sources.files.folder import FolderTree

_Key = tuple[str, str, str, str, str, tuple[str, ...]]


@dataclass(slots=True)
class _CachedResult:
    """The result of one descriptor file."""

    result: FileResult
    has_fetched: bool
    """True if a placeholder in it fetched a URL, which may name any file."""


@dataclass(slots=True)
class FilesCache:
    """The results of descriptor files, for one configuration. Not thread-safe."""

    kinds: Kinds
    limits: Limits
    cache: Path
    """File in which a build cached its results; used for the first discovery."""
    _results: dict[_Key, _CachedResult] = field(default_factory=dict)
    _readers: defaultdict[str, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    """Keys of the results for which a file was read, by the absolute path of that file."""
    _used: set[_Key] = field(default_factory=set)
    """Keys that the current discovery needs."""
    _entities: EntityCache | None = None

    def forget(self, paths: Iterable[str]) -> None:
        """Drop the results that depend on these files and folders; absolute paths."""
        for path in paths:
            keys = self._readers.get(path)
            below = f"{path}/"
            inside = () if keys else [file for file in self._readers if file.startswith(below)]
            for file in inside or (path,):
                for key in self._readers.pop(file, ()):
                    self._results.pop(key, None)
        for key in [key for key, cached in self._results.items() if cached.has_fetched]:
            del self._results[key]

    def discover(self, files: Sequence[DescriptorFile], connected: ConnectedTrees) -> DiscoveryResult:
        """Entities and problems of these files, and of those that their Locations name."""
        if self._entities is None:
            self._entities = EntityCache(self.cache, code_digest())
            self._entities.load(self.kinds, self.limits)
        self._used.clear()
        result = discover(files, connected, self.kinds, self.limits, self._read)
        self._results = {key: self._results[key] for key in self._used}
        self._entities.entries, self._entities.used = {}, {}  # only needed for the first discovery: free the memory
        return result

    def _read(self, file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch) -> FileResult:
        tree = file.tree
        key = file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations
        cached = self._results.get(key)
        self._used.add(key)
        if cached is None:
            recorder, urls = _RecordingTree(tree), []

            def recorded_fetch(url: str, location: FileLocation) -> bytes | None:
                urls.append(url)
                return fetch(url, location)

            assert self._entities  # noqa: S101 - set by ``discover``
            cached = _CachedResult(self._entities.read(replace(file, tree=recorder), kinds, limits, recorded_fetch), bool(urls))
            self._results[key] = cached
            for path in recorder.read_files:
                self._readers[path].add(key)
        return cached.result


class _RecordingTree:
    """A tree that records the absolute paths of files that were read, including those that do not exist."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self.read_files: set[str] = set()

    def read(self, path: str, limit: int) -> bytes:
        """Record the path and the target of a symbolic link, and read the file."""
        if isinstance(self._tree, FolderTree):
            absolute = os.path.normpath(self._tree.root / path)
            self.read_files |= {absolute, os.path.realpath(absolute)}
        return self._tree.read(path, limit)

    def glob(self, pattern: str) -> Sequence[str]:
        """As the tree does; not recorded."""
        return self._tree.glob(pattern)

    def fetch(self, paths: Sequence[str]) -> None:
        """As the tree does; not recorded."""
        self._tree.fetch(paths)

    def last_change(self, path: str) -> datetime | None:
        """As the tree does; not recorded."""
        return self._tree.last_change(path)

    def view_url(self, path: str, line: int | None = None) -> str:
        """As the tree does; not recorded."""
        return self._tree.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """As the tree does; not recorded."""
        return self._tree.edit_url(path)
