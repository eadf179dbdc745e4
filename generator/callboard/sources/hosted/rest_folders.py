"""A function that lists one folder by REST → entries of folders, one request each; last commits come from git's history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from callboard.plugins.sources import FileCommit, HttpError
from callboard.sources.hosted.folders import HostedCommit
from callboard.sources.hosted.listing import FolderEntries, FolderEntry

MOST_FOLDERS = 3
"""Folders of one repository that are listed; git tells about more."""
HISTORY = 200
"""Commits that are fetched for the times of last changes."""
GONE = 404


@dataclass(frozen=True, slots=True)
class RestFolders:
    """Queries about folders of a host without GraphQL."""

    entries_in: Callable[[HostedCommit, str], Sequence[FolderEntry]]
    """The entries of one folder of a commit. Raises ``HttpError``, with status 404 for none."""

    def entries(self, wanted: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, FolderEntries]:
        """The entries of folders; a repository with too many of them, or one that cannot be had, is left out."""
        found: dict[HostedCommit, FolderEntries] = {}
        for of, folders in wanted.items():
            if len(folders) <= MOST_FOLDERS:
                try:
                    found[of] = {folder: self._entries(of, folder) for folder in folders}
                except HttpError:
                    continue
        return found

    def last_commits(self, _: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, Mapping[str, FileCommit]] | None:
        """None: a request for each file would be too many."""
        return None

    def _entries(self, of: HostedCommit, folder: str) -> Sequence[FolderEntry]:
        try:
            return self.entries_in(of, folder)
        except HttpError as error:
            if error.status == GONE and folder:
                return ()
            raise


def not_listed(_: HostedCommit, __: str) -> Sequence[FolderEntry]:
    """For hosts whose listings have no ids of contents (Bitbucket): git is asked at once. Raises ``HttpError``."""
    raise HttpError("status", "the host does not list the ids of contents")
