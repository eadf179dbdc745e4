"""The times of the last changes that a host lists → the commits that branches had then, so that unchanged repositories cost no request."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from pathlib import Path

from callboard.plugins.sources import SourceContext, read_checked, with_digest, write_unsynced

KEPT_SECONDS = 7 * 86_400
"""A commit is requested again after this time, in case the host did not change the time with a push."""
_PURPOSE = b"known heads 1"


class KnownHeads:
    """Commits of branches by repository; in a file that may be deleted at any time. Safe between threads."""

    def __init__(self, context: SourceContext, place: str) -> None:
        """``place`` tells the repositories of one source from those of others."""
        self._path: Path = context.cache / "heads" / hashlib.sha256(place.encode()).hexdigest()[:24]
        self._lock = threading.Lock()
        self._now = int(context.clock.time())
        self._known = self._read()
        self._used: dict[str, str] = {}

    def find(self, repository: str, branch: str, changed: str) -> str:
        """The commit that the branch had when the repository was changed at this time; empty if that is not known."""
        key = _key(repository, branch, changed)
        commit, _, since = self._known.get(key, "").partition(" ")
        if not commit or not since.isdigit() or int(since) < self._now - KEPT_SECONDS:
            return ""
        with self._lock:
            self._used[key] = f"{commit} {since}"
        return commit

    def keep(self, repository: str, branch: str, changed: str, commit: str) -> None:
        """Keep the commit for the next build; nothing where the time of the change is not known."""
        with self._lock:
            if changed:
                self._used[_key(repository, branch, changed)] = f"{commit} {self._now}"

    def save(self) -> None:
        """Write what this build used; a full or read-only disk is not an error."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_unsynced(self._path, with_digest(json.dumps(self._used, sort_keys=True).encode(), _PURPOSE))
        except OSError:
            return

    def _read(self) -> Mapping[str, str]:
        try:
            content = read_checked(self._path, _PURPOSE)
            value = json.loads(content) if content else {}
        except (OSError, ValueError):
            return {}
        return {str(key): str(commit) for key, commit in value.items()} if isinstance(value, dict) else {}


def _key(repository: str, branch: str, changed: str) -> str:
    return f"{repository}\n{branch}\n{changed}"
