"""A revision of a repository → commits and authors below a folder, tags, and the times of the last changes of files."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from callboard.io.git.command import Git, commit_time
from callboard.model.errors import SourceError

COMMITS = 20_000
"""Maximum of one listing; of a folder with more, the newest ones are listed."""
LOG_FORMAT = "--format=%x01%ct"
LastChanges = Callable[[Sequence[str]], Mapping[str, datetime]]
"""From paths to the times of their last commits; a path without a commit is left out."""


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


def is_shallow_clone(git: Git) -> bool:
    """Whether the clone has only the newest part of the history. Raises ``SourceError``."""
    return git.output("rev-parse", "--is-shallow-repository").strip() == b"true"


class FileHistory:
    """Times of last changes, each queried once; safe between threads."""

    def __init__(self, query: LastChanges, expected: Iterable[str] = ()) -> None:
        """``expected`` are paths that the first query includes."""
        self._query = query
        self._expected = dict.fromkeys(expected)
        self._times: dict[str, datetime | None] = {}
        self._lock = threading.Lock()

    def last_change(self, path: str) -> datetime | None:
        """Time of the last commit to the file; None where there is none."""
        with self._lock:
            if path not in self._times:
                paths = [*dict.fromkeys([*self._expected, path])]
                times = self._query(paths)
                self._times.update({p: times.get(p) for p in paths})
                self._expected = {}
            return self._times[path]


def git_log(git: Git, commit: str, prefix: str = "") -> LastChanges:
    """From git's log, without network. A failure counts as unknown times: an age is no reason to stop a build."""
    offline = Git(git.folder, git.environ, timeout=git.timeout)

    def last_changes_of(paths: Sequence[str]) -> Mapping[str, datetime]:
        try:
            return last_changes(offline, commit, paths, prefix)
        except SourceError:
            return {}

    return last_changes_of


def last_changes(git: Git, commit: str, paths: Sequence[str], prefix: str = "") -> Mapping[str, datetime]:
    """Time of the last commit to each path (relative to ``prefix``), by one walk over the history. Renames are not followed."""
    requested = {prefix + path: path for path in paths if "\n" not in path}
    if not requested or not commit:
        return {}
    lines = "".join(f"{path}\n" for path in requested)
    output = git.output(
        "--literal-pathspecs", "log", LOG_FORMAT, "--name-only", "--no-renames", "--no-ext-diff", "--no-textconv", "-z", "--stdin",
        stdin=f"{commit}\n--\n{lines}".encode("utf-8", "surrogateescape"),
    )  # fmt: skip
    times: dict[str, datetime] = {}
    for time, names in _commits(output):
        for name in names:
            if name in requested:
                times.setdefault(requested[name], time)
    return times


def _commits(output: bytes) -> Iterator[tuple[datetime, Sequence[str]]]:
    for block in output.split(b"\x01")[1:]:
        seconds, *names = block.split(b"\0")
        time = commit_time(seconds.decode("ascii", "replace"))
        if time is not None:
            yield time, [n.decode("utf-8", "surrogateescape").lstrip("\n") for n in names]
