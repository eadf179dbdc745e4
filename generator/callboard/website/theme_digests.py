"""A cached theme build ↔ the digests of its files: one with a missing, additional or damaged file is not used."""

from __future__ import annotations

import json
from pathlib import Path

from callboard.io.checked_lines import read_checked, with_digest
from callboard.io.site_folder.manifest import digest_of

DIGESTS = "digests.json"
"""File in a cached theme build with the digests of the others."""
_PURPOSE = b"theme 1"


def save_digests(folder: Path) -> None:
    """Save the digests of all files in the folder. Raises ``OSError``."""
    (folder / DIGESTS).write_bytes(with_digest(json.dumps(_digests(folder)).encode(), _PURPOSE))


def is_whole(folder: Path) -> bool:
    """Whether the folder has exactly the files that ``save_digests`` saved."""
    saved = read_checked(folder / DIGESTS, _PURPOSE)
    try:
        return saved is not None and json.loads(saved) == _digests(folder)
    except OSError:
        return False


def _digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / DIGESTS)
    return {path.relative_to(folder).as_posix(): digest_of(path.read_bytes()) for path in files}
