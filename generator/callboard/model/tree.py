"""The protocol of a tree, the files of one folder or repository at one revision, and the descriptor files in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Protocol, TypeGuard

from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin


class Tree(Protocol):
    """Lazy access to files with size limits, never outside the tree. Paths are relative, with ``/``, without ``..``."""

    @property
    def id(self) -> str:
        """Stable identity within its source: the folder's path or the canonical URL of the repository."""

    @property
    def repository(self) -> str:
        """The name for people, such as ``acme/payments``."""

    @property
    def revision(self) -> str:
        """The commit, or an empty string for a plain folder."""

    @property
    def addresses(self) -> Sequence[str]:
        """URLs and paths of its files in the normal form of ``sources.addresses``."""

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file of at most ``limit`` bytes.

        Raises ``MissingFileError``, ``TooLargeError`` or ``OutsideTreeError``; ``TreeError`` itself if it cannot be fetched.
        """

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths of the files that match (``*``, ``**``, ``?``, ``[…]``, ``{a,b}``); links that lead out of the tree are ignored.

        Raises ``TreeError`` for a glob beyond the limits (length, number of alternatives).
        """

    def fetch(self, paths: Sequence[str]) -> None:
        """Announce files that will be read, so that they are fetched in one request; optional, unknown paths are ignored.

        Raises ``SourceError`` if the network fails.
        """

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None if the tree has no history."""

    def view_url(self, path: str, line: int | None = None) -> str:
        """URL of the file on the web, at that line; an empty string if unknown."""

    def edit_url(self, path: str) -> str:
        """URL at which the file can be edited on the web; an empty string if unknown."""


class OtherRevisions(Protocol):
    """What a tree offers if its repository can be read at other revisions than its own."""

    def read_at(self, ref: str, path: str, limit: int) -> bytes:
        """As ``Tree.read``, at a branch, tag or commit. Raises ``MissingRevisionError`` where that cannot be had."""


class KnownFolders(Protocol):
    """What a tree offers that can read whole folders at once: from the last build where they are unchanged, else by one fetch."""

    def expect_folders(self, folders: Sequence[str]) -> None:
        """Announce folders (an empty string for the root) of which files will be listed and read; nothing is fetched yet."""

    def expect_changes(self, paths: Sequence[str]) -> None:
        """Announce files whose ``last_change`` and ``last_author`` will be read; nothing is fetched yet."""

    def file_id(self, path: str) -> str:
        """An id of the file's content: as long as that is the same, so is the content. Empty if there is none yet, or no such file."""

    def is_same(self, path: str, name: str, digest: str) -> bool:
        """Whether the file still has this id, so that it need not be read; ``digest`` is the SHA-256 of its content then."""

    def last_author(self, path: str) -> str:
        """Name of the author of the last commit to the file; empty if unknown."""


class CommitRanges(Protocol):
    """What a tree offers if the commits between two revisions of its repository can be known."""

    def commits_between(self, before: str, after: str, folder: str) -> Sequence[datetime] | None:
        """Times of the commits, without merges, that ``after`` has and ``before`` has not.

        Both are commits; hosts know tags, too. A clone counts commits below ``folder``, hosts those of the whole repository.
        None where a revision is unknown, or there are too many.
        """


_OTHER_REVISIONS, _COMMIT_RANGES = attrgetter("read_at"), attrgetter("commits_between")
_KNOWN_FOLDERS = attrgetter("expect_folders", "expect_changes", "file_id", "is_same", "last_author")


def has_other_revisions(tree: object) -> TypeGuard[OtherRevisions]:
    """Whether a tree offers ``OtherRevisions``.

    ``isinstance`` would not see what a tree delegates to another by ``__getattr__``, from Python 3.12 on.
    """
    return _offers(tree, _OTHER_REVISIONS)


def has_known_folders(tree: object) -> TypeGuard[KnownFolders]:
    """Whether a tree offers ``KnownFolders``."""
    return _offers(tree, _KNOWN_FOLDERS)


def has_commit_ranges(tree: object) -> TypeGuard[CommitRanges]:
    """Whether a tree offers ``CommitRanges``."""
    return _offers(tree, _COMMIT_RANGES)


def _offers(tree: object, methods: Callable[[object], object]) -> bool:
    try:
        methods(tree)
    except AttributeError:
        return False
    return True


Trees = Mapping[tuple[str, str], Tree]
"""Trees by name of the source and id of the tree."""


def tree_of(trees: Trees, origin: Origin) -> Tree | None:
    """The tree that contains a document; None if it is not available."""
    return trees.get((origin.source, origin.tree))


@dataclass(frozen=True, slots=True)
class CatalogRecord:
    """An entity as another catalog has it, which is read in place of the file that its author wrote."""

    catalog: str
    """Name of the catalog for people, such as ``Backstage``."""
    text: bytes
    """The entity as YAML, with the content of placeholders in place of them."""
    annotations: tuple[tuple[str, str], ...] = ()
    """Annotations that the catalog added and that its API would return, such as the location that it read."""
    relations: tuple[tuple[str, str], ...] = ()
    """Type and target of each relation that the catalog has."""
    known: tuple[str, ...] = ()
    """Targets of relations that exist in the catalog and are not collected."""


@dataclass(frozen=True, slots=True)
class DescriptorFile:
    """A file that is to be read as a descriptor."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree: Tree
    path: str
    via_locations: tuple[str, ...] = ()
    """References of the Location entities through which the file was found, outermost first."""
    record: CatalogRecord | None = None
    """Read in place of the file, which the tree need not have. Several records may be of one file; Locations are not followed."""
