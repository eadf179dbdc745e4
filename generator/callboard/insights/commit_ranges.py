"""The commits between two revisions, kept in a cache: they never change, so that each range is queried once."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import UTC, datetime
from pathlib import Path

from callboard.io.checked_lines import checked, with_digest
from callboard.io.store import write_atomically
from callboard.model.data_classes import dataclass

Range = tuple[str, str, str, str]
"""Tree, folder, revision before and after."""
_PURPOSE = b"commit ranges 1"


@dataclass(slots=True)
class KeptRanges:
    """Times of commits by range, in a file of lines that a build leaves for the next one."""

    file: Path
    entries: dict[Range, list[int]] = field(default_factory=dict)
    used: dict[Range, list[int]] = field(default_factory=dict)

    @classmethod
    def load(cls, file: Path) -> KeptRanges:
        """What the last build left; damaged lines are left out."""
        kept = cls(file)
        with contextlib.suppress(OSError):
            for line in file.read_bytes().split(b"\n"):
                content = checked(line, _PURPOSE)
                if content is not None:
                    *key, times = json.loads(content)
                    kept.entries[key[0], key[1], key[2], key[3]] = times
        return kept

    def times(self, key: Range, query: Callable[[], Sequence[datetime] | None] | None) -> Sequence[datetime] | None:
        """The times of a range, queried if they are not kept; None where they are unknown, which is not kept."""
        found = self.entries.get(key)
        if found is None and query is not None and (times := query()) is not None:
            found = [int(at.timestamp()) for at in times]
        if found is None:
            return None
        self.used[key] = found
        return [datetime.fromtimestamp(seconds, UTC) for seconds in found]

    def save(self) -> None:
        """Write what this build used."""
        if self.used != self.entries:
            lines = (with_digest(json.dumps([*key, times]).encode(), _PURPOSE) for key, times in self.used.items())
            write_atomically(self.file, b"\n".join(lines))
