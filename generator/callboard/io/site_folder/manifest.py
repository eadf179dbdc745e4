"""The marker file of an output folder ↔ the list of files that Callboard wrote there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError

SITE_MARKER = ".callboard-site"
WORKSHOP = ".callboard-commit"
"""Staging folder inside the output folder, so that files are renamed within one file system; it exists only during a commit."""
_HEAD = b"callboard site 2 "
"""The first line is this, and the digest of the others."""
_HEAD_0_1 = b"callboard site 1"
"""First line of Callboard 0.1, without a digest."""
_HINT = "Delete the folder and build again."
_INVALID = re.compile(rf"[\\\n\0]|(?:^|/)(?:\.\.?|{re.escape(SITE_MARKER)}|{re.escape(WORKSHOP)})(?:/|$)")


@dataclass(frozen=True, slots=True)
class SiteFile:
    """A file of a site, without its content."""

    digest: str
    """BLAKE2b of its content, 32 hexadecimal digits."""
    size: int
    """Bytes."""


def digest_of(content: bytes) -> str:
    """The digest of a content as manifests have it: BLAKE2b, 32 hexadecimal digits."""
    return blake2b(content, digest_size=16).hexdigest()


def read_manifest(output: Path) -> dict[str, SiteFile]:
    """The files that Callboard wrote into ``output``, by path; empty for a new or an empty folder.

    Raises:
        WebsiteError: the folder has files and was not made by Callboard, or its list is damaged or has an invalid path.
    """
    marker = output / SITE_MARKER
    if not marker.is_file():
        if output.is_dir() and any(path.name != WORKSHOP for path in output.iterdir()):
            raise WebsiteError(
                f"{output} is not empty and was not made by Callboard (it has no file {SITE_MARKER}).",
                "Name another folder with --output, or empty this one if nothing in it is needed.",
            )
        return {}
    head, _, rest = marker.read_bytes().partition(b"\n")
    if head != _HEAD_0_1 and not head.startswith(_HEAD):
        raise WebsiteError(f"{marker} was written by another version of Callboard, or is damaged.", _HINT)
    damaged = WebsiteError(f"{marker} is damaged: it is not known which files of the folder are those of the site.", _HINT)
    if head not in {_HEAD_0_1, _HEAD + digest_of(rest).encode()}:
        raise damaged
    try:
        return dict(_parse(line) for line in rest.decode().removesuffix("\n").split("\n") if rest)
    except ValueError:
        raise damaged from None


def manifest_text(files: Mapping[str, SiteFile]) -> bytes:
    """The content of the marker: a digest, then a line for each file, sorted, so that equal sites have equal markers."""
    rest = "".join(f"{written.digest} {written.size} {path}\n" for path, written in sorted(files.items())).encode()
    return _HEAD + digest_of(rest).encode() + b"\n" + rest


def checked_path(path: str) -> str:
    """The path itself.

    Raises:
        WebsiteError: the path is not relative to the output folder and inside of it, or is a name that Callboard reserves.
    """
    if not path or path.startswith("/") or path.endswith("/") or _INVALID.search(path):
        raise WebsiteError(f"{path!r} is not a valid path for a file of the site.")
    return path


def parents(paths: Iterable[str]) -> set[str]:
    """All folders above these paths."""
    folders: set[str] = set()
    for path in paths:
        end = path.rfind("/")
        while end > 0 and path[:end] not in folders:
            folders.add(path[:end])
            end = path.rfind("/", 0, end)
    return folders


def _parse(line: str) -> tuple[str, SiteFile]:
    digest, size, path = line.split(" ", 2)
    return checked_path(path), SiteFile(digest, int(size))
