"""Paths on the command line → trees and descriptor files. No process is started: git is not run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import overload

from callboard.model.tree import DescriptorFile
from callboard.plugins.sources import Collected, SourceContext
from callboard.settings.settings import SourceSettings
from callboard.sources.addresses import folder_address
from callboard.sources.files.folder import Checkout, FolderTree, checkout_root, walk
from callboard.sources.files.source import FilesSource

SOURCE = "files"
"""Name of the source that all descriptors of path arguments belong to."""


class _Folder(FilesSource):
    """A folder without git metadata: linting needs neither links to a host nor dates of last changes."""

    def _checkouts(self, root: Path, seen: object) -> Mapping[Path, Checkout]:  # noqa: ARG002 - the signature of the base class
        return {}

    def _names(self, root: Path, folder: str) -> tuple[str, str]:
        """The folder's own name, and its path on this machine."""
        return (root / folder).name or str(root), str(root / folder)


class _Listing(Sequence[str]):
    """The files below a folder; the folder is walked only when they are used, which happens for a Location with a glob."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @cached_property
    def _files(self) -> Sequence[str]:
        return sorted(walk(self._root, None).trees[0].files)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...
    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        return self._files[index]

    def __len__(self) -> int:
        return len(self._files)


def portal_file(folder: Path) -> Path | None:
    """The nearest ``sources.yaml`` from this folder up to the root of its repository; outside of a repository, only in this folder."""
    root = checkout_root(folder) or folder
    folders = (each for each in (folder, *folder.parents) if each.is_relative_to(root))
    return next((each / "sources.yaml" for each in folders if (each / "sources.yaml").is_file()), None)


def collect(paths: Sequence[Path], environ: Mapping[str, str]) -> Collected:
    """The descriptors of these files and folders, each once even if the paths overlap.

    A folder is searched for descriptors, and each folder with ``.git`` in it is a separate tree. A file is read whatever its name; its
    tree is the repository that contains it, because it may refer to other files there, or else the working folder.

    Raises ``SourceError`` for a folder that cannot be read.
    """
    folders = _outermost(Path(os.path.abspath(path)) for path in paths if path.is_dir())  # noqa: PTH100 - links stay
    collected = [_in_folder(folder, environ) for folder in folders]
    folder_trees = {tree.root: tree for part in collected for tree in part.trees if isinstance(tree, FolderTree)}
    single = _single_files([path for path in paths if not path.is_dir()], folder_trees)
    trees = {tree.id: tree for part in (*collected, single) for tree in part.trees}
    files: dict[str, DescriptorFile] = {}
    for file in (file for part in (*collected, single) for file in part.files):
        files.setdefault(os.path.realpath(file.tree.root / file.path) if isinstance(file.tree, FolderTree) else file.path, file)
    problems = tuple(problem for part in collected for problem in part.problems)
    return Collected(tuple(trees.values()), tuple(files.values()), problems, tree_sources=(SOURCE,) * len(trees))


def _outermost(folders: Iterator[Path]) -> list[Path]:
    """The folders without those that are below another one of them."""
    every = sorted(set(folders))
    return [folder for folder in every if not any(folder != other and folder.is_relative_to(other) for other in every)]


def _in_folder(folder: Path, environ: Mapping[str, str]) -> Collected:
    here = Path.cwd()
    settings = SourceSettings(SOURCE, "files", {"path": str(folder)})
    return _Folder(settings, SourceContext(here, here, environ)).collect()


def _single_files(paths: Sequence[Path], folder_trees: Mapping[Path, FolderTree]) -> Collected:
    """Files that are named by their paths. A file inside one of ``folder_trees`` belongs to that tree, so that it is not read twice."""
    trees, here = dict(folder_trees), Path.cwd()
    files = []
    for path in dict.fromkeys(paths):
        folder = Path(os.path.realpath(path.parent))
        enclosing = next((parent for parent in (folder, *folder.parents) if parent in folder_trees), None)
        root = enclosing or checkout_root(folder) or (here if folder.is_relative_to(here) else folder)
        tree = trees.setdefault(root, FolderTree(root, str(root), root.name, "", _Listing(root), addresses=(folder_address(str(root)),)))
        files.append(DescriptorFile(SOURCE, tree, (folder / path.name).relative_to(root).as_posix()))
    return Collected(tuple(trees.values()), tuple(files))
