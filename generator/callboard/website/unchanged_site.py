"""A committed site of which nothing changed → the same site, in which a few files have the time of this build."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from callboard.io.site_folder.file_times import FileTimes
from callboard.io.site_folder.lock import output_lock
from callboard.io.site_folder.manifest import SITE_MARKER, digest_of
from callboard.io.site_folder.staging import Committed, Staging
from callboard.io.store import Store, file_lock
from callboard.model.data_classes import dataclass
from callboard.model.times import local_time, time_text

TIMED = ("status/index.html", "status/collections.json", "api/scorecards/times.json")
"""The files of a site that have the time of the build, and of the collection of each source; the last one only with scorecards."""


@dataclass(frozen=True, slots=True)
class NewTime:
    """The time of an earlier build, and that of this one. All sources were collected at these times."""

    before: datetime
    after: datetime
    timezone: str

    def replaced(self, content: bytes) -> bytes:
        """A content with the later time in place of the earlier one."""
        for old, new in zip(self._forms(self.before), self._forms(self.after), strict=True):
            content = content.replace(old, new)
        return content

    def _forms(self, at: datetime) -> tuple[bytes, ...]:
        forms = (time_text(at), local_time(at, ZoneInfo(self.timezone)), local_time(at, ZoneInfo("UTC")))
        return tuple(form.encode() for form in forms)


def site_digest(output: Path) -> str:
    """The digest of the list of a site's files; empty if there is no site."""
    try:
        return digest_of((output / SITE_MARKER).read_bytes())
    except OSError:
        return ""


def renew_site(output: Path, store: Store, time: NewTime) -> Committed | None:
    """Write the new time; None, and nothing is written, if a file of the site is missing or was changed.

    Raises ``WebsiteError`` and ``OSError`` as ``assemble`` does.
    """
    with file_lock(store.folder / "website.lock", wait=False), output_lock(output):
        staging = Staging(output, times=FileTimes(store.cache / "site.times"))
        try:
            timed = [path for path in TIMED if (output / path).is_file()]
            return staging.commit() if _kept(staging, time, timed) else None
        finally:
            staging.discard()


def _kept(staging: Staging, time: NewTime, timed: Sequence[str]) -> bool:
    if not staging.keep_others(timed):
        return False
    contents: Mapping[str, bytes] = {path: staging.read(path) for path in timed}
    for path, content in contents.items():
        staging.put(path, time.replaced(content))
    return True
