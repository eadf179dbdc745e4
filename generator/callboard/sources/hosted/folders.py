"""Folders that will be read of the repositories of one host → their files: from the cache where unchanged, else fetched by git.

A folder has the same files as long as it has the same id. The host is asked for the ids of all repositories with new commits at once.
"""

from __future__ import annotations

import posixpath
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from callboard.plugins.sources import (
    FileCommit,
    HttpError,
    MissingFileError,
    SourceError,
    TooLargeError,
    Traffic,
    TreeError,
    normal_path,
    shown_path,
)
from callboard.sources.hosted.file_contents import FileContents
from callboard.sources.hosted.kept_folders import FolderCache, KeptCommit, KeptRepository
from callboard.sources.hosted.listing import FolderEntries, Listing, composed_listing
from callboard.sources.hosted.shallow import Clone, GitAccess

AT_ONCE = 4
"""Repositories that are fetched at the same time."""
MAX_LINK = 4_096
_TEXTS = "{md,markdown,mdown,mkdn,mkd}"
_USUAL = (
    "mkdocs.{yml,yaml}", f"*.{_TEXTS}", f"docs/**/*.{_TEXTS}", f"{{adr,adrs,decisions,doc}}/**/*.{_TEXTS}",
)  # fmt: skip
"""What is fetched together with the list of files: nearly all documentation is there."""


@dataclass(frozen=True, slots=True)
class HostedCommit:
    """A commit of a repository on a host."""

    name: str
    """The host's name or id of the repository, for queries."""
    url: str
    """Its URL for git, without credentials."""
    commit: str


class HostQueries(Protocol):
    """What a host tells about folders and files without git. The methods raise ``HttpError``."""

    def entries(self, wanted: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, FolderEntries]:
        """The entries of folders, of which the root is always one; a repository that cannot be had is left out."""

    def last_commits(self, wanted: Mapping[HostedCommit, Sequence[str]]) -> Mapping[HostedCommit, Mapping[str, FileCommit]] | None:
        """The last commits of files by path; None if the history that git fetches is to be used."""


class HostedRepositories:
    """The repositories of one source whose folders are read. Safe between threads."""

    def __init__(self, access: GitAccess, cache: FolderCache, contents: Path, host: HostQueries, traffic: Traffic) -> None:
        self.access, self.cache, self.contents, self.host, self.traffic = access, cache, contents, host, traffic
        self._lock = threading.RLock()
        self._expected: list[HostedFolders] = []
        self._dated: list[HostedFolders] = []

    def folders(self, of: HostedCommit) -> HostedFolders:
        """The folders of one repository."""
        return HostedFolders(of, self)

    def expect(self, folders: HostedFolders) -> None:
        """Note that a repository's folders will be read."""
        with self._lock:
            self._expected.append(folders)

    def expect_dates(self, folders: HostedFolders) -> None:
        """Note that the last commits of a repository's files will be read."""
        with self._lock:
            self._dated.append(folders)

    def list_expected(self) -> None:
        """List the files of all repositories that were expected: those with new commits are asked for at once, then fetched in parallel."""
        with self._lock:
            expected, self._expected = self._expected, []
            expected = [each for each in expected if each.listing is None and not each.is_unavailable]
            self._compose([each for each in expected if not each.use_kept() and each.kept.listing is not None])
            missing = [each for each in expected if each.listing is None]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                for each in pool.map(lambda folders: folders.fetch_listing(), missing):
                    each.save()

    def _compose(self, changed: Sequence[HostedFolders]) -> None:
        """Take over the folders that have not changed since the last listing."""
        try:
            found = self.host.entries({each.of: each.wanted for each in changed}) if changed else {}
        except HttpError:
            return  # git tells as well
        for each in changed:
            if each.of in found and "" in found[each.of]:
                each.listing = composed_listing(each.of.commit, found[each.of], each.kept.listing)
                each.save()

    def date_expected(self) -> None:
        """Find the last commits of all files that were expected, as far as they are not known."""
        with self._lock:
            dated, self._dated = [*dict.fromkeys(self._dated)], []
            wanted = {each.of: paths for each in dated if (paths := each.undated())}
            try:
                found = self.host.last_commits(wanted) if wanted else {}
            except HttpError:
                return  # an age is no reason to stop a build
            for each in dated:
                if each.of in wanted and found is not None:
                    each.keep_commits(wanted[each.of], found.get(each.of, {}))


