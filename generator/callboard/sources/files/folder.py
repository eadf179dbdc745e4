"""Folders on this machine: walked once, described by git, read as trees."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from callboard.io.git.command import Git, branch, last_commit, origin_url
from callboard.model.errors import MissingFileError, OutsideTreeError, TooLargeError
from callboard.sources.addresses import known_addresses
from callboard.sources.history import FileHistory, log_of
from callboard.sources.hosts import Remote, Web, parse, software, web
from callboard.sources.paths import DEPENDENCIES, PRIVATE, is_text, matching, normal, shown

PRODUCT_NAMES = frozenset({"build", "dist", "out", "target", "vendor"})
"""Names that build tools fill, but people use as well: left out only beside one of ``BUILD_FILES``."""
BUILD_FILES = frozenset({
    "package.json", "pom.xml", "build.gradle", "build.gradle.kts", "Cargo.toml", "pyproject.toml", "setup.py", "CMakeLists.txt",
    "composer.json", "Gemfile", "go.mod", "meson.build",
})  # fmt: skip
PRODUCT_MARKS = frozenset({"CACHEDIR.TAG", "pyvenv.cfg"})
"""A folder that holds one of these says of itself that a tool made it."""
OPEN_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NONBLOCK", "O_CLOEXEC", "O_NOFOLLOW", "O_BINARY"))
"""Never wait for a pipe, never follow a link that took the file's place; each system has some of these."""


@dataclass(slots=True)
class Found:
    """One tree of a walk; paths are relative to it."""

    folder: str
    """Relative to the walk's root; an empty text for the root itself."""
    files: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    """Symbolic links to something that is no folder."""


@dataclass(slots=True)
class Walk:
    """What a walk saw."""

    trees: list[Found] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    """Names that are no UTF-8; what is below is left out."""
    closed: list[str] = field(default_factory=list)
    """Folders that may not be read."""


def walk(root: Path, repositories: re.Pattern[str] | None) -> Walk:
    """Each folder is listed once and no link is followed, so that the walk ends.

    A folder that holds ``.git``, or whose relative path matches ``repositories``, begins a tree of its own.
    """
    seen = Walk()
    base = Found("")
    seen.trees.append(base)
    waiting: list[tuple[str, Found]] = [("", base)]
    while waiting:
        folder, tree = waiting.pop()
        entries = _entries(root, folder, seen)
        names = {entry.name for entry in entries}
        if folder and names & PRODUCT_MARKS and ".git" not in names:
            continue
        if folder and (".git" in names or _is_named(folder, repositories)):
            tree = Found(folder)
            seen.trees.append(tree)
        waiting += [(child, tree) for child in _sorted_in(entries, names, folder, tree, seen)]
    seen.trees.sort(key=lambda found: found.folder)
    return seen


def _is_named(folder: str, repositories: re.Pattern[str] | None) -> bool:
    """Whether the option names it; ``*`` does not mean ``.github`` beside the repositories."""
    return bool(repositories and repositories.fullmatch(folder)) and not folder.rpartition("/")[2].startswith(".")


def _entries(root: Path, folder: str, seen: Walk) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(root / folder) as listing:
            return list(listing)
    except OSError:  # gone since its parent was listed, or not ours to read
        seen.closed.append(folder)
        return []


def _sorted_in(entries: list[os.DirEntry[str]], names: set[str], folder: str, tree: Found, seen: Walk) -> Iterator[str]:
    """Put the files into the tree; the folders to go on with."""
    for entry in entries:
        path = f"{folder}/{entry.name}" if folder else entry.name
        inside = path[len(tree.folder) :].lstrip("/") if tree.folder else path
        if not is_text(entry.name):
            seen.odd.append(path)
        elif entry.is_symlink():
            tree.links.append(inside)
        elif entry.is_file(follow_symlinks=False):
            tree.files.append(inside)
        elif entry.is_dir(follow_symlinks=False) and not _is_left_out(entry, names):
            yield path


def _is_left_out(entry: os.DirEntry[str], siblings: set[str]) -> bool:
    name = entry.name
    if name.lower() in PRIVATE or name in DEPENDENCIES:
        return True
    return name in PRODUCT_NAMES and bool(siblings & BUILD_FILES) and not Path(entry.path, ".git").exists()


