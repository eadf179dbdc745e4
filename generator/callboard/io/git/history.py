"""A revision and a folder of a repository → commits, authors and tags of its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from callboard.io.git.command import Git, commit_time

COMMITS = 20_000
"""Maximum of one listing; of a folder with more, the newest ones are listed."""


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


def commits(git: Git, revision: str, folder: str, since: datetime) -> Sequence[Commit]:
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


def tags(git: Git, count: int) -> Sequence[Tag]:
    """The ``count`` newest tags. Raises ``SourceError``."""
    output = git.output(
        "for-each-ref", "--sort=-creatordate", f"--count={count}", "--format=%(refname:short)%00%(creatordate:unix)", "refs/tags"
    )
    rows = (line.split("\0") for line in output.decode("utf-8", "replace").splitlines())
    return [Tag(name, at) for name, *time in rows if len(time) == 1 and (at := commit_time(time[0]))]


def is_shallow(git: Git) -> bool:
    """Whether the clone has only the newest part of the history. Raises ``SourceError``."""
    return git.output("rev-parse", "--is-shallow-repository").strip() == b"true"
