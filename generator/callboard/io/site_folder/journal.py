"""A journal → changes in the output folder: the write-ahead log of a commit.

Every step is idempotent, so that a run which was interrupted at any point leaves a journal that the next run completes. All staged files
are flushed to disk before the journal gets its final name; after that, files are only renamed, which file systems keep in order even if
the power fails.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import TypedDict

from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP, SiteFile, checked_path, manifest_text, parents
from callboard.io.store import flush, sync_folder
from callboard.model.errors import WebsiteError

CommitHook = Callable[[str], None]
"""Called with the name of each file operation before it happens; tests raise in it."""


class Journal(TypedDict):
    """The operations of a commit, in this order; paths are relative to the output folder."""

    first: list[str]
    """Files to remove because they are in the way of new ones."""
    moves: list[str]
    """Files and whole folders to move from the workshop to their place."""
    last: list[str]
    """Files to remove at the end."""
    files: dict[str, tuple[str, int]]
    """All files of the new site: digest and size by path."""


def new_journal(output: Path, moves: Collection[str], removed: Iterable[str], files: Mapping[str, SiteFile]) -> Journal:
    """The journal that makes an output folder a new site.

    Args:
        output: the output folder.
        moves: paths of the staged files.
        removed: sorted paths of the files that the new site does not have.
        files: all files of the new site, by path.
    """
    folders = parents(moves)
    removed = tuple(removed)
    in_the_way = {path for path in removed if path in folders} | _below(removed, set(moves))
    return Journal(
        first=sorted(in_the_way),
        moves=sorted(_moved_paths(output, moves), key=lambda path: (1 if path in folders else 2 * path.endswith(".html"), path)),
        last=[path for path in removed if path not in in_the_way],
        files={path: (file.digest, file.size) for path, file in files.items()},
    )


def write_journal(output: Path, journal: Journal, step: CommitHook) -> None:
    """Flush the staged files, then write the journal: from its renaming on, the commit will be completed, by this run or the next."""
    workshop = output / WORKSHOP
    workshop.mkdir(parents=True, exist_ok=True)
    step("flush the staged files")
    flush(workshop)
    step("write the journal")
    draft = write_synced(workshop / "journal.draft", json.dumps(journal).encode())
    step("rename the journal")
    draft.replace(workshop / "journal")
    sync_folder(workshop)


def recover(output: Path, step: CommitHook) -> bool:
    """Complete an interrupted commit, or remove what was staged for one without a journal; True if one was completed.

    Raises:
        WebsiteError: the journal is damaged, or has a path outside of the folder.
    """
    workshop = output / WORKSHOP
    if workshop.is_symlink():
        workshop.unlink()
    if (workshop / "journal").is_file():
        roll_forward(output, _read(output), step)
        return True
    shutil.rmtree(workshop, ignore_errors=True)
    return False


def check_no_links(output: Path, paths: Iterable[str]) -> None:
    """Raises ``WebsiteError`` if a folder of a path is a symbolic link, through which files elsewhere would be written or removed."""
    for folder in parents(paths):
        if (output / folder).is_symlink():
            raise WebsiteError(f"{output / folder} is a link, which Callboard did not create.", "Move it elsewhere.")


def roll_forward(output: Path, journal: Journal, step: CommitHook) -> None:
    """Apply the journal, then remove it."""
    workshop = output / WORKSHOP
    for path in journal["first"]:
        _remove(output, path, step)
    for path in journal["moves"]:
        _move(workshop / "files" / path, output, path, step)
    for path in journal["last"]:
        _remove(output, path, step)
    _remove_empty_folders(output, (*journal["first"], *journal["last"]), step)
    files = {path: SiteFile(*file) for path, file in journal["files"].items()}
    step("write the marker")
    write_synced(workshop / "marker", manifest_text(files)).replace(output / SITE_MARKER)
    step("delete the journal")
    (workshop / "journal").unlink()
    step("clear the workshop")
    shutil.rmtree(workshop)


def _read(output: Path) -> Journal:
    """The journal of an interrupted run. Its paths are checked, because the file may have been changed."""
    file = output / WORKSHOP / "journal"
    try:
        data = json.loads(file.read_bytes())
        first, moves, last = ([str(path) for path in data[name]] for name in ("first", "moves", "last"))
        files = {str(path): (str(digest), int(size)) for path, (digest, size) in data["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise WebsiteError(f"{file} is damaged.", f"Delete the folder {output} and build again.") from None
    paths = (*first, *moves, *last)
    for path in (*paths, *files):
        checked_path(path)
    check_no_links(output, paths)
    return Journal(first=first, moves=moves, last=last, files=files)


def write_synced(file: Path, content: bytes) -> Path:
    """Write a file and flush it to disk; returns its path."""
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return file


def _move(staged: Path, output: Path, path: str, step: CommitHook) -> None:
    """Move a file, or a folder that was not there when the journal was written."""
    if not staged.exists():  # moved before the interruption
        return
    target = output / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_dir() and not target.is_symlink() and staged.is_file():  # its files have been removed: only empty folders can be left
        _remove_empty_tree(target)
    step(f"move {path}")
    staged.replace(target)


def _remove(output: Path, path: str, step: CommitHook) -> None:
    step(f"remove {path}")
    target = output / path
    if not target.is_dir():  # in a repeated run, there may be a new folder there, or a new file above it
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()


def _remove_empty_folders(output: Path, removed: Iterable[str], step: CommitHook) -> None:
    for folder in sorted(parents(removed), key=len, reverse=True):
        path = output / folder
        if path.is_dir() and not any(path.iterdir()):
            step(f"remove {folder}/")
            path.rmdir()


def _remove_empty_tree(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), key=lambda p: len(p.parts), reverse=True):
        path.rmdir()
    folder.rmdir()


def _moved_paths(output: Path, moves: Iterable[str]) -> set[str]:
    """The paths to move: the outermost folders that do not exist yet, and files whose folders exist."""
    exists: dict[str, bool] = {"": True}

    def moved_path(path: str) -> str:
        folder = path.rpartition("/")[0]
        if folder not in exists:
            outermost = moved_path(folder)
            exists[folder] = outermost == folder and os.path.isdir(f"{output}/{folder}")  # noqa: PTH112 - called for each folder
        return path if exists[folder] else moved_path(folder)

    return {moved_path(path) for path in moves}


def _below(paths: Iterable[str], folders: set[str]) -> set[str]:
    """Those of the paths that are below one of the folders."""
    return {path for path in paths if not folders.isdisjoint(parents([path]))}
