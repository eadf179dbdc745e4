"""A revision of a repository → commits and authors below a folder, tags, and the times of the last changes of files."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from callboard.io.git.command import Git, commit_time
from callboard.model.data_classes import dataclass
from callboard.model.errors import SourceError

COMMITS = 20_000
"""Maximum of one listing; of a folder with more, the newest ones are listed."""
RANGE = 1_000
"""Maximum of commits between two revisions."""
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LONGEST_NAME = 200
"""Letters of an author's name."""
LOG_FORMAT = "--format=%x01%H%x00%ct%x00%an"


@dataclass(frozen=True, slots=True)
class FileCommit:
    """The last commit to a file."""

    at: datetime
    author: str = ""
    """The name that the author gave; empty if unknown."""


LastCommits = Callable[[Sequence[str]], Mapping[str, FileCommit]]
"""From paths to their last commits; a path without a commit is left out."""


@dataclass(frozen=True, slots=True)
class Commit:
    """What statistics need of a commit."""

    at: datetime
    author: str
    """E-mail address in lower case; counted, never shown."""


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag."""

    name: str
    at: datetime


def git_commits(git: Git, revision: str, folder: str, since: datetime) -> Sequence[Commit]:
    """The commits since that time to anything below ``folder``, newest first. Raises ``SourceError``."""
    output = git.output(
        "--literal-pathspecs", "log", f"--max-count={COMMITS}", f"--since={since.isoformat()}", "--format=%ct%x00%ae", revision,
        "--", folder or ".",
    )  # fmt: skip
    rows = (line.split("\0") for line in output.decode("utf-8", "replace").splitlines())
    return [Commit(at, author[0].strip().lower()) for time, *author in rows if len(author) == 1 and (at := commit_time(time))]


def last_commit_time(git: Git, revision: str, folder: str) -> datetime | None:
    """Time of the last commit to anything below ``folder``; None where there is none. Raises ``SourceError``."""
    output = git.output("--literal-pathspecs", "log", "-1", "--format=%ct", revision, "--", folder or ".")
    return commit_time(output.decode("ascii", "replace"))


def git_tags(git: Git, count: int) -> Sequence[Tag]:
    """The ``count`` newest tags. Raises ``SourceError``."""
    output = git.output(
        "for-each-ref", "--sort=-creatordate", f"--count={count}", "--format=%(refname:short)%00%(creatordate:unix)", "refs/tags"
    )
    rows = (line.split("\0") for line in output.decode("utf-8", "replace").splitlines())
    return [Tag(name, at) for name, *time in rows if len(time) == 1 and (at := commit_time(time[0]))]


def git_commits_between(git: Git, before: str, after: str, folder: str) -> Sequence[datetime] | None:
    """Times of the commits below ``folder``, without merges, that ``after`` has and ``before`` has not.

    None where one of them is no commit of the clone, or there are more than ``RANGE``. Raises ``SourceError``.
    """
    found = [_commit_id(git, before), _commit_id(git, after)]
    if not all(found):
        return None
    output = git.output(
        "--literal-pathspecs",
        "log",
        "--no-merges",
        f"--max-count={RANGE + 1}",
        "--format=%ct",
        f"{found[0]}..{found[1]}",
        "--",
        folder or ".",
    )
    times = [at for line in output.decode("ascii", "replace").split() if (at := commit_time(line))]
    return times if len(times) <= RANGE else None


def _commit_id(git: Git, name: str) -> str:
    """The whole id of a commit by its id or the beginning of it; empty for none. A clone has no tags."""
    if not _COMMIT.fullmatch(name):
        return ""
    finished = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return finished.stdout.decode("ascii", "replace").strip() if finished.good else ""


def is_shallow_clone(git: Git) -> bool:
    """Whether the clone has only the newest part of the history. Raises ``SourceError``."""
    return git.output("rev-parse", "--is-shallow-repository").strip() == b"true"


class FileHistory:
    """Last commits, each queried once; safe between threads."""

    def __init__(self, query: LastCommits, expected: Iterable[str] = ()) -> None:
        """``expected`` are paths that the first query includes."""
        self._query = query
        self._expected = dict.fromkeys(expected)
        self._commits: dict[str, FileCommit | None] = {}
        self._lock = threading.Lock()

    def expect(self, paths: Iterable[str]) -> None:
        """Announce paths, so that the next query includes them."""
        with self._lock:
            self._expected |= dict.fromkeys(path for path in paths if path not in self._commits)

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None where there is none."""
        commit = self._commit(path)
        return commit.at if commit else None

    def last_author(self, path: str) -> str:
        """Name of the author of the last commit to the file; empty where there is none."""
        commit = self._commit(path)
        return commit.author if commit else ""

    def _commit(self, path: str) -> FileCommit | None:
        with self._lock:
            if path not in self._commits:
                paths = [*dict.fromkeys([*self._expected, path])]
                found = self._query(paths)
                self._commits.update({p: found.get(p) for p in paths})
                self._expected = {}
            return self._commits[path]


