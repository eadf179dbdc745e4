"""A tree: one place of files at one revision. A source yields trees and the descriptor files in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from callboard.model.entity import Origin


class Tree(Protocol):
    """Bounded, lazy access to files that never leaves the tree. Paths are relative, with ``/``, without ``..``."""

    @property
    def id(self) -> str:
        """Stable identity within its source: the folder's path or the canonical URL of the repository."""

    @property
    def repository(self) -> str:
        """What people call it, such as ``acme/payments``."""

    @property
    def revision(self) -> str:
        """The commit, or an empty text for a plain folder."""

    @property
    def addresses(self) -> Sequence[str]:
        """Where its files are on the web and on this machine: normal forms that ``sources.addresses`` makes and finds."""

    def read(self, path: str, limit: int) -> bytes:
        """The content of a file of at most ``limit`` bytes.

        Raises ``MissingFileError``, ``TooLargeError`` or ``OutsideTreeError``; ``TreeError`` itself where it cannot be fetched.
        """

    def glob(self, pattern: str) -> Sequence[str]:
        """Sorted paths of the files that match (``*``, ``**``, ``?``, ``[…]``, ``{a,b}``); links leading out are not seen.

        Raises ``TreeError`` for a glob beyond the bounds (length, number of alternatives).
        """

    def fetch(self, paths: Sequence[str]) -> None:
        """Say which files will be read soon, so that they come over the network in one request; never needed, unknown paths are fine.

        Raises ``SourceError`` where the network fails.
        """

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None where the tree has no history."""

    def view_url(self, path: str, line: int | None = None) -> str:
        """Where people read the file on the web, at that line; an empty text where nobody knows."""

    def edit_url(self, path: str) -> str:
        """Where people change the file on the web; an empty text where nobody knows."""


Trees = Mapping[tuple[str, str], Tree]
"""By name of the source and id of the tree."""


def tree_of(trees: Trees, origin: Origin) -> Tree | None:
    """The tree that a document lies in; None where it is not at hand."""
    return trees.get((origin.source, origin.tree))


@dataclass(frozen=True, slots=True)
class DescriptorFile:
    """A file that is to be read as a descriptor."""

    source: str
    """Name of the source in ``sources.yaml``."""
    tree: Tree
    path: str
    via_locations: tuple[str, ...] = ()
    """References of the Location entities that led here, outermost first."""
