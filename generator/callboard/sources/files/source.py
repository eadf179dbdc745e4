"""The ``files`` source: a local folder, which may contain many repositories → trees and their descriptors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.sources import (
    Collected,
    DescriptorFile,
    Origin,
    Problem,
    SourceContext,
    SourceError,
    SourceSettings,
    compiled_glob,
    descriptor_paths,
    json_resource,
)
from callboard.sources import rules
from callboard.sources.addresses import folder_address
from callboard.sources.file_names import name_problem
from callboard.sources.files.folder import Checkout, FolderTree, GitInfo, TreeFiles, Walk, checkout, checkout_root, git_info, walk
from callboard.sources.hosts import OwnTemplates
from callboard.sources.url_templates import template_problems

GITS_AT_ONCE = 4
_Part = tuple[FolderTree, Sequence[DescriptorFile], OwnTemplates]
"""A tree, its descriptors, and its templates of URLs."""


class FilesSource:
    """Descriptors in a local folder."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/sources/files.json")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context
        self._options = settings.options
        self._checkout_roots: dict[Path, Path | None] = {}
        """Folders with the git work trees that they lie in."""
        self._id_prefix = "."
        """Beginning of the ids of all trees."""

    def collect(self) -> Collected:
        """One walk; a tree for the folder itself, for each folder below with ``.git`` and for each that ``repositories`` names."""
        root = self._root()
        self._id_prefix = self._prefix(root)
        repositories = self._options.get("repositories", "")
        walked = walk(root, compiled_glob(repositories) if repositories else None)
        checkouts = self._checkouts(root, walked)
        with ThreadPoolExecutor(GITS_AT_ONCE) as pool:
            parts = [*pool.map(lambda files: self._tree(root, files, checkouts), walked.trees)]
        files = tuple(file for _, part, _ in parts for file in part)
        trees = tuple(tree for tree, part, _ in parts if part or tree.root != root or len(parts) == 1)
        templates = ((tree, part[0].path, own) for tree, part, own in parts if part)
        problems = (*self._problems(parts[0][0], walked), *template_problems(self._settings.name, templates))
        return Collected(trees, files, problems)

    def _root(self) -> Path:
        path = str(self._options["path"])
        root = Path(os.path.realpath(self._context.root / Path(path).expanduser()))
        if not root.is_dir():
            raise SourceError(
                f"there is no folder {path}" if not root.exists() else f"{path} is not a folder",
                "Correct the option path; it starts at the folder of sources.yaml.",
            )
        return root

    def _checkouts(self, root: Path, walked: Walk) -> Mapping[Path, Checkout]:
        """The git work trees that the trees lie in, by their roots; empty where git is not installed."""
        self._checkout_roots.clear()
        roots = {checkout_root(root / files.folder, self._checkout_roots) for files in walked.trees} - {None}
        try:
            with ThreadPoolExecutor(GITS_AT_ONCE) as pool:
                checkouts = pool.map(lambda folder: checkout(folder, self._context.environ), sorted(r for r in roots if r))
                return {checkout.root: checkout for checkout in checkouts}
        except SourceError:
            return {}

    def _tree(self, root: Path, files: TreeFiles, checkouts: Mapping[Path, Checkout]) -> _Part:
        folder = root / files.folder
        links = dict(_links(folder, files))
        listing = sorted([*files.files, *links])
        paths = _each_once(descriptor_paths(listing, self._options), links)
        work_tree = checkouts.get(self._checkout_roots.get(folder) or folder)
        info = git_info(folder, work_tree, self._context.environ, paths) if work_tree else GitInfo()
        own = self._own_templates(root, files.folder, info)
        name, id_ = self._names(root, files.folder)
        addresses = (*info.addresses, folder_address(str(folder)))
        tree = FolderTree(folder, id_, name, info.revision, listing, own.used(info.web), addresses, info.history, info.revisions)
        return tree, [DescriptorFile(self._settings.name, tree, path) for path in paths], own

    def _own_templates(self, root: Path, folder: str, info: GitInfo) -> OwnTemplates:
        """The templates of ``sources.yaml`` for a tree; ``{repository}`` is its folder below ``path``, or the name of that itself."""
        return OwnTemplates(self._options.get("view_url", ""), self._options.get("edit_url", ""), folder or root.name, info.ref)

    def _prefix(self, root: Path) -> str:
        """Beginning of the ids of all trees: the same on each machine, wherever the portal is checked out."""
        portal = Path(os.path.realpath(self._context.root))
        return "." if root == portal else root.relative_to(portal).as_posix() if root.is_relative_to(portal) else str(self._options["path"])

    def _names(self, root: Path, folder: str) -> tuple[str, str]:
        """Name and id of a tree."""
        base = self._id_prefix
        if not folder:
            return (root.name if base != "." else self._settings.name), base
        return (folder, folder) if base == "." else (f"{root.name}/{folder}", f"{base}/{folder}")

    def _problems(self, tree: FolderTree, walked: Walk) -> Iterator[Problem]:
        def origin(path: str) -> Origin:
            return Origin(self._settings.name, tree.id, tree.repository, tree.revision, path, 0, 1)

        for path in walked.invalid_names:
            message, hint = "The name of {path} is not UTF-8, so it is left out.", "Rename it."
            yield name_problem(rules.UNREADABLE_NAME, message, hint, origin(path))
        for path in walked.closed:
            message, hint = (
                "The folder {path} cannot be read, so it is left out.",
                "Give read permission to the user who runs the build.",
            )
            yield name_problem(rules.CLOSED_FOLDER, message, hint, origin(path))


def _links(folder: Path, tree: TreeFiles) -> Iterator[tuple[str, str]]:
    """Links of a tree to files of the same tree, with their targets; all others are ignored."""
    files = set(tree.files)
    for link in tree.links:
        real = os.path.realpath(folder / link)
        target = os.path.relpath(real, folder)
        if target in files:
            yield link, target


def _each_once(paths: Iterable[str], links: Mapping[str, str]) -> Sequence[str]:
    """The paths without links to files in ``paths``, and with only the first of several links to one file."""
    plain = [path for path in paths if path not in links]
    seen = set(plain)
    for path in paths:
        if path in links and links[path] not in seen:
            seen.add(links[path])
            plain.append(path)
    return sorted(plain)
