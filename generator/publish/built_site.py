"""The built site, as it is published: its files with their digests, never a folder that holds anything else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.errors import PublishError
from generator.website.manifest import MARKER, WORKSHOP, Written, digest_of, read_manifest

BUILD = "Run `callboard build` first, and publish the folder that it wrote."


@dataclass(frozen=True, slots=True)
class Site:
    """A whole site in a folder."""

    folder: Path
    files: Mapping[str, Written]
    """By path with ``/``; the marker is not among them."""

    def read(self, path: str) -> bytes:
        """The content of a file. Raises ``PublishError`` where it is not what the build wrote."""
        content = self._content(path)
        if digest_of(content) != self.files[path].digest:
            raise PublishError(f"{self.folder / path} is not as the build wrote it.", BUILD)
        return content

    def _content(self, path: str) -> bytes:
        try:
            return (self.folder / path).read_bytes()
        except OSError as error:
            raise PublishError(f"{self.folder / path} cannot be read: {error.strerror}.", BUILD) from error


def read_site(folder: Path) -> Site:
    """The site in a folder.

    Raises:
        PublishError: it was not made by ``callboard build``, is unfinished, or has lost a file.
    """
    if not (folder / MARKER).is_file():
        raise PublishError(f"{folder} was not made by Callboard: it has no file {MARKER}.", BUILD)
    if (folder / WORKSHOP).exists():
        raise PublishError(f"The last build of {folder} was interrupted.", "Run `callboard build` again: it finishes what was begun.")
    files = read_manifest(folder)
    for path, written in files.items():
        file = folder / path
        if file.is_symlink() or not file.is_file() or file.stat().st_size != written.size:
            raise PublishError(f"{file} is not as the build wrote it.", BUILD)
    return Site(folder, files)


def is_page(path: str) -> bool:
    """Pages come last: nothing that they need may be missing when they appear."""
    return path.endswith(".html")


def in_order(files: Mapping[str, Written]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths of everything that pages need, then those of the pages, each sorted."""
    return tuple(sorted(p for p in files if not is_page(p))), tuple(sorted(p for p in files if is_page(p)))
