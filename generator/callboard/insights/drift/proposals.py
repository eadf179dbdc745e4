"""A changed descriptor and its tree → the file that ``callboard describe --apply`` makes a pull request of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.tree import Tree
from callboard.sources.addresses import repository_address

_VIEWS = ("/-/blob/", "/blob/", "/src/branch/", "/src/commit/", "/src/")
"""What stands between the repository and the branch in the URL of a file."""
_PARTS = 2
"""Branch and name, for a file at the root of a repository."""


@dataclass(frozen=True, slots=True)
class DescriptorProposal:
    """A changed descriptor."""

    name: str
    """Of its file below ``drift/``."""
    repository: str
    """URL; empty if the portal knows none."""
    path: str
    revision: str
    content: str
    reason: str
    key: str
    """The same for the same finding, however the file changes: a declined request is not made again."""

    def as_json(self) -> Mapping[str, Any]:
        """The content of the file."""
        return {
            "repository": self.repository, "path": self.path, "revision": self.revision, "reason": self.reason, "key": self.key,
            "content": self.content,
        }  # fmt: skip


def place_of(tree: Tree, path: str, revision: str) -> tuple[str, str, str]:
    """URL of the repository, path in it and revision of a file.

    A folder that is in no clone has the repository of the setting ``view_url``, of which no revision is known.
    """
    address, folder = repository_address(tree)
    if address:
        return address, folder + path, revision
    view = tree.view_url("x").partition("#")[0]
    for mark in _VIEWS if view.startswith("https://") else ():
        repository, found, rest = view.partition(mark)
        if found:
            return (repository, path, "") if len(rest.split("/")) == _PARTS else ("", path, revision)
    return "", path, revision
