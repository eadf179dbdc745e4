"""The ``git`` source: URLs of repositories → clones in the cache, trees of their commits, and descriptors."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.sources import (
    LOCAL_PROTOCOLS,
    NETWORK_PROTOCOLS,
    Collected,
    DescriptorFile,
    FileHistory,
    Git,
    GitAddress,
    Origin,
    Problem,
    RemoteHead,
    SourceContext,
    SourceError,
    SourceFailure,
    SourceSettings,
    TreeError,
    descriptor_paths,
    file_lock,
    git_address,
    git_log,
    host_software,
    json_resource,
    merge_collected,
    remote_head,
    update_clone,
    url_password,
)
from callboard.sources import rules
from callboard.sources.addresses import known_addresses
from callboard.sources.api_tree import placeholder_paths
from callboard.sources.file_names import is_text, name_problem
from callboard.sources.git.objects import LINK, TreeEntry, entries
from callboard.sources.git.tree import GitTree
from callboard.sources.hosts import OwnTemplates, web
from callboard.sources.revisions import COMMIT, REF
from callboard.sources.url_templates import template_problems

AT_ONCE = 8
"""Repositories that are fetched at the same time."""
PRELOAD_LIMIT = 2_000_000
"""Bytes of a file that is read into memory in advance."""
OFTEN_READ = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS", "README.md", "mkdocs.yml")
"""Fetched together with the descriptor_paths, since most builds read them."""


class GitSource:
    """Descriptors of git repositories."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/git.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._options = settings.options
        secrets = [str(self._options.get("token", "")), *map(url_password, self._urls())]
        self._context = replace(context, redactor=context.redactor.with_also(secrets))

    def collect(self) -> Collected:
        """All repositories, read in parallel, in the order of the settings; one that fails does not affect the others."""
        urls = self._urls()
        with ThreadPoolExecutor(min(AT_ONCE, len(urls))) as pool:
            return merge_collected([*pool.map(self._repository, urls)])

    def _urls(self) -> list[str]:
        return [*dict.fromkeys(self._options.get("urls") or [self._options["url"]])]

    def _repository(self, url: str) -> Collected:
        where = git_address(url, self._options, self._context.root)
        if where is None:
            shown = self._context.redactor.redact(url)
            return self._failed(shown, SourceError(f"{shown} is not the URL of a git repository", "Write https://host/owner/name.git."))
        try:
            return self._cloned(where)
        except SourceError as error:
            return self._failed(where.clean, error, where.remote.url)

    def _failed(self, repository: str, error: SourceError, tree: str = "") -> Collected:
        redact = self._context.redactor.redact
        failure = SourceFailure(self._settings.name, redact(repository), redact(str(error)), redact(error.hint), tree)
        return Collected(failures=(failure,))

    def _cloned(self, where: GitAddress) -> Collected:
        clones = self._context.cache / "clones"
        folder = clones / hashlib.sha256(where.clean.encode()).hexdigest()[:32]
        clones.mkdir(parents=True, exist_ok=True)
        protocols = LOCAL_PROTOCOLS if where.remote.scheme == "file" else NETWORK_PROTOCOLS
        git = Git(clones, self._context.environ, protocols, where.rewrite, self._options.get("timeout", 600))
        with file_lock(folder.with_suffix(".lock"), wait=True):
            head = remote_head(git, where.clean, self._options.get("ref", ""))
            commit, listing = self._updated(git, folder, where, head)
            clone = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
            return self._collected(clone, where, head, commit, listing)

    def _at(self, clone: Git, where: GitAddress, ref: str) -> GitTree:
        """The tree of another branch, tag or commit. Raises ``SourceError`` where there is none, and for a name that git does not allow."""
        if not REF.fullmatch(ref):
            raise SourceError(f'"{ref[:100]}" is not the name of a branch or a tag')
        git = Git(clone.folder.parent, clone.environ, clone.protocols, clone.rewrite, clone.timeout)
        with file_lock(clone.folder.with_suffix(".lock"), wait=True):
            head = RemoteHead(ref, ref, ref, is_default=False) if COMMIT.fullmatch(ref) else remote_head(git, where.clean, ref)
            commit = update_clone(git, clone.folder, where.clean, head, self._options.get("depth"))
            listing = entries(clone, commit)
        return self._tree(clone, where, head, commit, [entry for entry in listing if is_text(entry.path)])

    def _updated(self, git: Git, folder: Path, where: GitAddress, head: RemoteHead) -> tuple[str, Sequence[TreeEntry]]:
        """The commit and its files; a damaged clone is created again, once."""
        for attempt in (1, 2):
            commit = update_clone(git, folder, where.clean, head, self._options.get("depth"))
            try:
                return commit, entries(Git(folder, git.environ), commit)
            except SourceError:
                if attempt > 1:
                    raise
                shutil.rmtree(folder)
        raise AssertionError

    def _collected(self, git: Git, where: GitAddress, head: RemoteHead, commit: str, listing: Sequence[TreeEntry]) -> Collected:
        readable = [entry for entry in listing if is_text(entry.path)]
        tree = self._tree(git, where, head, commit, readable)
        paths = descriptor_paths((e.path for e in readable), self._options)
        tree.preload([*paths, *OFTEN_READ], PRELOAD_LIMIT)
        paths = _each_once(tree, paths, {e.path for e in readable if e.mode == LINK})
        tree.fetch([*_placeholders(tree, paths)])
        files = tuple(DescriptorFile(self._settings.name, tree, path) for path in paths)
        templates = ((tree, file.path, self._own_templates(where, head)) for file in files[:1])
        problems = (*self._name_problems(tree, listing), *template_problems(self._settings.name, templates))
        return Collected((tree,), files, problems)

    def _own_templates(self, where: GitAddress, head: RemoteHead) -> OwnTemplates:
        return OwnTemplates(self._options.get("view_url", ""), self._options.get("edit_url", ""), where.remote.path, head.ref)

    def _tree(self, git: Git, where: GitAddress, head: RemoteHead, commit: str, listing: Sequence[TreeEntry]) -> GitTree:
        runs = self._options.get("host") or host_software(where.remote)
        plain = web(where.remote, runs, head.ref, head.kind)
        own = self._own_templates(where, head)
        addresses = known_addresses(where.remote, runs, [head.ref, commit], head.kind, is_default=head.is_default)
        history = FileHistory(git_log(git, commit), descriptor_paths((e.path for e in listing), self._options))
        return GitTree(
            git, remote=where.remote, revision=commit, entries=listing,
            web=own.used(plain), addresses=addresses, history=history, at=partial(self._at, git, where),
        )  # fmt: skip

    def _name_problems(self, tree: GitTree, listing: Sequence[TreeEntry]) -> Iterator[Problem]:
        for entry in listing:
            if not is_text(entry.path):
                origin = Origin(self._settings.name, tree.id, tree.repository, tree.revision, entry.path, 0, 1)
                yield name_problem(rules.UNREADABLE_NAME, "The name of {path} is not UTF-8, so it is left out.", "Rename it.", origin)


def _each_once(tree: GitTree, paths: Sequence[str], links: set[str]) -> Sequence[str]:
    """The paths without broken links and links to files in ``paths``, and with only the first of several links to one file."""
    plain = [path for path in paths if path not in links]
    seen = set(plain)
    for path in (p for p in paths if p in links):
        try:
            target = tree.target(path)
        except TreeError:
            continue
        if target not in seen:
            seen.add(target)
            plain.append(path)
    return sorted(plain)


def _placeholders(tree: GitTree, paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        try:
            text = tree.read(path, PRELOAD_LIMIT)
        except TreeError:
            continue
        yield from placeholder_paths(text, path)
