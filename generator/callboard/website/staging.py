"""A site is committed, not overwritten: files are staged, listed in a manifest and renamed into place by a journal."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from callboard.io.store import flush, sync_folder
from callboard.model.errors import WebsiteError
from callboard.plugins.publishers import SiteFile, digest_of
from callboard.website.journal import CommitHook, Journal, recover, refuse_links, roll_forward, write_synced
from callboard.website.manifest import MARKER, WORKSHOP, checked_path, parents, read_manifest

StagedFile = tuple[str, str, int, bool]
"""Path, digest and size of a file that the site will have, and whether it was staged."""


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

    Files are staged at their own paths, so that a folder that is new as a whole is moved as a whole.

    Raises:
        WebsiteError: the folder holds what is not ours.
    """

    def __init__(self, output: Path, step: CommitHook = lambda _: None) -> None:
        self.output = output
        self._step = step
        self._workshop = output / WORKSHOP
        self._files = f"{self._workshop}/files/"
        self.recovered = recover(output, step)
        self._before = read_manifest(output)
        self._after: dict[str, SiteFile] = {}
        self._moves: list[str] = []
        self._made: set[str] = set()
        self._last: tuple[bytes, str] = (b"", "")
        self._news: list[StagedFile] = []

    def put_file(self, path: str, file: str) -> None:
        """Have a file that lies elsewhere, and take it from there if that can be done."""
        self.put(path, _content(file), file)

    def put(self, path: str, content: bytes, file: str = "") -> bool:
        """Have a file with this content; True if that changes something. ``file`` has the same content and may be taken away."""
        self._refuse_twice(path)
        new = SiteFile(digest_of(content), len(content))
        self._after[path] = new
        changes = self._before.get(path) != new or self._size(path) != new.size
        self._news.append((path, new.digest, new.size, changes))
        if changes:
            if self._before and path not in self._before:  # a folder that was empty has nothing in the way
                self._refuse_foreign(path)
            self._step(f"stage {path}")
            self._write(path, content, file)
            self._moves.append(path)
        return changes

    def keep(self, path: str, digest: str) -> bool:
        """Leave a file as it is; False if it is not there with that digest, and has to be ``put``."""
        return self.keep_all((path, digest))

    def keep_all(self, *files: tuple[str, str]) -> bool:
        """Leave these files as they are, each a path and a digest; False, and none is kept, if one of them is not there."""
        for path, digest in files:
            there = self._before.get(path)
            if there is None or there.digest != digest or self._size(path) != there.size:
                return False
        for path, digest in files:
            self._refuse_twice(path)
            there = self._after[path] = self._before[path]
            self._news.append((path, digest, there.size, False))
        return True

    def news(self) -> list[StagedFile]:
        """What was put and kept since this was asked last: a forked process tells it to its parent."""
        news, self._news = self._news, []
        return news

    def adopt(self, news: Iterable[StagedFile]) -> None:
        """Take over what a forked process has put and kept."""
        for path, digest, size, changes in news:
            self._refuse_twice(path)
            self._after[path] = SiteFile(digest, size)
            if changes:
                self._moves.append(path)

    def paths(self) -> Iterable[str]:
        """The files that the site will have."""
        return self._after.keys()

    def gone(self) -> set[str]:
        """The files that the site has and will not have, so far."""
        return self._before.keys() - self._after.keys()

    def digest(self, path: str) -> str:
        """The digest of a file that the site will have."""
        return self._after[path].digest

    def read(self, path: str) -> bytes:
        """The content of a file that the site will have."""
        try:
            return _content(self._files + path)
        except OSError:
            return _content(f"{self.output}/{path}")

    def commit(self) -> Committed:
        """Make the folder what was staged: assets first, pages last, then what is gone is removed."""
        removed = sorted(self.gone())
        if self._moves or removed or not (self.output / MARKER).is_file():
            refuse_links(self.output, (*self._moves, *removed))
            roll_forward(self.output, self._write_journal(removed), self._step)
        moved = len(self._moves)
        return Committed(moved, len(self._after) - moved, len(removed), sum(file.size for file in self._after.values()))

    def discard(self) -> None:
        """Forget what was staged; the old site stays."""
        shutil.rmtree(self._workshop, ignore_errors=True)

    def _write(self, path: str, content: bytes, file: str) -> None:
        """Plain calls of the system: a cold build comes here 40,000 times. The same content twice in a row is one file with two names."""
        target = self._files + path
        folder = target.rpartition("/")[0]
        if folder not in self._made:
            try:
                _make_folder(folder)
            except (FileExistsError, NotADirectoryError):
                raise WebsiteError(f"Two parts of the site want {path!r}, one as a file and one as a folder.") from None
            self._made.add(folder)
        if file:
            with contextlib.suppress(OSError):  # it lies on another file system
                os.replace(file, target)  # noqa: PTH105
                return
        last, name = self._last
        self._last = (content, target)
        if last is content and content:
            with contextlib.suppress(OSError):  # a file system without links
                os.link(name, target)
                return
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
        try:
            view = memoryview(content)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def _write_journal(self, removed: list[str]) -> Journal:
        folders = parents(self._moves)
        in_the_way = {path for path in removed if path in folders} | _inside(removed, set(self._moves))
        journal: Journal = {
            "moves": sorted(self._ways(), key=lambda path: (1 if path in folders else 2 * path.endswith(".html"), path)),
            "first": sorted(in_the_way),
            "last": [path for path in removed if path not in in_the_way],
            "files": {path: (file.digest, file.size) for path, file in self._after.items()},
        }
        self._workshop.mkdir(parents=True, exist_ok=True)
        self._step("bring what is staged to the disk")
        flush(self._workshop)
        self._step("write the journal")
        draft = write_synced(self._workshop / "journal.draft", json.dumps(journal).encode())
        self._step("name the journal")
        draft.replace(self._workshop / "journal")
        sync_folder(self._workshop)
        return journal

    def _ways(self) -> set[str]:
        """What is to be moved: the outermost folders that are not there yet, and files whose folders are."""
        there: dict[str, bool] = {"": True}

        def way(path: str) -> str:
            above = path.rpartition("/")[0]
            if above not in there:
                outermost = way(above)
                there[above] = outermost == above and os.path.isdir(f"{self.output}/{above}")  # noqa: PTH112
            return path if there[above] else way(above)

        return {way(path) for path in self._moves}

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
            return os.stat(f"{self.output}/{path}").st_size  # noqa: PTH116
        except OSError:
            return -1


def _make_folder(folder: str) -> None:
    """The folder above is there most often."""
    try:
        os.mkdir(folder)  # noqa: PTH102
    except (FileNotFoundError, FileExistsError):
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103


def _content(path: str) -> bytes:
    with open(path, "rb") as file:  # noqa: PTH123
        return file.read()


def _inside(paths: Iterable[str], tops: set[str]) -> set[str]:
    return {path for path in paths if not tops.isdisjoint(parents([path]))}
