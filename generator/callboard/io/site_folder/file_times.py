"""The files of a site ↔ their times on the disk, in a cache: a file whose times are others has been changed since, and is hashed."""

from __future__ import annotations

import contextlib
import os
import stat
from array import array
from collections.abc import Mapping
from hashlib import blake2b
from pathlib import Path
from sys import byteorder

from callboard.io.checked_lines import read_checked, write_checked
from callboard.io.site_folder.manifest import SITE_MARKER, SiteFile
from callboard.model.data_classes import dataclass

Times = tuple[int, int]
"""Time of the last change of a file's content (mtime), and of the file itself (ctime), in nanoseconds."""
STAGED: Times = (0, 0)
"""The times of a file that is not at its place yet."""
_PURPOSE = f"times 1 {byteorder}".encode()


@dataclass(frozen=True, slots=True)
class FileTimes:
    """The times of the files of one output folder, as its last commit left them."""

    file: Path | None = None
    """The cache file, which may be deleted at any time; None: nothing is saved, and all files are hashed."""
    verify: bool = False
    """True if all files are hashed, whatever their times are."""

    def load(self, output: Path, files: Mapping[str, SiteFile]) -> dict[str, Times]:
        """The times by path; empty if the cache file is missing, damaged or about other ``files`` (those of the manifest, sorted)."""
        content = None if self.file is None or self.verify else read_checked(self.file, _PURPOSE)
        if content is None or content[:16] != _site_digest(output):
            return {}
        numbers = array("q", content[16:])
        pairs = zip(numbers[::2], numbers[1::2], strict=True)
        return dict(zip(files, pairs, strict=True))

    def save(self, output: Path, times: Mapping[str, Times]) -> None:
        """Save the times of all files; a full or read-only disk is not an error."""
        if self.file is None:
            return
        numbers = array("q", [time for path in sorted(times) for time in times[path]])
        with contextlib.suppress(OSError):
            write_checked(self.file, _site_digest(output) + numbers.tobytes(), _PURPOSE)


def times_of(path: str, size: int) -> Times | None:
    """The times of a regular file of this size; None for anything else, such as a link to a file."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    if found.st_size != size or not stat.S_ISREG(found.st_mode):
        return None
    return found.st_mtime_ns, found.st_ctime_ns


def _site_digest(output: Path) -> bytes:
    """The digest of the site's manifest."""
    try:
        return blake2b((output / SITE_MARKER).read_bytes(), digest_size=16).digest()
    except OSError:
        return bytes(16)
