"""Paths and contents from a template's steps → files in a temporary folder, with limits of number and bytes, and never outside of it."""

from __future__ import annotations

import os
import posixpath
import shutil
import stat
from collections.abc import Iterator, Sequence
from dataclasses import field
from pathlib import Path

from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError
from callboard.plugins.safe_paths import safe_path

MAX_FILES = 10_000
MAX_BYTES = 200_000_000
MAX_FILE_BYTES = 50_000_000


@dataclass(slots=True)
class StagedFiles:
    """The files of one run (``ActionFiles``)."""

    root: Path
    max_files: int = MAX_FILES
    max_bytes: int = MAX_BYTES
    _written: dict[str, int] = field(default_factory=dict)
    """Bytes by path of everything that was written."""

    def paths(self, folder: str = "") -> Sequence[str]:
        """The files and links below a folder, sorted."""
        start = self._place(folder)
        return sorted(path.relative_to(self.root).as_posix() for path in _files(start)) if start.is_dir() else ()

    def exists(self, path: str) -> bool:
        """Whether there is a file, a folder or a link."""
        return os.path.lexists(self._place(path))

    def read(self, path: str) -> bytes:
        """The content of a file. Raises ``ActionError`` if there is none."""
        place = self._place(path)
        if place.is_symlink() or not place.is_file():
            raise ActionError(f"There is no file {path}.", "Check the paths in the template.")
        return place.read_bytes()

    def write(self, path: str, content: bytes, *, is_executable: bool = False) -> None:
        """Write a file; a link at its place is replaced, not followed."""
        place = self._place(path)
        if place == self.root or (place.is_dir() and not place.is_symlink()):
            raise ActionError(f"The template writes a file where a folder is: {path or '.'}.", "Correct the template.")
        self._count(place, len(content))
        self._make_parents(place)
        place.unlink(missing_ok=True)
        place.write_bytes(content)
        place.chmod(0o755 if is_executable else 0o644)

    def make_folder(self, path: str) -> None:
        """Create a folder."""
        place = self._place(path)
        self._count(place, 0)
        self._make_parents(place / "x")

    def copy_link(self, path: str, target: str) -> None:
        """Create a link. Raises ``ActionError`` if it would lead out of the folder."""
        place = self._place(path)
        folder = posixpath.dirname(safe_path(path))
        safe_path(posixpath.normpath(posixpath.join(folder, target)) if target else "..")
        self._count(place, 0)
        self._make_parents(place)
        place.unlink(missing_ok=True)
        place.symlink_to(target)

    def delete(self, path: str) -> None:
        """Delete a file or a folder."""
        place = self._place(path)
        if place == self.root:
            raise ActionError("The template deletes the whole folder.", "Name the files to delete.")
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)

    def rename(self, old: str, new: str) -> None:
        """Rename a file or a folder; what was at the new path is replaced."""
        source, target = self._place(old), self._place(new)
        if not os.path.lexists(source):
            raise ActionError(f"There is nothing to rename at {old}.", "Check the paths in the template.")
        if self.root in {source, target} or target.is_relative_to(source):
            raise ActionError(f"{old} cannot be renamed to {new}.", "Check the paths in the template.")
        self._make_parents(target)
        self.delete(new)
        source.rename(target)

    def _place(self, path: str) -> Path:
        """The path in the temporary folder. Raises ``ActionError`` if it is not safe, or leads through a link."""
        place = self.root
        parts = [part for part in safe_path(path).split("/") if part]
        for part in parts[:-1]:
            place /= part
            if place.is_symlink():
                raise ActionError(f"The template writes through a link: {path}.", "Correct the template.")
        return place / parts[-1] if parts else place

    def _make_parents(self, place: Path) -> None:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            shown = place.relative_to(self.root).as_posix()
            raise ActionError(f"The template needs a folder where a file is: {shown}.", "Correct the template.") from None

    def _count(self, place: Path, size: int) -> None:
        self._written[str(place)] = size
        if size > MAX_FILE_BYTES or sum(self._written.values()) > self.max_bytes:
            raise ActionError(f"The template writes more than {min(self.max_bytes, MAX_FILE_BYTES):,} bytes.", "Leave large files out.")
        if len(self._written) > self.max_files:
            raise ActionError(f"The template writes more than {self.max_files:,} files.", "Leave generated files out.")


def _files(folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path))
        else:
            yield Path(entry.path)


def is_executable(path: Path) -> bool:
    """Whether a file may be executed by its owner."""
    return bool(path.stat().st_mode & stat.S_IXUSR)
