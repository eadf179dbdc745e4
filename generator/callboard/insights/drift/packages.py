"""The manifests of all components → packages of other components that are used and not declared."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping

from callboard.descriptors.patching import AddItem
from callboard.insights.drift.evidence import DriftEvidence, FoundDrift
from callboard.insights.drift.manifests import MAX_BYTES, NAMES, PackageName, read_manifest
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.errors import SourceError, TreeError
from callboard.model.facts.drift import Confidence, DriftKind
from callboard.model.ref import EntityRef, humanize
from callboard.model.tree import Tree, tree_of

_DECLARING = frozenset({"dependsOn", "dependencyOf", "partOf", "hasPart"})


@dataclass(frozen=True, slots=True)
class UsedPackages:
    """What components publish and use."""

    publishers: Mapping[PackageName, EntityRef]
    uses: Mapping[EntityRef, tuple[tuple[str, PackageName], ...]]
    """Path of the manifest and package, by component."""


def used_packages(evidence: DriftEvidence) -> UsedPackages:
    """Read the manifests beside the descriptors of all components; a folder with descriptors of several components is left out."""
    folders: dict[tuple[str, str, str], list[Entity]] = {}
    for entity in evidence.catalog.of_kind("component") if evidence.has_packages else ():
        origin = entity.origin
        folders.setdefault((origin.source, origin.tree, posixpath.dirname(origin.path)), []).append(entity)
    publishers: dict[PackageName, list[EntityRef]] = {}
    uses: dict[EntityRef, tuple[tuple[str, PackageName], ...]] = {}
    for (_, _, folder), entities in folders.items():
        tree = tree_of(evidence.trees, entities[0].origin)
        if tree is None or len(entities) > 1:
            continue
        for path, published, used in _manifests(tree, folder):
            if published:
                publishers.setdefault(published, []).append(entities[0].ref)
            uses[entities[0].ref] = (*uses.get(entities[0].ref, ()), *((path, name) for name in used))
    single = {name: refs[0] for name, refs in publishers.items() if len(set(refs)) == 1}
    return UsedPackages(single, uses)


def package_drift(evidence: DriftEvidence, packages: UsedPackages, entity: Entity) -> Iterator[FoundDrift]:
    """Components whose packages are used, and that no relation of the entity names."""
    told: set[EntityRef] = set()
    for path, package in packages.uses.get(entity.ref, ()):
        target = packages.publishers.get(package)
        if target is None or target == entity.ref or target in told or _declares(evidence, entity.ref, target):
            continue
        told.add(target)
        written = humanize(target, default_namespace=entity.ref.namespace)
        yield FoundDrift(
            entity,
            DriftKind.UNDECLARED,
            "spec.dependsOn",
            package[1],
            written,
            path,
            Confidence.LIKELY,
            AddItem(("spec", "dependsOn"), written),
        )


def _declares(evidence: DriftEvidence, ref: EntityRef, target: EntityRef) -> bool:
    """Whether the entity names the other one, or an API that it provides."""
    catalog = evidence.catalog
    related = {relation.target for relation in catalog.relations.get(ref, ()) if relation.type in _DECLARING}
    if target in related:
        return True
    consumed = set(catalog.targets(ref, "consumesApi"))
    return bool(consumed & set(catalog.targets(target, "providesApi")))


def _manifests(tree: Tree, folder: str) -> Iterator[tuple[str, PackageName | None, tuple[PackageName, ...]]]:
    prefix = f"{folder}/" if folder else ""
    escaped = "".join(f"[{character}]" if character in "*?[]{}" else character for character in prefix)
    try:
        paths = tree.glob(f"{escaped}{{{','.join(NAMES)}}}")
        tree.fetch(paths)
    except (TreeError, SourceError):
        return
    for path in paths:
        try:
            manifest = read_manifest(posixpath.basename(path), tree.read(path, MAX_BYTES))
        except TreeError:
            continue
        if manifest:
            yield path, manifest.publishes, manifest.uses
