"""The journal of a commit: what is to be done to the output folder, once it has its name, by whoever comes next.

Each step can be done twice, so that a run which dies at any point leaves a journal that the next one finishes. All that it speaks of is on
the disk before it gets its name: from then on files are only renamed, and what a file system keeps of that after a power cut is in order.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypedDict

from callboard.model.errors import WebsiteError
from callboard.plugins.publishers import SiteFile
from callboard.website.manifest import MARKER, WORKSHOP, checked_path, manifest_text, parents

CommitHook = Callable[[str], None]
"""Told of each file operation before it happens; a test raises there."""


class Journal(TypedDict):
    """What is to be done, in this order; paths start at the output folder."""

    first: list[str]
    """Files to remove, as they are in the way of what comes."""
    moves: list[str]
    """Files and whole folders to move out of the workshop."""
    last: list[str]
    """Files to remove when all else is done."""
    files: dict[str, tuple[str, int]]
    """All files of the site that there is then: digest and size by path."""


def recover(output: Path, step: CommitHook) -> bool:
    """Finish a commit that was interrupted, or clear away one that had not begun; True if there was one to finish.

    Raises:
        WebsiteError: the journal is damaged, or leads out of the folder.
    """
    workshop = output / WORKSHOP
    if workshop.is_symlink():
        workshop.unlink()
    if (workshop / "journal").is_file():
        roll_forward(output, _read(output), step)
        return True
    shutil.rmtree(workshop, ignore_errors=True)
    return False


def refuse_links(output: Path, paths: Iterable[str]) -> None:
    """Through a folder that is a link, files elsewhere would be written or removed. Raises ``WebsiteError``."""
    for folder in parents(paths):
        if (output / folder).is_symlink():
            raise WebsiteError(f"{output / folder} is a link: it was not written by Callboard.", "Move it elsewhere.")


def roll_forward(output: Path, journal: Journal, step: CommitHook) -> None:
    """Do what the journal says, then forget it."""
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
    write_synced(workshop / "marker", manifest_text(files)).replace(output / MARKER)
    step("forget the journal")
    (workshop / "journal").unlink()
    step("clear the workshop")
    shutil.rmtree(workshop)


def _read(output: Path) -> Journal:
    """The journal that another run has left: whatever lay in the folder, it must not lead out of it."""
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
    refuse_links(output, paths)
    return Journal(first=first, moves=moves, last=last, files=files)


def write_synced(file: Path, content: bytes) -> Path:
    """A file whose content is on the disk before it gets its name."""
    with file.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return file


def _move(staged: Path, output: Path, path: str, step: CommitHook) -> None:
    """Move a file, or a folder that was not there when the journal was written."""
    if not staged.exists():  # an interrupted run has moved it already
        return
    target = output / path
    target.parent.mkdir(parents=True, exist_ok=True)
    if (
        target.is_dir() and not target.is_symlink() and staged.is_file()
    ):  # its files of ours are removed by now: only empty folders can be left
        _remove_empty_tree(target)
    step(f"move {path}")
    staged.replace(target)


def _remove(output: Path, path: str, step: CommitHook) -> None:
    step(f"remove {path}")
    target = output / path
    if not target.is_dir():  # a second run may find a new folder there, or a new file above it
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
