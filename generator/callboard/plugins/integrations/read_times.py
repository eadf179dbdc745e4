"""When each item of a tool was read last → an order that begins with the oldest, for tools whose limits do not permit all in one build."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from callboard.io.checked_lines import read_checked, write_checked
from callboard.plugins.integrations.base import IntegrationContext

_PURPOSE = b"read times 1"


class ReadTimes:
    """Times of builds by the name of an item; in a file that may be deleted at any time. Safe between threads."""

    def __init__(self, context: IntegrationContext, place: str) -> None:
        """``place`` tells the items of one integration from those of others."""
        self._path: Path = context.cache / "read" / hashlib.sha256(place.encode()).hexdigest()[:24]
        self._now = context.now
        self._lock = threading.Lock()
        self._times = self._read()
        self._used: dict[str, int] = {}

    def oldest_first(self, names: Iterable[str]) -> list[str]:
        """The names, those first that were never read, then those that were read longest ago.

        Names of the same time are in an order that differs from day to day: without the file, no item waits for ever.
        """
        day = self._now.date().isoformat()
        return sorted(names, key=lambda name: (self._times.get(name, 0), hashlib.sha256(f"{day} {name}".encode()).digest(), name))

    def last(self, name: str) -> datetime | None:
        """The time of the build that read this item last; None if none did, or if that is not known."""
        return datetime.fromtimestamp(self._times[name], UTC) if self._times.get(name) else None

    def keep(self, name: str) -> None:
        """Note that this build has read the item."""
        with self._lock:
            self._used[name] = int(self._now.timestamp())

    def save(self, names: Sequence[str]) -> None:
        """Write the times of these names; a full or read-only disk is not an error."""
        times = {name: time for name in names if (time := self._used.get(name) or self._times.get(name))}
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_checked(self._path, json.dumps(times, sort_keys=True).encode(), _PURPOSE)
        except OSError:
            return

    def _read(self) -> Mapping[str, int]:
        try:
            content = read_checked(self._path, _PURPOSE)
            value = json.loads(content) if content else {}
        except (OSError, ValueError):
            return {}
        if not isinstance(value, dict):
            return {}
        latest = self._now.timestamp()
        return {
            str(name): time for name, time in value.items() if isinstance(time, int) and not isinstance(time, bool) and 0 < time <= latest
        }
