"""Publishing to a branch of a git repository: one commit when something changed, never forced, nothing of others thrown away."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from callboard.io.git.command import LOCAL, NETWORK, Git
from callboard.io.git.push import (
    FILE,
    Author,
    Changes,
    IndexEntry,
    PushRefusedError,
    changes,
    fetch_branch,
    loose_objects,
    push,
    remote_branch,
    root_entries,
    tree_of,
    write_commit,
    write_files,
    write_text,
    write_tree,
)
from callboard.io.store import locked
from callboard.model.counting import counted
from callboard.model.errors import PublishError, SourceError
from callboard.plugins.publishers import PublishContext, Published, Site, options_schema
from callboard.sources.git.source import Address, address
from callboard.website.manifest import MARKER

ATTEMPTS = 3
"""Somebody else may push in the same moment."""
MOST_LOOSE = 100_000
"""Objects that lie singly; with more the clone, a cache, is made anew by the next run."""
OURS = b"callboard site 1\n"
"""The branch's marker; without the list of files, which would change with every commit."""


class GitPublisher:
    """A branch of a git repository, such as a pages service shows."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("git")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        self._options = options
        self._context = context
        self._branch = str(options.get("branch", "gh-pages"))
        author = options.get("author", {})
        self._author = Author(author.get("name", "Callboard"), author.get("email", "callboard@localhost"))

    def publish(self, site: Site) -> Published:
        """Make a commit of the site's files on top of the branch, and push it; nothing where nothing changed."""
        where = address(str(self._options["url"]), self._options, self._context.root)
        if where is None:
            raise PublishError("The option url is no address of a git repository.", "Write https://host/owner/name.git.")
        clones = self._context.cache / "publish"
        folder = clones / hashlib.sha256(f"{where.clean} {self._branch}".encode()).hexdigest()[:32]
        clones.mkdir(parents=True, exist_ok=True)
        protocols = LOCAL if where.remote.scheme == "file" else NETWORK
        git = Git(clones, self._context.environ, protocols, where.rewrite, self._options.get("timeout", 600))
        with locked(folder.with_suffix(".lock"), wait=True):
            return self._published(site, git, folder, where)

    def _published(self, site: Site, git: Git, folder: Path, where: Address) -> Published:
        """Tried again where somebody else pushed meanwhile; and once more where the clone is damaged."""
        for attempt in range(1, ATTEMPTS + 1):
            parent = self._ask(git, where)
            try:
                return self._commit_and_push(site, git, folder, where, parent)
            except PushRefusedError as error:
                if not error.is_race or attempt == ATTEMPTS:
                    raise self._failure(where, error) from error
            except SourceError as error:
                if attempt > 1 or not folder.exists():
                    raise self._failure(where, error) from error
                shutil.rmtree(folder)
        raise AssertionError  # the last attempt returns or raises

    def _ask(self, git: Git, where: Address) -> str:
        self._context.step("ask for the branch")
        try:
            return remote_branch(git, where.clean, self._branch)
        except SourceError as error:
            raise self._failure(where, error) from error

    def _commit_and_push(self, site: Site, git: Git, folder: Path, where: Address, parent: str) -> Published:
        step, url = self._context.step, where.clean
        step("fetch the branch")
        fetch_branch(git, folder, url, self._branch, parent)
        here = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
        kept = self._kept(here, parent, where)
        step("write the objects")
        tree = self._write_site(here, site, kept)
        before = tree_of(here, parent) if parent else ""
        if tree == before:
            return Published(self._told(where), 0, len(site.files), 0, "nothing changed, no commit")
        done = changes(here, before, tree)
        commit = write_commit(here, tree, parent, self._author, self._context.now, self._message(done))
        step("push the commit")
        push(here, url, self._branch, commit)
        step("tidy the clone")
        if loose_objects(here) > MOST_LOOSE:
            shutil.rmtree(folder)
        unchanged = max(len(site.files) - done.written, 0)  # the first time the branch's marker is written too
        return Published(self._told(where), done.written, unchanged, done.removed, f"commit {commit[:10]}")

    def _kept(self, git: Git, parent: str, where: Address) -> Mapping[str, IndexEntry]:
        """What stays of the branch as it is; a branch that is not ours is refused."""
        if not parent:
            return {}
        there = root_entries(git, parent)
        if there and MARKER not in there:
            raise PublishError(
                f"The branch {self._branch} of {where.clean} was not published by Callboard: it has no file {MARKER}.",
                "Name another branch, which may be new; publishing would remove all that is on this one.",
            )
        return {name: there[name] for name in self._options.get("keep", ["CNAME"]) if name in there}

    def _write_site(self, git: Git, site: Site, kept: Mapping[str, IndexEntry]) -> str:
        paths = sorted(site.files)
        if any(part.lower() == ".git" for path in paths for part in path.split("/")):
            raise PublishError("The site has a file in a folder .git, which no git repository can hold.")
        objects = write_files(git, [(site.folder / path).absolute() for path in paths])
        files = {path: IndexEntry(FILE, name) for path, name in zip(paths, objects, strict=True)}
        # Without .nojekyll GitHub's pages would leave out whatever begins with an underscore.
        own = {MARKER: IndexEntry(FILE, write_text(git, OURS)), ".nojekyll": IndexEntry(FILE, write_text(git, b""))}
        return write_tree(git, {**own, **kept, **files})

    def _message(self, done: Changes) -> str:
        first = str(self._options.get("message", "Publish the portal")).strip()
        return f"{first}\n\n{counted(done.written, 'file')} written, {done.removed:,} removed."

    def _told(self, where: Address) -> str:
        return f"{where.clean}, branch {self._branch}"

    def _failure(self, where: Address, error: SourceError) -> PublishError:
        hint = error.hint.replace("may read", "may write to").replace("allowed to read", "allowed to write")
        return PublishError(f"The branch {self._branch} of {where.clean} could not be published: {error}.", hint)
