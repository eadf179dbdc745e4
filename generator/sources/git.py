"""The ``git`` source: repositories that are cloned, kept and updated between builds."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

from generator.errors import SourceError, TreeError
from generator.model.entity import Origin
from generator.model.tree import DescriptorFile
from generator.outside.git import LOCAL, NETWORK, Git
from generator.outside.git_clone import LINK, Entry, Head, entries, remote_head, update
from generator.outside.store import locked
from generator.problems import Problem
from generator.settings.settings import SourceSettings
from generator.sources.addresses import known_addresses
from generator.sources.finding import descriptors, odd_name
from generator.sources.git_address import Address, address, password
from generator.sources.git_tree import GitTree
from generator.sources.history import History, log_of
from generator.sources.hosts import own_templates, software, web
from generator.sources.paths import is_text
from generator.sources.placeholder_paths import placeholder_paths
from generator.sources.rules import unreadable_name
from generator.sources.source import Collected, SourceContext, SourceFailure, joined, options_schema

AT_ONCE = 8
"""Repositories that are fetched at the same time."""
KEPT_LIMIT = 2_000_000
"""Bytes of a file that is brought into memory before it is asked for."""
OFTEN_READ = ("CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS", "README.md", "mkdocs.yml")
"""Fetched together with the descriptors: most trees are asked for them."""


class GitSource:
    """Descriptors in git repositories."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("git")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._options = settings.options
        written = [str(self._options.get("token", "")), *map(password, self._urls())]
        self._context = replace(context, redactor=context.redactor.with_also(written))

    def collect(self) -> Collected:
        """All repositories in parallel, in the order of the settings; one that fails is a failure of its own."""
        urls = self._urls()
        with ThreadPoolExecutor(min(AT_ONCE, len(urls))) as pool:
            return joined([*pool.map(self._repository, urls)])

    def _urls(self) -> list[str]:
        return [*dict.fromkeys(self._options.get("urls") or [self._options["url"]])]

    def _repository(self, url: str) -> Collected:
        where = address(url, self._options, self._context.root)
        if where is None:
            shown = self._context.redactor.redact(url)
            return self._failed(shown, SourceError(f"{shown} is no address of a git repository", "Write https://host/owner/name.git."))
        try:
            return self._cloned(where)
        except SourceError as error:
            return self._failed(where.clean, error, where.remote.url)

    def _failed(self, repository: str, error: SourceError, tree: str = "") -> Collected:
        redact = self._context.redactor.redact
        failure = SourceFailure(self._settings.name, redact(repository), redact(str(error)), redact(error.hint), tree)
        return Collected(failures=(failure,))

    def _cloned(self, where: Address) -> Collected:
        clones = self._context.cache / "clones"
        folder = clones / hashlib.sha256(where.clean.encode()).hexdigest()[:32]
        clones.mkdir(parents=True, exist_ok=True)
        protocols = LOCAL if where.remote.scheme == "file" else NETWORK
        git = Git(clones, self._context.environ, protocols, where.rewrite, self._options.get("timeout", 600))
        with locked(folder.with_suffix(".lock"), wait=True):
            head = remote_head(git, where.clean, self._options.get("ref", ""))
            commit, listing = self._updated(git, folder, where, head)
            here = Git(folder, git.environ, git.protocols, git.rewrite, git.timeout)
            return self._collected(here, where, head, commit, listing)

    def _updated(self, git: Git, folder: Path, where: Address, head: Head) -> tuple[str, Sequence[Entry]]:
        """The commit and its files; a clone that has lost something is made anew, once."""
        for attempt in (1, 2):
            commit = update(git, folder, where.clean, head, self._options.get("depth"))
            try:
                return commit, entries(Git(folder, git.environ), commit)
            except SourceError:
                if attempt > 1:
                    raise
                shutil.rmtree(folder)
        raise AssertionError

    def _collected(self, git: Git, where: Address, head: Head, commit: str, listing: Sequence[Entry]) -> Collected:
        readable = [entry for entry in listing if is_text(entry.path)]
        tree = self._tree(git, where, head, commit, readable)
        paths = descriptors((e.path for e in readable), self._options)
        tree.keep([*paths, *OFTEN_READ], KEPT_LIMIT)
        paths = _each_once(tree, paths, {e.path for e in readable if e.mode == LINK})
        tree.fetch([*_placeholders(tree, paths)])
        files = tuple(DescriptorFile(self._settings.name, tree, path) for path in paths)
        return Collected((tree,), files, tuple(self._odd_names(tree, listing)))

    def _tree(self, git: Git, where: Address, head: Head, commit: str, listing: Sequence[Entry]) -> GitTree:
        runs = self._options.get("host") or software(where.remote)
        plain = web(where.remote, runs, head.ref, head.kind)
        templates = own_templates(plain, self._options.get("view_url", ""), self._options.get("edit_url", ""), where.remote, head.ref)
        addresses = known_addresses(where.remote, runs, [head.ref, commit], head.kind, is_default=head.is_default)
        history = History(log_of(git, commit), descriptors((e.path for e in listing), self._options))
        return GitTree(
            git, remote=where.remote, revision=commit, entries=listing,
            web=templates, addresses=addresses, history=history,
        )  # fmt: skip

    def _odd_names(self, tree: GitTree, listing: Sequence[Entry]) -> Iterator[Problem]:
        for entry in listing:
            if not is_text(entry.path):
                origin = Origin(self._settings.name, tree.id, tree.repository, tree.revision, entry.path, 0, 1)
                yield odd_name(unreadable_name.RULE, "The name of {path} is not UTF-8, so it is left out.", "Rename it.", origin)


def _each_once(tree: GitTree, paths: Sequence[str], links: set[str]) -> Sequence[str]:
    """Without links that lead nowhere or to files that are read anyway, and with only the first of several links to one file."""
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
            text = tree.read(path, KEPT_LIMIT)
        except TreeError:
            continue
        yield from placeholder_paths(text, path)
