"""Files of the new site → a staging folder, then, by a journal, the output folder. A site is never overwritten file by file."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from callboard.io.site_folder.file_times import STAGED, FileTimes, Times, times_of
from callboard.io.site_folder.file_writer import FileWriter, read_file
from callboard.io.site_folder.journal import CommitHook, check_no_links, new_journal, recover, roll_forward, write_journal
from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP, SiteFile, checked_path, digest_of, parents, read_manifest
from callboard.model.data_classes import dataclass
from callboard.model.errors import WebsiteError

StagedFile = tuple[str, str, int, Times]
"""Path, digest and size of a file of the new site, and its times; ``STAGED`` if it was staged, and not kept unchanged."""


@dataclass(frozen=True, slots=True)
class Committed:
    """The changes of a commit in the output folder, in numbers of files."""

    written: int
    unchanged: int
    removed: int
    bytes: int
    """Size of all files of the site."""
    repaired: int = 0
    """Those of ``written`` that the last build had written with the same content, and that were changed or removed since."""
    paths: frozenset[str] = frozenset()
    """The paths of the files that were written."""


class Staging:
    """The next state of one output folder; before ``commit``, only its staging folder is written to.

    Files are staged at their paths in the site, so that a new folder is moved as a whole.

    Raises:
        WebsiteError: the folder was not made by Callboard.
    """

    def __init__(self, output: Path, step: CommitHook = lambda _: None, times: FileTimes = FileTimes()) -> None:  # noqa: B008 - immutable
        self.output = output
        self._step = step
        self._times = times
        self._workshop = output / WORKSHOP
        recover(output, step)
        self._writer = FileWriter(f"{self._workshop}/files/")
        self._before = read_manifest(output)
        self._times_before = times.load(output, self._before)
        self._times_after: dict[str, Times] = {}
        self._after: dict[str, SiteFile] = {}
        self._moves: list[str] = []
        self._news: list[StagedFile] = []

    def put(self, path: str, content: bytes, twin: Path | None = None) -> bool:
        """Add a file with this content to the new site; returns True if the file is new or has changed.

        ``twin`` may have the same content, and is linked then rather than written once more.
        """
        self._check_unique(path)
        new = SiteFile(digest_of(content), len(content))
        times = self._intact(path, new) if self._before.get(path) == new else None
        changes = times is None
        self._add(path, new, times or STAGED)
        if changes:
            if self._before and path not in self._before:  # in a folder that was empty, nothing is in the way
                self._check_not_foreign(path)
            self._step(f"stage {path}")
            self._writer.write(path, content, str(twin) if twin else "")
        return changes

    def keep(self, path: str, digest: str) -> bool:
        """Keep a file unchanged; returns False if it does not exist with this digest, and has to be ``put``."""
        return self.keep_all((path, digest))

    def keep_all(self, *files: tuple[str, str]) -> bool:
        """Keep these files (path and digest) unchanged; returns False, and keeps none, if one of them does not exist so."""
        found = []
        for path, digest in files:
            existing = self._before.get(path)
            times = self._intact(path, existing) if existing and existing.digest == digest else None
            if existing is None or times is None:
                return False
            found.append((path, existing, times))
        for path, existing, times in found:
            self._check_unique(path)
            self._add(path, existing, times)
        return True

    def unchanged(self, path: str, digest: str) -> bytes | None:
        """The content of a file of the old site; None if it does not exist with this digest."""
        try:
            content = read_file(f"{self.output}/{path}")
        except OSError:
            return None
        return content if digest_of(content) == digest else None

    def keep_others(self, paths: Collection[str]) -> bool:
        """Keep the files of the old site but these; returns False if one of all is missing or was changed."""
        before = self._before
        is_whole = all(path in before and self._intact(path, before[path]) for path in paths)
        return is_whole and self.keep_all(*((path, file.digest) for path, file in before.items() if path not in paths))

    def news(self) -> list[StagedFile]:
        """The files that were put and kept since the last call; a forked process sends them to its parent, which calls ``adopt``."""
        news, self._news = self._news, []
        return news

    def adopt(self, news: Iterable[StagedFile]) -> None:
        """Add the files that a forked process has put and kept, which has checked their paths."""
        for path, digest, size, times in news:
            self._check_new(path)
            self._add(path, SiteFile(digest, size), times)
        self._news.clear()

    def paths(self) -> Iterable[str]:
        """The paths of the new site, so far."""
        return self._after.keys()

    def gone(self) -> set[str]:
        """The paths of the old site that the new one does not have, so far."""
        return self._before.keys() - self._after.keys()

    def had(self, path: str) -> bool:
        """Whether the old site has a file of this path."""
        return path in self._before

    def digest(self, path: str) -> str:
        """The digest of a file of the new site."""
        return self._after[path].digest

    def read(self, path: str) -> bytes:
        """The content of a file of the new site, staged or unchanged."""
        try:
            return read_file(self._writer.root + path)
        except OSError:
            return read_file(f"{self.output}/{path}")

    def commit(self) -> Committed:
        """Apply the staged changes to the output folder: assets first, pages last, removals at the end."""
        removed = sorted(self.gone())
        if self._moves or removed or not (self.output / SITE_MARKER).is_file():
            check_no_links(self.output, (*self._moves, *removed))
            journal = new_journal(self.output, self._moves, removed, self._after)
            write_journal(self.output, journal, self._step)
            roll_forward(self.output, journal, self._step)
        for path in self._moves:
            self._times_after[path] = times_of(f"{self.output}/{path}", self._after[path].size) or STAGED
        if self._times_after != self._times_before:
            self._times.save(self.output, self._times_after)
        moved, repaired = len(self._moves), sum(self._before.get(path) == self._after[path] for path in self._moves)
        return Committed(
            moved, len(self._after) - moved, len(removed), sum(file.size for file in self._after.values()), repaired, frozenset(self._moves)
        )

    def discard(self) -> None:
        """Remove the staging folder; the old site stays."""
        shutil.rmtree(self._workshop, ignore_errors=True)

    def _check_unique(self, path: str) -> None:
        self._check_new(checked_path(path))

    def _check_new(self, path: str) -> None:
        if path in self._after:
            raise WebsiteError(f"Two parts of the site have the same file {path!r}.")

    def _check_not_foreign(self, path: str) -> None:
        """Raise for a file that Callboard did not write and that is in the way, before the commit begins."""
        target = self.output / path
        inside = [f for f in target.rglob("*") if not f.is_dir()] if target.is_dir() and not target.is_symlink() else [target]
        above = [self.output / folder for folder in parents([path])]
        for file in (*inside, *(folder for folder in above if not folder.is_dir())):
            if (file.exists() or file.is_symlink()) and file.relative_to(self.output).as_posix() not in self._before:
                raise WebsiteError(f"{file} is in the way, and was not written by Callboard.", "Move it elsewhere.")

    def _add(self, path: str, file: SiteFile, times: Times) -> None:
        """Add a file to the new site: a staged one, or one that is unchanged and has these times."""
        self._after[path] = file
        self._times_after[path] = times
        self._news.append((path, file.digest, file.size, times))
        if times == STAGED:
            self._moves.append(path)

    def _intact(self, path: str, file: SiteFile) -> Times | None:
        """The times of a file of the old site if it is as it was written, else None. It is hashed if its times are others than then."""
        place = f"{self.output}/{path}"
        times = times_of(place, file.size)
        if times is None or times == self._times_before.get(path):
            return times
        try:
            return times if digest_of(read_file(place)) == file.digest else None
        except OSError:
            return None