def git_log(git: Git, commit: str, prefix: str = "") -> LastCommits:
    """From git's log, without network. A failure counts as unknown: an age is no reason to stop a build."""
    offline = Git(git.folder, git.environ, timeout=git.timeout)

    def last_commits_of(paths: Sequence[str]) -> Mapping[str, FileCommit]:
        try:
            return last_commits(offline, commit, paths, prefix)
        except SourceError:
            return {}

    return last_commits_of


def last_commits(git: Git, commit: str, paths: Sequence[str], prefix: str = "") -> Mapping[str, FileCommit]:
    """The last commit to each path (relative to ``prefix``), by one walk over the history. Renames are not followed.

    The oldest commit of a shallow clone seems to add all of its files: what it alone has touched is left out.
    """
    requested = {prefix + path: path for path in paths if "\n" not in path}
    if not requested or not commit:
        return {}
    lines = "".join(f"{path}\n" for path in requested)
    output = git.output(
        "--literal-pathspecs", "log", LOG_FORMAT, "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", "--stdin",
        stdin=f"{commit}\n--\n{lines}".encode("utf-8", "surrogateescape"),
    )  # fmt: skip
    oldest = _oldest(git)
    found: dict[str, FileCommit | None] = {}
    for name_of_commit, file_commit, names in _file_commits(output):
        for name in names:
            if name in requested:
                found.setdefault(requested[name], None if name_of_commit in oldest else file_commit)
    return {path: each for path, each in found.items() if each}


def _oldest(git: Git) -> frozenset[str]:
    """Ids of the commits of a shallow clone whose parents it does not have."""
    try:
        return frozenset(_shallow_file(git).read_text("ascii", "replace").split())
    except OSError:
        return frozenset()


def _shallow_file(git: Git) -> Path:
    """Where git lists these commits; git itself is asked for a work tree that shares its repository with others."""
    if (git.folder / "HEAD").is_file():
        return git.folder / "shallow"
    if (git.folder / ".git").is_dir():
        return git.folder / ".git/shallow"
    place = git.run("rev-parse", "--git-path", "shallow")
    return git.folder / place.stdout.decode("utf-8", "surrogateescape").strip()


def _file_commits(output: bytes) -> Iterator[tuple[str, FileCommit, Sequence[str]]]:
    for block in output.split(b"\x01")[1:]:
        name, _, rest = block.partition(b"\0")
        seconds, _, rest = rest.partition(b"\0")
        author, *names = rest.split(b"\0")
        time = commit_time(seconds.decode("ascii", "replace"))
        if time is not None:
            written = author.decode("utf-8", "replace").strip()[:_LONGEST_NAME]
            yield (
                name.decode("ascii", "replace"),
                FileCommit(time, written),
                [n.decode("utf-8", "surrogateescape").lstrip("\n") for n in names],
            )
