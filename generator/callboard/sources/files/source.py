"""The ``files`` source: a folder on this machine, which may hold many repositories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar

from callboard.model.entity import Origin
from callboard.model.errors import SourceError
from callboard.model.problem import Problem
from callboard.model.tree import DescriptorFile
from callboard.plugins.sources import Collected, SourceContext, options_schema
from callboard.settings.settings import SourceSettings
from callboard.sources import rules
from callboard.sources.addresses import folder_address
from callboard.sources.files.folder import Checkout, FolderTree, Found, GitInfo, Walk, checkout, checkout_root, git_info, walk
from callboard.sources.hosts import own_templates
from callboard.sources.paths import compiled, descriptors, odd_name

GITS_AT_ONCE = 4


class FilesSource:
    """Descriptors in a folder on this machine."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("files")

    def __init__(self, settings: SourceSettings, context: SourceContext) -> None:
        self._settings = settings
        self._context = context
        self._options = settings.options
        self._around: dict[Path, Path | None] = {}
        """Work trees of git that were found around folders."""
        self._begin = "."
        """What the ids of all trees begin with."""

    def collect(self) -> Collected:
        """One walk; a tree for the folder itself, for each folder below with ``.git`` and for each that ``repositories`` names."""
        root = self._root()
        self._begin = self._beginning(root)
        repositories = self._options.get("repositories", "")
        seen = walk(root, compiled(repositories) if repositories else None)
        checkouts = self._checkouts(root, seen)
        with ThreadPoolExecutor(GITS_AT_ONCE) as pool:
            parts = [*pool.map(lambda found: self._tree(root, found, checkouts), seen.trees)]
        files = tuple(file for _, part in parts for file in part)
        trees = tuple(tree for tree, part in parts if part or tree.root != root or len(parts) == 1)
        return Collected(trees, files, tuple(self._problems(parts[0][0], seen)))

    def _root(self) -> Path:
        path = str(self._options["path"])
        root = Path(os.path.realpath(self._context.root / Path(path).expanduser()))
        if not root.is_dir():
            raise SourceError(
                f"there is no folder {path}" if not root.exists() else f"{path} is no folder",
                f"Correct the option path; it starts at the folder of sources.yaml, {self._context.root.absolute()}.",
            )
        return root

    def _checkouts(self, root: Path, seen: Walk) -> Mapping[Path, Checkout]:
        """The work trees of git that the trees lie in; none where git is not installed."""
        self._around.clear()
        roots = {checkout_root(root / found.folder, self._around) for found in seen.trees} - {None}
        try:
            with ThreadPoolExecutor(GITS_AT_ONCE) as pool:
                found = pool.map(lambda folder: checkout(folder, self._context.environ), sorted(r for r in roots if r))
                return {one.root: one for one in found}
        except SourceError:
            return {}

    def _tree(self, root: Path, found: Found, checkouts: Mapping[Path, Checkout]) -> tuple[FolderTree, Sequence[DescriptorFile]]:
        folder = root / found.folder
        links = dict(_links(folder, found))
        listing = sorted([*found.files, *links])
        paths = _each_once(descriptors(listing, self._options), links)
        around = checkouts.get(self._around.get(folder) or folder)
        about = git_info(folder, around, self._context.environ, paths) if around else GitInfo()
        templates = own_templates(about.web, self._options.get("view_url", ""), self._options.get("edit_url", ""), about.remote, about.ref)
        name, id_ = self._names(root, found.folder)
        addresses = (*about.addresses, folder_address(str(folder)))
        tree = FolderTree(folder, id_, name, about.revision, listing, templates, addresses, about.history)
        return tree, [DescriptorFile(self._settings.name, tree, path) for path in paths]

    def _beginning(self, root: Path) -> str:
        """What the ids of all trees begin with: the same on each machine, wherever the portal was checked out."""
        portal = Path(os.path.realpath(self._context.root))
        return "." if root == portal else root.relative_to(portal).as_posix() if root.is_relative_to(portal) else str(self._options["path"])

    def _names(self, root: Path, folder: str) -> tuple[str, str]:
        """What people call the tree, and its identity."""
        base = self._begin
        if not folder:
            return (root.name if base != "." else self._settings.name), base
        return (folder, folder) if base == "." else (f"{root.name}/{folder}", f"{base}/{folder}")

    def _problems(self, tree: FolderTree, seen: Walk) -> Iterator[Problem]:
        def origin(path: str) -> Origin:
            return Origin(self._settings.name, tree.id, tree.repository, tree.revision, path, 0, 1)

        for path in seen.odd:
            message, hint = "The name of {path} is not UTF-8, so it is left out.", "Rename it."
            yield odd_name(rules.UNREADABLE_NAME, message, hint, origin(path))
        for path in seen.closed:
            message, hint = (
                "The folder {path} may not be read, so it is left out.",
                "Give the user who runs the build the right to read it.",
            )
            yield odd_name(rules.CLOSED_FOLDER, message, hint, origin(path))


def _links(folder: Path, found: Found) -> Iterator[tuple[str, str]]:
    """Links of a tree to files of the same tree, with their targets; all others are passed over."""
    files = set(found.files)
    for link in found.links:
        real = os.path.realpath(folder / link)
        target = os.path.relpath(real, folder)
        if target in files:
            yield link, target


def _each_once(paths: Iterable[str], links: Mapping[str, str]) -> Sequence[str]:
    """Without links to files that are read anyway, and with only the first of several links to one file."""
    plain = [path for path in paths if path not in links]
    seen = set(plain)
    for path in paths:
        if path in links and links[path] not in seen:
            seen.add(links[path])
            plain.append(path)
    return sorted(plain)
