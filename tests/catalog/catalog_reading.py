"""Folders of descriptors as the pipeline reads them: discovered files, then what their Locations lead to, merged and linked."""

from dataclasses import replace
from pathlib import Path

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.locations import file_key, follow
from callboard.io.git.remote import parse_remote
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.tree import DescriptorFile
from callboard.sources.addresses import known_addresses
from callboard.sources.files.folder import FolderTree
from callboard.yaml import documents as yaml_documents
from catalog_builders import KINDS, origin


def tree_of(folder: Path) -> FolderTree:
    listing = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    return FolderTree(folder, folder.name, folder.name, "", listing)


def entities_of(file: DescriptorFile) -> list[Entity]:
    """The documents of a file that have a kind and a name; checking them is another room's work."""
    found = []
    for document in yaml_documents.read_documents(yaml_documents.decode(file.tree.read(file.path, 10_000_000))[0]):
        value = document.value if isinstance(document.value, dict) else {}
        metadata, kind = value.get("metadata"), value.get("kind")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if not isinstance(kind, str) or not isinstance(name, str):
            continue
        namespace = metadata.get("namespace") or "default"
        spec = value.get("spec") if isinstance(value.get("spec"), dict) else {}
        place = origin(tree=file.tree.id, path=file.path, document=document.index, line=document.line, via_locations=file.via_locations)
        ref = EntityRef(kind.lower(), namespace.lower(), name.lower())
        metadata = {**metadata, "namespace": namespace}
        found.append(Entity(ref, kind, str(value.get("apiVersion")), metadata, spec, place, repr([metadata, spec]), document.text))
    return found


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
    connected = connected_trees(folder, tree)
    waiting = [DescriptorFile("here", tree, path) for path in tree.glob("**/catalog-info.yaml")]
    known = {file_key(file) for file in waiting}
    entities, problems = [], []
    while waiting:
        file = waiting.pop(0)
        for entity in entities_of(file):
            entities.append(entity)
            if entity.ref.kind == "location":
                followed = follow(entity, file, connected, known)
                known |= {file_key(found) for found in followed.files}
                waiting += followed.files
                problems += followed.problems
    merged, duplicates = merge(entities, ["here"])
    catalog, found = link(merged, KINDS)
    return catalog, [*problems, *duplicates, *found]
