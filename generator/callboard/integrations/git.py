"""The ``git`` integration: histories of repositories that sources have cloned in, activity of repositories out; no requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.integrations import (
    Commit,
    Connector,
    FactBatch,
    Git,
    Release,
    RepositoryActivity,
    SourceError,
    Target,
    Tree,
    TreeError,
    git_commits,
    git_tags,
    is_shallow_clone,
    json_resource,
    last_commit_time,
)

FAMILY = "repository"
AT_ONCE = 4
"""Folders whose history is read at the same time."""
WEEK = timedelta(weeks=1)
WEEKS = 26
"""Weeks of history by default."""
RELEASES = 3
COMMUNITY: Mapping[str, str] = {
    "readme": "{README,readme,Readme}{,.md,.rst,.txt,.adoc}",
    "license": "{LICENSE,LICENCE,COPYING}{,.md,.txt}",
    "contributing": "{,.github/,docs/}CONTRIBUTING{,.md,.rst}",
    "code-of-conduct": "{,.github/,docs/}CODE_OF_CONDUCT{,.md}",
    "security": "{,.github/,docs/}SECURITY{,.md}",
    "codeowners": "{,.github/,.gitlab/,docs/}CODEOWNERS",
}
"""Community files, and the paths at which GitHub and GitLab look for them."""


class GitActivityIntegration(Connector):
    """Commits, authors and tags from the git histories that sources have cloned."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/integrations/git.json")
    title: ClassVar[str] = "git"
    families = (FAMILY,)
    annotations = ()

    def collect(self, targets: Sequence[Target]) -> FactBatch:
        """The activity in each folder that holds a descriptor; the history of a folder is read once."""
        by_folder: dict[tuple[str, str], list[Target]] = {}
        kinds = self._kinds
        for target in targets:
            if target.tree is not None and target.tree.revision and target.ref.kind in kinds:
                by_folder.setdefault((target.tree.id, target.folder), []).append(target)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._read_folder, by_folder.values()))
        return self._collector.batch()

    def _read_folder(self, targets: Sequence[Target]) -> None:
        tree, folder = targets[0].tree, targets[0].folder
        git = self._git(tree)
        if tree is None or git is None:
            return
        try:
            value = self._activity(git, tree, folder)
            self._collector.add_measurements(targets, FAMILY, complete=not is_shallow_clone(git))
        except (SourceError, TreeError) as error:
            failure = error if isinstance(error, SourceError) else SourceError(str(error))
            self._collector.add_failure(failure, f"{tree.repository}/{folder}".rstrip("/"), targets, FAMILY)
            return
        url = tree.id if tree.id.startswith("https://") else ""
        self._collector.add_fact(targets, FAMILY, f"{tree.id}/{folder}", lambda: value, url=url)

    def _git(self, tree: Tree | None) -> Git | None:
        """The repository of a clone, or the one that a folder lies in; None for a tree that is read over an API."""
        clone, root = getattr(tree, "git", None), getattr(tree, "root", None)
        if isinstance(clone, Git):
            return clone
        return Git(root, self._context.environ) if isinstance(root, Path) else None

    def _activity(self, git: Git, tree: Tree, folder: str) -> RepositoryActivity:
        now, weeks = self._now, self._integer_option("weeks", WEEKS)
        recent = git_commits(git, tree.revision, folder, now - weeks * WEEK)
        found = RepositoryActivity(
            name=f"{tree.repository}/{folder}".rstrip("/"),
            last_commit=last_commit_time(git, tree.revision, folder),
            commits=tuple(_by_week(recent, now, weeks)),
            contributors=len({commit.author for commit in recent}),
            releases=tuple(Release(tag.name, tag.at) for tag in git_tags(git, RELEASES)),
            documented=_documented(git, tree.revision, folder),
            community=tuple(name for name, pattern in COMMUNITY.items() if tree.glob(pattern)),
        )
        return (
            found
            if is_shallow_clone(git)
            else found.with_commits_by((commit.author for commit in recent), keeps_names=self._options.get("authors") is True)
        )


def _documented(git: Git, revision: str, folder: str) -> datetime | None:
    """The time of the last commit to the documentation of a folder; None if it has none."""
    paths = (f"{folder}/{name}".lstrip("/") for name in ("docs", "README.md"))
    return next((time for path in paths if (time := last_commit_time(git, revision, path))), None)


def _by_week(recent: Sequence[Commit], now: datetime, weeks: int) -> Iterator[int]:
    """The number of commits in each of the last weeks, counted back from now, the oldest week first."""
    ages = [int((now - commit.at) / WEEK) for commit in recent]
    for week in range(weeks - 1, -1, -1):
        yield sum(age == week for age in ages)
