"""The ``git`` integration: how much repositories move, from the histories that sources have cloned anyway; no token, no request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from callboard.io.git.command import Git
from callboard.io.git.history import Commit, commits, is_shallow, last_commit_time, tags
from callboard.model.errors import SourceError, TreeError
from callboard.model.facts.values import Release, RepositoryActivity
from callboard.model.tree import Tree
from callboard.plugins.integrations.base import DeclaredFamily, FactBatch, IntegrationContext, IntegrationSettings, Target, options_schema
from callboard.plugins.integrations.collector import FactCollector

AT_ONCE = 4
WEEK = timedelta(weeks=1)
RELEASES = 3
COMMUNITY: Mapping[str, str] = {
    "readme": "{README,readme,Readme}{,.md,.rst,.txt,.adoc}",
    "license": "{LICENSE,LICENCE,COPYING}{,.md,.txt}",
    "contributing": "{,.github/,docs/}CONTRIBUTING{,.md,.rst}",
    "code-of-conduct": "{,.github/,docs/}CODE_OF_CONDUCT{,.md}",
    "security": "{,.github/,docs/}SECURITY{,.md}",
    "codeowners": "{,.github/,.gitlab/,docs/}CODEOWNERS",
}
"""Where hosts look for these files."""


class GitActivityIntegration:
    """Commits, authors and tags from the git histories that sources have cloned."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("git")
    title: ClassVar[str] = "git"
    families: tuple[str, ...] = ("repository",)
    annotations: tuple[str, ...] = ()
    declares: ClassVar[tuple[DeclaredFamily, ...]] = ()

    def __init__(self, settings: IntegrationSettings, context: IntegrationContext) -> None:
        self._context = context
        self._weeks = int(settings.options.get("weeks", 26))
        self._kinds = frozenset(str(kind).lower() for kind in settings.options.get("kinds", ("component",)))
        self._found = FactCollector(settings.name)

    def collect(self, subjects: Sequence[Target]) -> FactBatch:
        """One walk over the history for each folder that holds a descriptor."""
        by_place: dict[tuple[str, str], list[Target]] = {}
        for one in subjects:
            if one.tree is not None and one.tree.revision and one.ref.kind in self._kinds:
                by_place.setdefault((one.tree.id, one.folder), []).append(one)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(self._place, by_place.values()))
        return self._found.done()

    def _place(self, subjects: Sequence[Target]) -> None:
        tree, folder = subjects[0].tree, subjects[0].folder
        git = self._git(tree)
        if tree is None or git is None:
            return
        try:
            value = self._activity(git, tree, folder)
            self._found.measured(subjects, "repository", complete=not is_shallow(git))
        except (SourceError, TreeError) as error:
            wrong = error if isinstance(error, SourceError) else SourceError(str(error))
            self._found.failed(wrong, f"{tree.repository}/{folder}".rstrip("/"), subjects, "repository")
            return
        self._found.add(subjects, "repository", f"{tree.id}/{folder}", lambda: value, url=tree.id if tree.id.startswith("https://") else "")

    def _git(self, tree: Tree | None) -> Git | None:
        """Trees of clones say theirs; a folder may lie in a work tree. Other trees have no history at hand."""
        clone, root = getattr(tree, "git", None), getattr(tree, "root", None)
        if isinstance(clone, Git):
            return clone
        return Git(root, self._context.environ) if isinstance(root, Path) else None

    def _activity(self, git: Git, tree: Tree, folder: str) -> RepositoryActivity:
        now = self._context.now
        found = commits(git, tree.revision, folder, now - self._weeks * WEEK)
        return RepositoryActivity(
            name=f"{tree.repository}/{folder}".rstrip("/"),
            last_commit=last_commit_time(git, tree.revision, folder),
            commits=tuple(_by_week(found, now, self._weeks)),
            contributors=len({one.author for one in found}),
            releases=tuple(Release(tag.name, tag.at) for tag in tags(git, RELEASES)),
            community=tuple(name for name, pattern in COMMUNITY.items() if tree.glob(pattern)),
        )


def _by_week(found: Sequence[Commit], now: datetime, weeks: int) -> Iterator[int]:
    """Commits in each of the last weeks, counted back from now, the oldest week first."""
    ages = [int((now - one.at) / WEEK) for one in found]
    for week in range(weeks - 1, -1, -1):
        yield sum(age == week for age in ages)
