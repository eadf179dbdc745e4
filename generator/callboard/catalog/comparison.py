"""Entities that were read from another catalog beside those from files → which are the same file, and how the two differ."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from callboard.catalog.merging import Duplicate, Merged
from callboard.model import fields
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.place import file_place
from callboard.model.problem import Problem
from callboard.model.record_fields import LOCATION, is_reported, reported_annotations
from callboard.model.tree import Trees, tree_of
from callboard.sources import addresses
from callboard.sources.file_urls import parse_file_url
from callboard.sources.rules import DIFFERS_FROM_CATALOG, ONLY_IN_CATALOG

NAMED = 8
"""Fields that a message names."""
ADDED = frozenset({
    "backstage.io/view-url", "backstage.io/edit-url", "backstage.io/source-location", "backstage.io/orphan", LOCATION,
    "backstage.io/managed-by-origin-location", "github.com/project-slug", "gitlab.com/project-slug", "gitlab.com/instance",
    "dev.azure.com/project-repo", "dev.azure.com/host-org", "bitbucket.org/project-slug",
})  # fmt: skip
"""Annotations that Backstage adds where the author wrote none."""
_NOTHING: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class SameFile:
    """Tells whether two entities were read from one file: once by a source of this portal, once by another catalog."""

    trees: Trees

    def __call__(self, one: Entity, other: Entity) -> bool:
        """True for the same file, and for an entity of which the other catalog names no file."""
        reported, own = (one, other) if is_reported(one) else (other, one)
        if not is_reported(reported):
            return False
        kind, _, url = reported_annotations(reported).get(LOCATION, "").partition(":")
        if is_reported(own):
            return reported_annotations(own).get(LOCATION, "") == f"{kind}:{url}"
        if kind != "url" or (reported.origin.tree, reported.origin.path) == (own.origin.tree, own.origin.path):
            return True
        tree = tree_of(self.trees, own.origin)
        if tree is None:
            return False
        found, file, view = addresses.find(url, [tree]), parse_file_url(url), parse_file_url(tree.view_url(own.origin.path))
        return (found is not None and found[1] == own.origin.path) or (file is not None and view is not None and file[:3] == view[:3])


def comparison_problems(merged: Merged, sources: Collection[str], is_same_file: SameFile) -> Iterator[Problem]:
    """How the entities of these sources, which read other catalogs, differ from those that other sources read from files."""
    compared = set()
    for duplicate in merged.duplicates:
        reported, own = _sides(duplicate)
        if reported.origin.source in sources and not is_reported(own):
            compared.add(reported.ref)
            if is_same_file(reported, own) and (names := differences(reported, own)):
                yield _different(reported, own, names)
    for entity in merged.entities:
        if entity.origin.source in sources and is_reported(entity) and entity.ref not in compared:
            yield _only_there(entity)


def _sides(duplicate: Duplicate) -> tuple[Entity, Entity]:
    """The entity of the other catalog, and the one from a file."""
    kept, other = duplicate.kept, duplicate.left_out
    return (kept, other) if is_reported(kept) else (other, kept)


def differences(reported: Entity, own: Entity) -> Sequence[str]:
    """Names of the fields that differ, sorted, without what the other catalog adds to every entity."""
    theirs, ours = _values(reported), _values(own)
    names = {name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name)}
    added = {f"metadata.annotations.{name}" for name in ADDED}
    return sorted(name for name in names if not (name in added and name not in ours))


def _values(entity: Entity) -> Mapping[str, Any]:
    """The values of metadata and spec by field; annotations and labels one by one; empty values are left out."""
    metadata = {
        f"metadata.{key}": value for key, value in entity.metadata.items() if key not in {"annotations", "labels", "name", "namespace"}
    }
    annotations = {f"metadata.annotations.{key}": value for key, value in fields.annotations(entity).items()}
    labels = {f"metadata.labels.{key}": value for key, value in fields.labels(entity).items()}
    derived = {item.field: item.value for item in entity.derived if item.field.startswith("spec.")}
    spec = {f"spec.{key}": value for key, value in entity.spec.items()}
    values = {**metadata, **annotations, **labels, **derived, **{name: value for name, value in spec.items() if value not in _NOTHING}}
    return {name: value for name, value in values.items() if value not in _NOTHING}


def _different(reported: Entity, own: Entity, names: Sequence[str]) -> Problem:
    catalog = _catalog(reported)
    shown = ", ".join(f"`{name[:100]}`" for name in names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return DIFFERS_FROM_CATALOG.problem(
        f"{catalog} has other values of {shown} than {file_place(own.origin)}.",
        origin=own.origin,
        subject=own.ref,
        hint=f"{catalog} may have an older version of the file, or one of its processors changes the entity.",
    )


def _only_there(entity: Entity) -> Problem:
    catalog, location = _catalog(entity), reported_annotations(entity).get(LOCATION, "")
    kind = location.partition(":")[0]
    advice = (
        "Connect its repository, or add its path to `include` of the source that has the repository"
        if kind == "url"
        else "Connect a source that has it"
    )
    return ONLY_IN_CATALOG.problem(
        f"Only {catalog} has {entity.ref}" + (f", from {location[:300]}." if location else "."),
        origin=entity.origin,
        subject=entity.ref,
        hint=f"{advice} before you remove {catalog} from sources.yaml.",
    )


def _catalog(entity: Entity) -> str:
    return next((item.by for item in entity.derived if not item.field.startswith("spec.")), "the other catalog")
