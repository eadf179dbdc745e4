"""Connected trees and their settings → which files of a repository the descriptors of other repositories may read.

A descriptor reads files of its own repository, at any revision. Of another repository it reads what that repository's source permits with
``readable_by``, and a Location also what that source would read as a descriptor itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from callboard.descriptors.document import FileLocation
from callboard.descriptors.placeholders import NOT_PERMITTED, Fetch
from callboard.model.data_classes import dataclass
from callboard.model.errors import MissingFileError, MissingRevisionError, NotPermittedError, TreeError
from callboard.model.tree import DescriptorFile, Tree, Trees, has_other_revisions
from callboard.plugins.sources.paths import compiled_glob, descriptor_paths
from callboard.settings.settings import SourceSettings
from callboard.sources import addresses

EVERYBODY = "all"
"""The value of ``readable_by`` that permits reading to every descriptor of the portal."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The repository of a descriptor that reads a file."""

    source: str
    tree: str
    """Id of its tree."""
    repository: str
    """The tree's name for people."""


@dataclass(frozen=True, slots=True)
class ConnectedTrees:
    """The trees of all sources, and what these permit to others."""

    trees: Trees
    sources: Sequence[SourceSettings] = ()
    _all: tuple[Tree, ...] = field(init=False, repr=False)
    _by_name: Mapping[str, SourceSettings] = field(init=False, repr=False)
    _sources_of: Mapping[Tree, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_all", tuple(self.trees.values()))
        object.__setattr__(self, "_by_name", {source.name: source for source in self.sources})
        object.__setattr__(self, "_sources_of", {tree: source for (source, _), tree in self.trees.items()})

    def source_of(self, tree: Tree) -> str:
        """The name of the source that has the tree."""
        return self._sources_of[tree]

    def find(self, url: str) -> tuple[Tree, str] | None:
        """As ``addresses.find``."""
        return addresses.find(url, self._all)

    def find_folder(self, url: str) -> tuple[Tree, str] | None:
        """As ``addresses.find_folder``."""
        return addresses.find_folder(url, self._all)

    def at_other_revisions(self, url: str) -> Sequence[addresses.Revision]:
        """As ``addresses.at_other_revisions``."""
        return addresses.at_other_revisions(url, self._all)

    def is_own(self, reader: Reader, tree: Tree) -> bool:
        """Whether the tree is the reader's own, or the same repository in another source or at another revision."""
        own = self.trees.get((reader.source, reader.tree))
        return own is tree or (own is not None and bool(addresses.repositories_of(own) & addresses.repositories_of(tree)))

    def is_readable(self, reader: Reader, tree: Tree) -> bool:
        """Whether the reader may read any file of the tree."""
        if self.is_own(reader, tree):
            return True
        source = self.source_of(tree)
        if source == reader.source and getattr(tree, "is_shared", False):
            return True
        permitted = self._by_name[source].readable_by if source in self._by_name else ()
        return any(entry in {EVERYBODY, reader.source} or _matches(entry, reader) for entry in permitted)

    def is_descriptor(self, tree: Tree, path: str) -> bool:
        """Whether the tree's own source would read the file as a descriptor."""
        settings = self._by_name.get(self.source_of(tree))
        return bool(descriptor_paths((path,), settings.options if settings else {}))

    def permission(self, reader: Reader, tree: Tree) -> str:
        """What to add to ``sources.yaml`` so that the reader may read the tree."""
        return f'`readable_by: ["{reader.repository}"]` to the source `{self.source_of(tree)}` in sources.yaml'


def reader_of(file: DescriptorFile | FileLocation) -> Reader:
    """The repository of a descriptor file."""
    if isinstance(file, FileLocation):
        return Reader(file.source, file.tree_id, file.repository)
    return Reader(file.source, file.tree.id, file.tree.repository)


def fetcher(connected: ConnectedTrees, limit: int) -> Fetch:
    """A function that reads an absolute URL for a descriptor: at most ``limit`` bytes; None if no connected repository has it.

    It raises ``NotPermittedError`` for a repository that the descriptor's may not read, ``MissingRevisionError`` for a revision that cannot
    be had, and other ``TreeError``.
    """

    def fetch(url: str, location: FileLocation) -> bytes | None:
        reader = reader_of(location)
        if (place := connected.find(url)) is not None:
            tree, path = place
            _raise_if_not_permitted(connected, reader, tree)
            return _file(tree, path, limit)
        revisions = connected.at_other_revisions(url)
        readable = [revision for revision in revisions if connected.is_readable(reader, revision.tree)]
        if revisions and not readable:
            _raise_if_not_permitted(connected, reader, revisions[0].tree)
        return _first(readable, limit) if readable else None

    return fetch


def _raise_if_not_permitted(connected: ConnectedTrees, reader: Reader, tree: Tree) -> None:
    if not connected.is_readable(reader, tree):
        message = f"{tree.repository} {NOT_PERMITTED} {reader.repository}"
        raise NotPermittedError(message, f"Add {connected.permission(reader, tree)}, or copy the file into this repository.")


def _file(tree: Tree, path: str, limit: int) -> bytes:
    if not path:
        raise MissingFileError(f"this is the root folder of {tree.repository}")
    return tree.read(path, limit)


def _first(revisions: Sequence[addresses.Revision], limit: int) -> bytes:
    """The file at the first of these revisions that exists. Raises ``TreeError``."""
    missing: TreeError | None = None
    for tree, ref, path in revisions:
        try:
            if ref == "HEAD":
                return _file(tree, path, limit)
            if has_other_revisions(tree):
                return tree.read_at(ref, path, limit)
            missing = missing or MissingRevisionError(f"{tree.repository} can be read at one revision only")
        except MissingRevisionError as error:
            missing = missing or error
    raise missing or MissingRevisionError("there is no such revision")


def _matches(entry: str, reader: Reader) -> bool:
    """Whether a glob names the reader's repository: by its name, or by its address without scheme (``github.com/acme/*``)."""
    try:
        pattern = compiled_glob(entry)
    except TreeError:
        return False
    return any(pattern.fullmatch(name) for name in (reader.repository, reader.tree.partition("://")[2]) if name)
