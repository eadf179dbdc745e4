"""Files that a template made → a list of them, their difference from a folder, and the folder itself."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from callboard.model.errors import CallboardError

MAX_DIFF_LINES = 2_000
_LARGEST_TEXT = 200_000


def file_paths(folder: Path) -> Sequence[str]:
    """The files and links below a folder, without those of git, sorted."""
    found = []
    for parent, folders, names in os.walk(folder):
        if ".git" in folders:
            folders.remove(".git")
        links = [name for name in folders if (Path(parent) / name).is_symlink()]
        found += [(Path(parent) / name).relative_to(folder).as_posix() for name in (*names, *links)]
    return sorted(found)


def difference(old: Path | None, new: Path) -> Iterator[str]:
    """Lines of a unified diff from a folder (None: an empty one) to another, at most ``MAX_DIFF_LINES``."""
    before = set(file_paths(old)) if old and old.is_dir() else set()
    count = 0
    for path in file_paths(new):
        first = _lines(old / path) if old and path in before else []
        second = _lines(new / path)
        for line in difflib.unified_diff(first, second, f"a/{path}" if path in before else "/dev/null", f"b/{path}", lineterm=""):
            count += 1
            if count > MAX_DIFF_LINES:
                yield f"… only the first {MAX_DIFF_LINES:,} lines are shown"
                return
            yield line


def _lines(file: Path) -> list[str]:
    if file.is_symlink():
        return [f"link to {file.readlink()}"]
    if not file.is_file():
        return []
    content = file.read_bytes()
    if b"\0" in content or len(content) > _LARGEST_TEXT:
        return [f"binary or large file of {len(content):,} bytes"]
    return content.decode("utf-8", "replace").splitlines()


def raise_if_not_empty(folder: Path) -> None:
    """Raise ``CallboardError`` if something would be overwritten."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise CallboardError(f"{folder} exists and is not empty.", "Name a new folder. To update what a template made, use --update.")


def write_folder(source: Path, target: Path) -> None:
    """Copy the files into a new or empty folder. Raises ``CallboardError`` if it has files."""
    raise_if_not_empty(target)
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".git"))
