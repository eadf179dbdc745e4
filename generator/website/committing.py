"""A site is committed, not overwritten: everything is staged, a journal says what is to be done, then it is done.

Until the journal has its name, the old site is untouched; from then on the commit is finished by whoever comes next: this
run, or the next one after a crash. Each step of it can be done twice. Files that did not change keep their times.
This stands against a process that dies at any point; a power cut may need a clean build.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from generator.errors import WebsiteError
from generator.website.manifest import MARKER, WORKSHOP, Written, checked_path, digest_of, manifest_text, parents, read_manifest

Step = Callable[[str], None]
"""Told of each file operation before it happens; a test raises there."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What a commit did to the output folder."""

    written: int
    unchanged: int
    removed: int
    bytes: int
    """Size of the whole site."""


class Staging:
    """The next state of one output folder; nothing outside of its workshop is touched before ``commit``.

    Raises:
        WebsiteError: the folder holds what is not ours.
    """

    def __init__(self, output: Path, step: Step = lambda _: None) -> None:
        self.output = output
        self._step = step
        self._workshop = output / WORKSHOP
        self.recovered = _recover(output, step)
        self._before = read_manifest(output)
        self._after: dict[str, Written] = {}
        self._moves: list[tuple[str, str]] = []

    def put(self, path: str, content: bytes) -> bool:
        """Have a file with this content; True if that changes something."""
        self._refuse_twice(path)
        new = Written(digest_of(content), len(content))
        self._after[path] = new
        if self._before.get(path) == new and self._size(path) == new.size:
            return False
        if self._before and path not in self._before:  # a folder that was empty has nothing in the way
            self._refuse_foreign(path)
        name = str(len(self._moves))
        if not self._moves:
            (self._workshop / "files").mkdir(parents=True, exist_ok=True)
        self._step(f"stage {path}")
        (self._workshop / "files" / name).write_bytes(content)
        self._moves.append((name, path))
        return True

    def keep(self, path: str, digest: str) -> bool:
        """Leave a file as it is; False if it is not there with that digest, and has to be ``put``."""
        self._refuse_twice(path)
        there = self._before.get(path)
        if there is None or there.digest != digest or self._size(path) != there.size:
            return False
        self._after[path] = there
        return True

    def paths(self) -> Iterable[str]:
        """The files that the site will have."""
        return self._after.keys()

    def digest(self, path: str) -> str:
        """The digest of a file that the site will have."""
        return self._after[path].digest

    def commit(self) -> Committed:
        """Make the folder what was staged: assets first, pages last, then what is gone is removed."""
        removed = sorted(set(self._before) - set(self._after))
        if self._moves or removed or not (self.output / MARKER).is_file():
            self._write_journal(removed)
            _roll_forward(self.output, self._step)
        moved = len(self._moves)
        return Committed(moved, len(self._after) - moved, len(removed), sum(file.size for file in self._after.values()))

    def discard(self) -> None:
        """Forget what was staged; the old site stays."""
        shutil.rmtree(self._workshop, ignore_errors=True)

    def _write_journal(self, removed: list[str]) -> None:
        folders = parents(path for _, path in self._moves)
        in_the_way = {path for path in removed if path in folders} | _inside(removed, {path for _, path in self._moves})
        journal = {
            "moves": sorted(self._moves, key=lambda move: (move[1].endswith(".html"), move[1])),
            "first": sorted(in_the_way),
            "last": [path for path in removed if path not in in_the_way],
            "files": {path: asdict(file) for path, file in self._after.items()},
        }
        self._workshop.mkdir(parents=True, exist_ok=True)
        draft = self._workshop / "journal.draft"
        self._step("write the journal")
        with draft.open("wb") as file:
            file.write(json.dumps(journal).encode())
            file.flush()
            os.fsync(file.fileno())
        self._step("name the journal")
        draft.replace(self._workshop / "journal")

    def _refuse_twice(self, path: str) -> None:
        if checked_path(path) in self._after:
            raise WebsiteError(f"Two parts of the site want the file {path!r}.")

    def _refuse_foreign(self, path: str) -> None:
        """A commit must not stop half-way at somebody's file: look before."""
        target = self.output / path
        found = [f for f in target.rglob("*") if not f.is_dir()] if target.is_dir() and not target.is_symlink() else [target]
        above = [self.output / folder for folder in parents([path])]
        for file in (*found, *(folder for folder in above if not folder.is_dir())):
            if (file.exists() or file.is_symlink()) and file.relative_to(self.output).as_posix() not in self._before:
                raise WebsiteError(f"{file} is in the way: it was not written by Callboard.", "Move it elsewhere.")

    def _size(self, path: str) -> int:
        try:
            return (self.output / path).stat().st_size
        except OSError:
            return -1


def _recover(output: Path, step: Step) -> bool:
    """Finish a commit that was interrupted, or clear away one that had not begun; True if there was one to finish."""
    if (output / WORKSHOP / "journal").is_file():
        _roll_forward(output, step)
        return True
    shutil.rmtree(output / WORKSHOP, ignore_errors=True)
    return False


def _roll_forward(output: Path, step: Step) -> None:
    workshop = output / WORKSHOP
    journal: dict[str, Any] = json.loads((workshop / "journal").read_bytes())
    for path in journal["first"]:
        _remove(output, path, step)
    made: set[str] = set()
    for name, path in journal["moves"]:
        _move(workshop / "files" / name, output, path, made, step)
    for path in journal["last"]:
        _remove(output, path, step)
    _remove_empty_folders(output, (*journal["first"], *journal["last"]), step)
    step("write the marker")
    draft = workshop / "marker"
    draft.write_bytes(manifest_text({path: Written(**file) for path, file in journal["files"].items()}))
    draft.replace(output / MARKER)
    step("forget the journal")
    (workshop / "journal").unlink()
    step("clear the workshop")
    shutil.rmtree(workshop)


def _move(staged: Path, output: Path, path: str, made: set[str], step: Step) -> None:
    if not staged.exists():  # an interrupted run has moved it already
        return
    folder = path.rpartition("/")[0]
    if folder not in made:
        step(f"make {folder}/")
        (output / folder).mkdir(parents=True, exist_ok=True)
        made.add(folder)
    target = output / path
    if target.is_dir():  # its files of ours are removed by now: only empty folders can be left
        _remove_empty_tree(target)
    step(f"move {path}")
    staged.replace(target)


def _remove(output: Path, path: str, step: Step) -> None:
    step(f"remove {path}")
    target = output / path
    if not target.is_dir():  # a second run may find a new folder there, or a new file above it
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            target.unlink()


def _remove_empty_folders(output: Path, removed: Iterable[str], step: Step) -> None:
    for folder in sorted(parents(removed), key=len, reverse=True):
        path = output / folder
        if path.is_dir() and not any(path.iterdir()):
            step(f"remove {folder}/")
            path.rmdir()


def _remove_empty_tree(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), key=lambda p: len(p.parts), reverse=True):
        path.rmdir()
    folder.rmdir()


def _inside(paths: Iterable[str], tops: set[str]) -> set[str]:
    return {path for path in paths if not tops.isdisjoint(parents([path]))}