@dataclass(frozen=True, slots=True, eq=False)
class FolderTree:
    """Files below one folder; links that lead out of it are refused."""

    root: Path
    """The folder, with all links in its own path resolved."""
    id: str
    repository: str
    revision: str
    listing: Sequence[str] = field(repr=False)
    """Sorted paths of its files, and of its links to files in it."""
    web: Web = field(default_factory=Web)
    addresses: Sequence[str] = ()
    history: FileHistory | None = None

    def read(self, path: str, limit: int) -> bytes:
        """The content of a regular file."""
        file = self._inside(path)
        try:
            descriptor = os.open(file, OPEN_FLAGS)
        except OSError as error:
            raise MissingFileError(f"there is no file {shown(path)} in {self.repository} ({error.strerror})") from None
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode):
            os.close(descriptor)
            raise MissingFileError(f"{shown(path)} in {self.repository} is no regular file")
        with os.fdopen(descriptor, "rb") as opened:
            content = opened.read(limit + 1)
        if len(content) > limit:
            raise TooLargeError(f"{shown(path)} in {self.repository} has {about.st_size:,} bytes; at most {limit:,} are read")
        return content

    def glob(self, pattern: str) -> Sequence[str]:
        """From the listing that the walk made: folders of dependencies and other repositories are not in it."""
        return matching(pattern, self.listing)

    def fetch(self, paths: Sequence[str]) -> None:
        """Nothing to do: everything is here."""

    def last_change(self, path: str) -> datetime | None:
        """From the history of the work tree that the folder lies in."""
        return self.history.last_change(path) if self.history else None

    def view_url(self, path: str, line: int | None = None) -> str:
        """On the host that the work tree was cloned from, or as ``view_url`` in the settings says."""
        return self.web.view_url(path, line)

    def edit_url(self, path: str) -> str:
        """On the host that the work tree was cloned from, or as ``edit_url`` in the settings says."""
        return self.web.edit_url(path)

    def _inside(self, path: str) -> str:
        relative = normal(path)
        root = str(self.root).rstrip("/")
        if relative != "." and _has_no_link(root, relative):
            return f"{root}/{relative}"
        real = os.path.realpath(f"{root}/{relative}")
        if not real.startswith(root + "/"):
            raise OutsideTreeError(
                f"{shown(path)} is a link that leads out of {self.repository}" if real != root else f"{shown(path)} is a folder"
            )
        normal(real[len(root) + 1 :])  # a link may lead into .git as well
        return real


def _has_no_link(root: str, relative: str) -> bool:
    """Every part of the path is there and none is a link: what most paths are, for one question a part."""
    at = root
    try:
        for part in relative.split("/"):
            at = f"{at}/{part}"
            if stat.S_ISLNK(os.lstat(at).st_mode):
                return False
    except (OSError, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Checkout:
    """A work tree of git."""

    root: Path
    remote: Remote | None
    ref: str
    """The branch, or ``HEAD`` where none is checked out (hosts take that for their default branch)."""


@dataclass(frozen=True, slots=True)
class GitInfo:
    """What a tree learns from the work tree around it; empty where there is none."""

    revision: str = ""
    """Last commit to anything below the folder."""
    history: FileHistory | None = None
    remote: Remote | None = None
    ref: str = ""
    web: Web = field(default_factory=Web)
    addresses: tuple[str, ...] = ()


def checkout_root(folder: Path, known: dict[Path, Path | None] | None = None) -> Path | None:
    """The nearest folder, from this one upwards, that holds ``.git``. ``known`` remembers what was found: siblings share it."""
    known = {} if known is None else known
    passed, found = [], None
    for place in (folder, *folder.parents):
        if place in known:
            found = known[place]
            break
        passed.append(place)
        if (place / ".git").exists():
            found = place
            break
    known.update(dict.fromkeys(passed, found))
    return found


def checkout(root: Path, environ: Mapping[str, str]) -> Checkout:
    """Ask git about a work tree. Raises ``SourceError`` where git is not installed."""
    git = Git(root, environ)
    return Checkout(root, parse(origin_url(git)), branch(git) or "HEAD")


def git_info(folder: Path, around: Checkout, environ: Mapping[str, str], expected: Iterable[str]) -> GitInfo:
    """What the work tree ``around`` says about one folder in it; nothing where the folder was never committed."""
    git = Git(around.root, environ)
    relative = folder.relative_to(around.root).as_posix()
    prefix = "" if relative == "." else f"{relative}/"
    revision = last_commit(git, prefix.rstrip("/"))
    if not revision:
        return GitInfo()
    history = FileHistory(log_of(git, revision, prefix), expected)
    remote = around.remote if around.remote and around.remote.host else None
    if remote is None:
        return GitInfo(revision, history)
    runs = software(remote)
    plain = web(remote, runs, around.ref)
    found = Web(plain.view, plain.line, plain.edit if around.ref != "HEAD" else "", prefix)
    addresses = known_addresses(remote, runs, [around.ref], "branch", is_default=around.ref in {"HEAD", "main", "master"}, prefix=prefix)
    return GitInfo(revision, history, remote, around.ref, found, addresses)
