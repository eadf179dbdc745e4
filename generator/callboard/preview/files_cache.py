"""Descriptor files that were read, each with all that it was made of: after a change only those are read again that it concerns."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from callboard.descriptors.kinds import Kinds
from callboard.descriptors.placeholders import Fetch
from callboard.descriptors.reading import FileResult
from callboard.incremental.fingerprint import code_digest
from callboard.ingestion.discovery import DiscoveryResult, discover
from callboard.ingestion.entity_cache import EntityCache
from callboard.model.tree import DescriptorFile, Tree, Trees
from callboard.settings.settings import Limits
from callboard.sources.files.folder import FolderTree

_Key = tuple[str, str, str, str, str, tuple[str, ...]]


@dataclass(slots=True)
class _CachedFile:
    """A result, and the files that it was made of."""

    result: FileResult
    asked: bool
    """It asked for a URL, so that it may be made of any file."""


@dataclass(slots=True)
class FilesCache:
    """What stands in the descriptor files. For one configuration, used by one thread."""

    kinds: Kinds
    limits: Limits
    cache: Path
    """What an earlier build kept: for the first reading."""
    _known: dict[_Key, _CachedFile] = field(default_factory=dict)
    _readers: defaultdict[str, set[_Key]] = field(default_factory=lambda: defaultdict(set))
    """Who was made of a file, by its absolute path."""
    _used: set[_Key] = field(default_factory=set)
    _reread: EntityCache | None = None

    def forget(self, paths: Iterable[str]) -> None:
        """These files, or folders with all that is in them, are not what they were (absolute paths)."""
        for path in paths:
            keys = self._readers.get(path)
            below = f"{path}/"
            inside = () if keys else [name for name in self._readers if name.startswith(below)]
            for name in inside or (path,):
                for key in self._readers.pop(name, ()):
                    self._known.pop(key, None)
        for key in [key for key, kept in self._known.items() if kept.asked]:
            del self._known[key]

    def discovered(self, files: Sequence[DescriptorFile], trees: Trees) -> DiscoveryResult:
        """What stands in these files and in all that their Locations lead to."""
        if self._reread is None:
            self._reread = EntityCache(self.cache, code_digest())
            self._reread.load(self.kinds, self.limits)
        self._used.clear()
        found = discover(files, trees, self.kinds, self.limits, self._read)
        self._known = {key: self._known[key] for key in self._used}
        self._reread.entries, self._reread.used = {}, {}  # it served the first reading
        return found

    def _read(self, file: DescriptorFile, kinds: Kinds, limits: Limits, fetch: Fetch) -> FileResult:
        tree = file.tree
        key = file.source, tree.id, tree.repository, tree.revision, file.path, file.via_locations
        kept = self._known.get(key)
        self._used.add(key)
        if kept is None:
            noted, asked = _RecordingTree(tree), []

            def ask(url: str) -> bytes | None:
                asked.append(url)
                return fetch(url)

            assert self._reread  # noqa: S101 - made before anything is read
            kept = _CachedFile(self._reread.read(replace(file, tree=noted), kinds, limits, ask), bool(asked))
            self._known[key] = kept
            for path in noted.read_files:
                self._readers[path].add(key)
        return kept.result


class _RecordingTree:
    """A tree that notes which files of the disk were asked for, also those that are not there."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.id, self.repository, self.revision, self.addresses = tree.id, tree.repository, tree.revision, tree.addresses
        self.read_files: set[str] = set()

    def read(self, path: str, limit: int) -> bytes:
        """The tree's answer."""
        if isinstance(self._tree, FolderTree):
            named = os.path.normpath(self._tree.root / path)
            self.read_files |= {named, os.path.realpath(named)}
        return self._tree.read(path, limit)

    def glob(self, pattern: str) -> Sequence[str]:
        """The tree's answer."""
        return self._tree.glob(pattern)

    def fetch(self, paths: Sequence[str]) -> None:
        """Passed on."""
        self._tree.fetch(paths)

    def last_change(self, path: str) -> datetime | None:
        """The tree's answer."""
        return self._tree.last_change(path)

    def view_url(self, path: str, line: int | None = None) -> str:
        """The tree's answer."""
        return self._tree.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """The tree's answer."""
        return self._tree.edit_url(path)