@dataclass(slots=True, eq=False)
class HostedFolders:
    """The files of one repository at one commit, for those who announce which folders they read."""

    of: HostedCommit
    all: HostedRepositories
    wanted: tuple[str, ...] = ()
    """Folders that were announced; none as long as nobody did."""
    listing: Listing | None = None
    kept: KeptRepository = field(default_factory=KeptRepository)
    is_unavailable: bool = False
    """True if git cannot fetch the repository."""
    _contents: FileContents = field(init=False)
    _dated: dict[str, None] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self._contents = FileContents.of(self.all.contents, self.of.url)

    @property
    def is_used(self) -> bool:
        """Whether folders were announced, and can be had."""
        return bool(self.wanted) and not self.is_unavailable

    def expect(self, folders: Sequence[str]) -> None:
        """Announce folders, of which files will be listed and read."""
        with self._lock:
            if not self.wanted:
                self.kept = self.all.cache.load(self.of.url)
                self.all.expect(self)
            self.wanted = (*dict.fromkeys((*self.wanted, "", *folders)),)

    def glob(self, pattern: str) -> list[str] | None:
        """Sorted paths that match; None if they cannot be had. Raises ``TreeError`` for a glob beyond the limits."""
        with self._lock:
            listing = self._listed(pattern)
            if listing is None:
                return None
            found = listing.matching(pattern)
            links = [path for path in found if path in listing.links]
            broken = {path for path in links if self._target(listing, path) is None}
            return [path for path in found if path not in broken] if broken else found

    def read(self, path: str, limit: int) -> bytes | None:
        """The content of a file; None if it cannot be had. Raises ``MissingFileError`` and ``TooLargeError``."""
        with self._lock:
            listing = self._listed(path, is_path=True)
            if listing is None:
                return None
            there = self._target(listing, path) if path in listing.links else path
            if there is None or there not in listing.files:
                raise MissingFileError(f"there is no file {shown_path(path)} in {self.of.name}")
            return self._content(listing.files[there], limit)

    def file_id(self, path: str) -> str:
        """Git's id of the content of a file; empty for none, and where it cannot be had."""
        with self._lock:
            listing = self._listed(path, is_path=True)
            there = None if listing is None else self._target(listing, path) if path in listing.links else path
            return listing.files.get(there, "") if listing is not None and there is not None else ""

    def fetch(self, paths: Iterable[str]) -> None:
        """Fetch the contents of files at once; unknown paths are ignored."""
        with self._lock:
            listing = self._listed("", is_path=True)
            if listing is not None:
                self._fetch(listing.files[path] for path in paths if path in listing.files)

    def expect_changes(self, paths: Iterable[str]) -> None:
        """Announce files whose last commits will be read."""
        with self._lock:
            if not self._dated:
                self.all.expect_dates(self)
            self._dated |= dict.fromkeys(paths)

    def expects_change(self, path: str) -> bool:
        """Whether the last commit to a file was announced, and can be had."""
        return self.is_used and path in self._dated

    def last_commit(self, path: str) -> FileCommit | None:
        """The last commit to a file that was announced; None if it is not known."""
        kept = self._known_commit(path)
        if kept is None and path in self._dated:
            self.all.date_expected()
            kept = self._known_commit(path)
        return kept.commit if kept else None

    def use_kept(self) -> bool:
        """Whether the listing of the last build is of the same commit."""
        if self.kept.listing is not None and self.kept.listing.commit == self.of.commit:
            self.listing = self.kept.listing
        return self.listing is not None

    def fetch_listing(self) -> HostedFolders:
        """Fetch the list of all files, and the usual files of documentation with it."""
        try:
            with self.all.access.clone(self.of.url, self.of.commit) as clone:
                self.all.traffic.add(fetches=1)
                self.listing = listing = clone.listing()
                usual = [*dict.fromkeys(path for pattern in self._usual() for path in listing.matching(pattern))]
                names = {listing.files[path] for path in (*usual, *listing.links)}
                self._store(clone, [name for name in names if not self._contents.has(name)])
                if self.all.access.depth > 1:
                    self.keep_commits(usual, clone.history(usual))
        except (SourceError, TreeError):
            self.is_unavailable = True
        return self

    def undated(self) -> list[str]:
        """The announced files whose last commits are not known."""
        files = self.listing.files if self.listing else {}
        return [path for path in self._dated if path in files and self._known_commit(path) is None]

    def keep_commits(self, paths: Sequence[str], found: Mapping[str, FileCommit]) -> None:
        """Keep what was found about files, also that nothing was."""
        files = self.listing.files if self.listing else {}
        for path in paths:
            commit = found.get(path)
            self.kept.commits[path] = KeptCommit(files[path], commit.at if commit else None, commit.author if commit else "")
        self.save()

    def save(self) -> None:
        """Keep what is known for the next build."""
        if self.listing is not None:
            self.kept.listing = self.listing
            self.kept.commits = {path: each for path, each in self.kept.commits.items() if path in self.listing.files}
            self.all.cache.save(self.of.url, self.kept)

    def _known_commit(self, path: str) -> KeptCommit | None:
        kept = self.kept.commits.get(path)
        return kept if kept is not None and self.listing is not None and self.listing.files.get(path) == kept.content else None

    def _usual(self) -> Iterator[str]:
        for folder in self.wanted:
            start = f"{''.join(f'[{letter}]' if letter in '*?[{' else letter for letter in folder)}/" if folder else ""
            yield from (start + pattern for pattern in _USUAL)

    def _listed(self, pattern: str, *, is_path: bool = False) -> Listing | None:
        """The listing, with all folders in which the pattern may match."""
        if not self.is_used:
            return None
        if self.listing is None:
            self.all.list_expected()
        listing = self.listing
        if listing is not None and (listing.is_unknown(pattern) if is_path else listing.may_miss(pattern)):
            self.fetch_listing()
            self.save()
        return None if self.is_unavailable else self.listing

    def _target(self, listing: Listing, path: str) -> str | None:
        """The file in the tree that a symbolic link points at; None for none."""
        try:
            link = self._content(listing.files[path], MAX_LINK)
            target = normal_path(posixpath.join(posixpath.dirname(path), (link or b"").decode("utf-8", "surrogateescape")))
        except TreeError:
            return None
        return target if target in listing.files and target not in listing.links else None

    def _content(self, name: str, limit: int) -> bytes | None:
        content = self._contents.get(name, limit)
        if content is None:
            self._fetch([name])
            content = self._contents.get(name, limit)
        if content is None and not self.is_unavailable:
            raise TooLargeError("it has more bytes than are fetched")
        return content

    def _fetch(self, names: Iterable[str]) -> None:
        missing = [name for name in {*names} if not self._contents.has(name)]
        if not missing:
            return
        try:
            with self.all.access.clone(self.of.url, self.of.commit) as clone:
                self.all.traffic.add(fetches=1)
                self._store(clone, missing)
        except SourceError:
            self.is_unavailable = True

    def _store(self, clone: Clone, names: Sequence[str]) -> None:
        for name, content in clone.contents(names):
            self._contents.put(name, content)
