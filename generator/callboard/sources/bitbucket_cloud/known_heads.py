"""The times of the last changes that a host lists → the commits that branches had then, so that unchanged repositories cost no request."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
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
        self._day = datetime.fromtimestamp(self._now, UTC).date().isoformat()
        self._old: dict[str, str] = {}
        """The key of the commit that was requested last, by repository."""
        for key in sorted(self._known, key=lambda key: _since(self._known[key])):
            self._old[key.partition("\n")[0]] = key

    def turn(self, repository: str) -> tuple[int, bytes]:
        """A key that sorts repositories: those first that were never read, then those that were read longest ago.

        Those of the same time are in an order that differs from day to day: without the file, none waits for ever.
        """
        at = _since(self._known.get(self._old.get(repository, ""), ""))
        return at, hashlib.sha256(f"{self._day} {repository}".encode()).digest()

    def find(self, repository: str, branch: str, changed: str, *, of_any_age: bool = False) -> str:
        """The commit that the branch had when the repository was changed at this time; empty if that is not known, or too old."""
        key = _key(repository, branch, changed)
        commit, _, since = self._known.get(key, "").partition(" ")
        is_usable = since.isdigit() and (of_any_age or int(since) >= self._now - KEPT_SECONDS)
        if not commit or not is_usable:
            return ""
        with self._lock:
            self._used[key] = f"{commit} {since}"
        return commit

    def keep(self, repository: str, branch: str, changed: str, commit: str) -> None:
        """Keep the commit for the next build; nothing where the time of the change is not known."""
        with self._lock:
            if changed:
                self._used[_key(repository, branch, changed)] = f"{commit} {self._now}"

    def keep_old(self, repository: str) -> datetime | None:
        """Keep what is known of a repository that is not read in this build; the time when it was read last, None for never."""
        key = self._old.get(repository)
        at = _since(self._known[key]) if key else 0
        if not key or not at:
            return None
        with self._lock:
            self._used[key] = self._known[key]
        return datetime.fromtimestamp(at, UTC)

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


def _since(known: str) -> int:
    """The time in an entry of the file, in seconds since 1970; 0 if there is none."""
    since = known.partition(" ")[2]
    return int(since) if since.isdecimal() and len(since) <= 11 else 0  # noqa: PLR2004 - digits of any time that a clock has


def _key(repository: str, branch: str, changed: str) -> str:
    return f"{repository}\n{branch}\n{changed}"
