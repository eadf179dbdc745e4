"""Folders of descriptors as the pipeline reads them: discovered files, then what their Locations lead to, merged and linked."""

from dataclasses import replace
from pathlib import Path

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.reading import read_file
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import discover
from callboard.io.git.remote import parse_remote
from callboard.model.entity import Entity
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits
from callboard.sources.addresses import known_addresses
from callboard.sources.files.folder import FolderTree
from catalog_builders import KINDS


def tree_of(folder: Path) -> FolderTree:
    listing = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return FolderTree(folder, folder.name, folder.name, "", listing)


def entities_of(file: DescriptorFile) -> tuple[Entity, ...]:
    """The entities of a file."""
    return read_file(file, KINDS, Limits()).entities


def connected_trees(folder: Path, tree: FolderTree) -> ConnectedTrees:
    """The tree, and the repository ``acme/payments`` of another source if there is a folder ``payments`` beside it."""
    trees = {("here", tree.id): tree}
    if (other := folder.parent / "payments").is_dir():
        known = known_addresses(parse_remote("https://github.com/acme/payments"), "github", ["main"], "branch", is_default=True)
        trees["payments", "payments"] = replace(tree_of(other), repository="acme/payments", addresses=known)
    return ConnectedTrees(trees)


def read_portal(folder: Path):
    """Catalog and problems of all ``catalog-info.yaml`` files of a folder and of the files that their Locations name."""
    tree = tree_of(folder)
    files = [DescriptorFile("here", tree, path) for path in tree.glob("**/catalog-info.yaml")]
    discovered = discover(files, connected_trees(folder, tree), KINDS, Limits())
    problems = [problem for problem in discovered.problems if problem.code.startswith("LOC")]
    merging = merge(discovered.entities, ["here"], KINDS)
    merged, duplicates = merging.entities, merging.problems()
    catalog, found = link(merged, KINDS)
    return catalog, [*problems, *duplicates, *found]
