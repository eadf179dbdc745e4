"""Owners that are no team of the catalog, that have no members, or that have left."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.catalog import organization
from callboard.descriptors.patching import RemoveItem, SetValue
from callboard.insights.drift.evidence import DriftEvidence, FoundDrift
from callboard.model.entity import Entity
from callboard.model.facts.drift import Confidence, DriftKind
from callboard.model.ref import EntityRef, RefError, parse_ref
from callboard.model.suggestions import nearest

_OWNER = "spec.owner"
_CATALOG = "catalog"


def owner_drift(evidence: DriftEvidence, entity: Entity) -> Iterator[FoundDrift]:
    """Differences of ``spec.owner``; nothing where not all people and teams were read."""
    written = entity.spec.get("owner")
    if not evidence.has_directory or not isinstance(written, str):
        return
    owner = _ref(written, "group", entity.ref.namespace)
    if owner is None:
        return
    if owner not in evidence.catalog.entities:
        kind = DriftKind.LEFT if owner.kind == "user" else DriftKind.OWNER
        proposed = "" if owner.kind == "user" else _similar_group(evidence, owner)
        yield _owner(entity, kind, written, proposed, Confidence.LIKELY if proposed else Confidence.CERTAIN)
    elif owner.kind not in organization.OWNERS:
        yield _owner(entity, DriftKind.OWNER, written, "", Confidence.CERTAIN)
    elif owner.kind == "group" and not _members(evidence, owner):
        parent = organization.parent_of(evidence.catalog, owner)
        proposed = parent.name if parent and parent.namespace == entity.ref.namespace and _members(evidence, parent) else ""
        yield _owner(entity, DriftKind.EMPTY_OWNER, written, proposed, Confidence.LIKELY)


def member_drift(evidence: DriftEvidence, entity: Entity) -> Iterator[FoundDrift]:
    """Members that a group lists and that the directory does not have."""
    members = entity.spec.get("members")
    if not evidence.has_directory or entity.ref.kind != "group" or not isinstance(members, list):
        return
    for index, written in enumerate(members):
        ref = _ref(written, "user", entity.ref.namespace) if isinstance(written, str) else None
        if ref and ref not in evidence.catalog.entities:
            yield FoundDrift(
                entity, DriftKind.LEFT, f"spec.members[{index}]", written, "", _CATALOG, Confidence.LIKELY,
                RemoveItem(("spec", "members", index)),
            )  # fmt: skip


def _owner(entity: Entity, kind: DriftKind, written: str, proposed: str, confidence: Confidence) -> FoundDrift:
    edit = SetValue(("spec", "owner"), proposed) if proposed else None
    return FoundDrift(entity, kind, _OWNER, written, proposed, _CATALOG, confidence, edit)


def _ref(text: str, kind: str, namespace: str) -> EntityRef | None:
    try:
        return parse_ref(text, default_kind=kind, default_namespace=namespace).canonical()
    except RefError:
        return None


def _similar_group(evidence: DriftEvidence, owner: EntityRef) -> str:
    names = [group.ref.name for group in evidence.catalog.of_kind("group") if group.ref.namespace == owner.namespace]
    near = nearest(owner.name, names)
    return near if near and _members(evidence, EntityRef("group", owner.namespace, near)) else ""


def _members(evidence: DriftEvidence, group: EntityRef) -> list[EntityRef]:
    return [ref for ref in organization.all_members(evidence.catalog, group) if ref in evidence.catalog.entities]
