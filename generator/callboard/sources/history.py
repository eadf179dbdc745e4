"""Paths of a tree → times of their last commits: queried lazily, for all descriptors in one walk over the history."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from callboard.io.git.command import Git, last_changes
from callboard.model.errors import SourceError

LastChanges = Callable[[Sequence[str]], Mapping[str, datetime]]
"""From paths to the times of their last commits; a path without a commit is left out."""


def git_log(git: Git, commit: str, prefix: str = "") -> LastChanges:
    """From git's log, without network. A failure counts as unknown times: an age is no reason to stop a build."""
    offline = Git(git.folder, git.environ, timeout=git.timeout)

    def last_changes_of(paths: Sequence[str]) -> Mapping[str, datetime]:
        try:
            return last_changes(offline, commit, paths, prefix)
        except SourceError:
            return {}

    return last_changes_of


class FileHistory:
    """Times of last changes, each queried once; safe between threads."""

    def __init__(self, query: LastChanges, expected: Iterable[str] = ()) -> None:
        """``expected`` are paths that the first query includes."""
        self._query = query
        self._expected = dict.fromkeys(expected)
        self._times: dict[str, datetime | None] = {}
        self._lock = threading.Lock()

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None where there is none."""
        with self._lock:
            if path not in self._times:
                paths = [*dict.fromkeys([*self._expected, path])]
                times = self._query(paths)
                self._times.update({p: times.get(p) for p in paths})
                self._expected = {}
            return self._times[path]
