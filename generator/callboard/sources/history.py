"""When files of a tree changed last: asked lazily, for all descriptors in one walk over the history."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from callboard.io.git.command import Git, last_changes
from callboard.model.errors import SourceError

Ask = Callable[[Sequence[str]], Mapping[str, datetime]]
"""Paths to the times of their last commits; paths without one are left out."""


def log_of(git: Git, commit: str, prefix: str = "") -> Ask:
    """Asks git's log. It may not reach the network, and what it cannot say is not known: an age is no reason to stop a build."""
    offline = Git(git.folder, git.environ, timeout=git.timeout)

    def ask(paths: Sequence[str]) -> Mapping[str, datetime]:
        try:
            return last_changes(offline, commit, paths, prefix)
        except SourceError:
            return {}

    return ask


class FileHistory:
    """Remembers what was asked; safe between threads."""

    def __init__(self, ask: Ask, expected: Iterable[str] = ()) -> None:
        self._ask = ask
        self._waiting = dict.fromkeys(expected)
        self._known: dict[str, datetime | None] = {}
        self._lock = threading.Lock()

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit; the first question answers those about all expected paths too."""
        with self._lock:
            if path not in self._known:
                paths = [*dict.fromkeys([*self._waiting, path])]
                answers = self._ask(paths)
                self._known.update({p: answers.get(p) for p in paths})
                self._waiting = {}
            return self._known[path]
