"""A built site → a branch of a git repository: one commit if something changed, never forced, without discarding other commits."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.publishers import (
    LOCAL_PROTOCOLS,
    NETWORK_PROTOCOLS,
    SITE_MARKER,
    Git,
    GitAddress,
    PublishContext,
    Published,
    PublishError,
    Site,
    SourceError,
    file_lock,
    git_address,
    json_resource,
)
from callboard.publish.git.push import (
    FILE,
    Author,
    Changes,
    IndexEntry,
    PushRefusedError,
    changes,
    fetch_branch,
    loose_objects,
    object_id,
    push,
    remote_branch,
    root_entries,
    tree_of,
    write_commit,
    write_files,
    write_text,
    write_tree,
)

ATTEMPTS = 3
"""Pushes are retried, because another process may push at the same time."""
MOST_LOOSE = 100_000
"""Most loose objects of the clone, which is a cache: with more, it is deleted, and the next run clones again."""
OURS = b"callboard site 1\n"
"""Content of the marker on the branch. It has no list of files, which would change with every commit."""


class GitPublisher:
    """A branch of a git repository, such as the one that a pages service serves."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/publishers/git.json")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        self._options = options
        self._context = context
        self._branch = str(options.get("branch", "gh-pages"))
        author = options.get("author", {})
        self._author = Author(author.get("name", "Callboard"), author.get("email", "callboard@localhost"))

    def publish(self, site: Site) -> Published:
        """Commit the site's files on top of the branch and push; does nothing if nothing changed."""
        where = git_address(str(self._options["url"]), self._options, self._context.root)
        if where is None:
            raise PublishError("The option url is not the URL of a git repository.", "Write https://host/owner/name.git.")
        clones = self._context.cache / "publish"
        folder = clones / hashlib.sha256(f"{where.clean} {self._branch}".encode()).hexdigest()[:32]
        clones.mkdir(parents=True, exist_ok=True)
        protocols = LOCAL_PROTOCOLS if where.remote.scheme == "file" else NETWORK_PROTOCOLS
        git = Git(clones, self._context.environ, protocols, where.rewrite, self._options.get("timeout", 600))
        with file_lock(folder.with_suffix(".lock"), wait=True):
            return self._published(site, git, folder, where)

    def _published(self, site: Site, git: Git, folder: Path, where: GitAddress) -> Published:
        """Publish, with retries if another push came first, and once more without the clone if that is damaged."""
        had_clone = folder.exists()
        for attempt in range(1, ATTEMPTS + 1):
            parent = self._remote_head(git, where)
            try:
                return self._commit_and_push(site, git, folder, where, parent)
            except SourceError as error:
                is_race = isinstance(error, PushRefusedError) and error.is_race
                if attempt == ATTEMPTS or (not is_race and (attempt > 1 or not had_clone)):
                    raise self._failure(where, error) from error
                if not is_race:  # perhaps the clone is damaged, so that it cannot be pushed from either
                    shutil.rmtree(folder, ignore_errors=True)
        raise AssertionError  # the last attempt returns or raises

    def _remote_head(self, git: Git, where: GitAddress) -> str:
        """The commit of the branch on the remote; empty if there is no such branch."""
        self._context.step("look up the branch")
        try:
            return remote_branch(git, where.clean, self._branch)
        except SourceError as error:
            raise self._failure(where, error) from error

    def _commit_and_push(self, site: Site, git: Git, folder: Path, where: GitAddress, parent: str) -> Published:
        step, url = self._context.step, where.clean
        step("fetch the branch")
        fetch_branch(git, folder, url, self._branch, parent)
        here = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
        kept = self._kept_entries(here, parent, where)
        step("write the objects")
        tree = self._write_site(here, site, kept)
        previous = tree_of(here, parent) if parent else ""
        if tree == previous:
            return Published(self._shown(where), 0, len(site.files), 0, "nothing changed, no commit")
        changed = changes(here, previous, tree)
        commit = write_commit(here, tree, parent, self._author, self._context.now, self._message(changed))
        step("push the commit")
        push(here, url, self._branch, commit)
        step("tidy the clone")
        if loose_objects(here) > MOST_LOOSE:
            shutil.rmtree(folder)
        unchanged = max(len(site.files) - changed.written, 0)  # the first commit also writes the marker
        return Published(self._shown(where), changed.written, unchanged, changed.removed, f"commit {commit[:10]}")

    def _kept_entries(self, git: Git, parent: str, where: GitAddress) -> Mapping[str, IndexEntry]:
        """The entries of the branch that the option ``keep`` names. Raises ``PublishError`` for a branch without our marker."""
        if not parent:
            return {}
        existing = root_entries(git, parent)
        if existing and SITE_MARKER not in existing:
            raise PublishError(
                f"The branch {self._branch} of {where.clean} was not published by Callboard: it has no file {SITE_MARKER}.",
                "Name another branch, which may be new: publishing would remove all files of this one.",
            )
        return {name: existing[name] for name in self._options.get("keep", ["CNAME"]) if name in existing}

    def _write_site(self, git: Git, site: Site, kept: Mapping[str, IndexEntry]) -> str:
        paths = sorted(site.files)
        if any(part.lower() == ".git" for path in paths for part in path.split("/")):
            raise PublishError("The site has a file in a folder .git, which a git repository cannot contain.")
        marker = write_text(git, OURS)
        as_built = [object_id(site.read(path), marker) for path in paths]
        objects = write_files(git, [(site.folder / path).absolute() for path in paths])
        if objects != as_built:
            raise PublishError(f"{site.folder} was changed while it was published.", "Build and publish again.")
        files = {path: IndexEntry(FILE, name) for path, name in zip(paths, objects, strict=True)}
        # Without .nojekyll, GitHub Pages would omit files whose names begin with an underscore.
        extra = {SITE_MARKER: IndexEntry(FILE, marker), ".nojekyll": IndexEntry(FILE, write_text(git, b""))}
        return write_tree(git, {**extra, **kept, **files})

    def _message(self, changed: Changes) -> str:
        first = str(self._options.get("message", "Publish the portal")).strip()
        return f"{first}\n\n{changed.written:,} file{'' if changed.written == 1 else 's'} written, {changed.removed:,} removed."

    def _shown(self, where: GitAddress) -> str:
        return f"{where.clean}, branch {self._branch}"

    def _failure(self, where: GitAddress, error: SourceError) -> PublishError:
        hint = error.hint.replace("may read", "may write to").replace("allowed to read", "allowed to write")
        return PublishError(f"The branch {self._branch} of {where.clean} could not be published: {error}.", hint)
