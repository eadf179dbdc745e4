"""What stands around one entity: who needs it at the left, what it needs at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.diagrams import maps
from callboard.diagrams.graph import (
    WORDS,
    EdgeKind,
    Graph,
    Node,
    NodeId,
    Sketch,
    by_importance,
    counted,
    kept,
    more_node,
    name_of,
    node_of,
    shares,
    table_path,
)
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path

LIMIT = 24
MAX_ROWS = 12
"""Boxes in one column: a screen."""
LISTS = "#relations"
"""Where the entity's page lists everything that the diagram has no room for."""
_PLACED = {
    "ownedBy", "ownerOf", "dependsOn", "dependencyOf", "providesApi", "apiProvidedBy", "consumesApi", "apiConsumedBy",
    "partOf", "hasPart", "parentOf", "childOf", "hasMember", "memberOf",
}  # fmt: skip
"""Relations that have a place of their own; all others are drawn on the side of whoever declares them."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Neighbours on one side by the kind of their edge, the most important first."""

    refs: Sequence[EntityRef]
    kinds: Mapping[EntityRef, EdgeKind]
    far: Mapping[EntityRef, Sequence[EntityRef]]
    """What stands behind an API: its consumers (left) or its providers (right)."""


def neighbourhood(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The neighbourhood of any entity in at most ``limit`` boxes; systems and domains have their map, groups their place.

    Hubs show their most important neighbours and one box for the others.
    """
    special = {"system": maps.system_map, "domain": maps.domain_map, "group": group_place}.get(ref.kind)
    if special:
        return special(catalog, ref, limit, words=words)
    left, right = _left(catalog, ref), _right(catalog, ref)
    sketch = Sketch()
    room = max(limit - 1, 2)
    room_left, room_right = shares(room, (_wanted(left), len(right.refs)))
    _draw_side(sketch, catalog, ref, left, room_left, "left", words)
    sketch.add(node_of(catalog, ref, state="root", words=words))
    _draw_side(sketch, catalog, ref, right, room_right, "right", words)
    _providers(sketch, catalog, right, limit, words)
    name = name_of(catalog, ref)
    return sketch.graph(words["diagram_neighbourhood"].format(name=name, left=_wanted(left), right=len(right.refs)))


def _wanted(side: _Side) -> int:
    """Boxes that the side would fill."""
    return len({*side.refs, *(ref for far in side.far.values() for ref in far)})


def _left(catalog: Catalog, ref: EntityRef) -> _Side:
    """Dependents, the APIs it provides with their consumers, its parts, and whoever declares another relation to it."""
    apis = by_importance(catalog, structure.provided_apis(catalog, ref))
    kinds: dict[EntityRef, EdgeKind] = dict.fromkeys(apis, "api")
    for target in by_importance(catalog, catalog.targets(ref, "dependencyOf")):
        kinds.setdefault(target, "depends")
    for target in by_importance(catalog, structure.consumers(catalog, ref)):
        kinds.setdefault(target, "api")
    for target in by_importance(catalog, structure.parts(catalog, ref)):
        kinds.setdefault(target, "part")
    for target in by_importance(catalog, _others(catalog, ref, own=False)):
        kinds.setdefault(target, "depends")
    kinds.pop(ref, None)
    far = {api: [c for c in structure.consumers(catalog, api) if c not in kinds and c != ref] for api in apis}
    return _Side(tuple(kinds), kinds, {api: by_importance(catalog, consumers) for api, consumers in far.items() if consumers})


def _right(catalog: Catalog, ref: EntityRef) -> _Side:
    """What it is part of, dependencies, consumed APIs with their providers, and relations of other types that it declares."""
    kinds: dict[EntityRef, EdgeKind] = dict.fromkeys(catalog.targets(ref, "partOf"), "part")
    kinds.update(dict.fromkeys(catalog.targets(ref, "memberOf"), "member"))
    apis = by_importance(catalog, structure.consumed_apis(catalog, ref))
    kinds.update(dict.fromkeys((*apis, *by_importance(catalog, structure.providers(catalog, ref))), "api"))
    kinds.update(dict.fromkeys(by_importance(catalog, catalog.targets(ref, "dependsOn")), "depends"))
    for target in by_importance(catalog, _others(catalog, ref, own=True)):
        kinds.setdefault(target, "depends")
    kinds.pop(ref, None)
    return _Side(tuple(kinds), kinds, {api: by_importance(catalog, structure.providers(catalog, api)) for api in apis})


def _others(catalog: Catalog, ref: EntityRef, *, own: bool) -> list[EntityRef]:
    """Targets of relations without a place of their own: those that its own descriptor declares, or the others."""
    return [r.target for r in catalog.relations.get(ref, ()) if r.type not in _PLACED and (r.declared_by == ref) == own]


def _draw_side(sketch: Sketch, catalog: Catalog, root: EntityRef, side: _Side, room: int, name: str, words: Mapping[str, str]) -> None:
    """The near column within its share of the room, and at the left the consumers behind the APIs that are shown."""
    far = {ref for refs in side.far.values() for ref in refs} if name == "left" else set()
    near_room, far_room = shares(room, (min(len(side.refs), MAX_ROWS), min(len(far), MAX_ROWS)))
    shown, hidden = _near(side, near_room)
    if name == "left":
        _consumers(sketch, catalog, root, {api: side.far.get(api, ()) for api in shown}, far_room, words)
    for ref in shown:
        sketch.add(node_of(catalog, ref, words=words))
        _join(sketch, name, root, ref, side.kinds[ref])
    if hidden:
        more = more_node(name, hidden, f"{entity_path(root)}{LISTS}", words)
        sketch.add(more)
        _join(sketch, name, root, more.id, "depends")


def _join(sketch: Sketch, name: str, root: EntityRef, other: NodeId, kind: EdgeKind) -> None:
    """From left to right: the left side leads to the root, the root to the right side."""
    tail, head = (other, root) if name == "left" else (root, other)
    sketch.join(tail, head, kind)


def _near(side: _Side, room: int) -> tuple[Sequence[EntityRef], int]:
    """Each kind of edge gets its share, so that many dependents do not push out the APIs."""
    groups = [list(group) for _, group in groupby(side.refs, key=side.kinds.__getitem__)]
    if len(side.refs) <= room:
        return side.refs, 0
    given = shares(max(room - 1, 0), [len(group) for group in groups])
    shown = [ref for group, share in zip(groups, given, strict=True) for ref in group[:share]]
    return shown, len(side.refs) - len(shown)


def _consumers(
    sketch: Sketch, catalog: Catalog, root: EntityRef, far: Mapping[EntityRef, Sequence[EntityRef]], room: int, words: Mapping[str, str]
) -> None:
    everyone = by_importance(catalog, (ref for refs in far.values() for ref in refs))
    shown, hidden = kept(everyone, room)
    for ref in shown:
        sketch.add(node_of(catalog, ref, words=words))
    visible = set(shown)
    more = more_node("consumers", hidden, f"{entity_path(root)}{LISTS}", words)
    for api, refs in far.items():
        for ref in refs:
            if ref in visible:
                sketch.join(ref, api, "api")
        if hidden and not visible.issuperset(refs):
            sketch.add(more)
            sketch.join(more.id, api, "api")


def _providers(sketch: Sketch, catalog: Catalog, right: _Side, limit: int, words: Mapping[str, str]) -> None:
    """Who stands behind the APIs that it consumes, while there is room."""
    for api, providers in right.far.items():
        for ref in providers if api in sketch.nodes else ():
            if ref not in sketch.nodes and len(sketch.nodes) < limit:
                sketch.add(node_of(catalog, ref, words=words))
                sketch.join(api, ref, "api")
            elif ref in right.kinds and ref in sketch.nodes:
                sketch.join(api, ref, "api")


def group_place(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """A group between its parent and its sub-groups, and what it owns, counted by kind."""
    sketch = Sketch()
    parent = organization.parent_of(catalog, ref)
    if parent:
        sketch.add(node_of(catalog, parent, words=words))
        sketch.join(parent, ref, "member")
    sketch.add(node_of(catalog, ref, state="root", words=words, sub=_members(catalog, ref, words)))
    counts = _owned(catalog, ref, words)
    shown, hidden = kept(by_importance(catalog, organization.children_of(catalog, ref)), max(limit - len(sketch.nodes) - len(counts), 2))
    for child in shown:
        sketch.add(node_of(catalog, child, words=words, sub=_members(catalog, child, words)))
        sketch.join(ref, child, "member")
    if hidden:
        counts = [more_node("children", hidden, entity_path(ref), words), *counts]
    for count in counts:
        sketch.add(count)
        sketch.join(ref, count.id, "member" if count.id == "more:children" else "owns")
    return sketch.graph(words["diagram_group"].format(name=name_of(catalog, ref)))


def _members(catalog: Catalog, ref: EntityRef, words: Mapping[str, str]) -> str:
    number = len(organization.members_of(catalog, ref))
    return counted(words, "diagram_members", number) if number else ""


def _owned(catalog: Catalog, ref: EntityRef, words: Mapping[str, str]) -> list[Node]:
    """One box for each kind of thing that the group owns, leading to the catalog table."""
    numbers: dict[str, int] = {}
    for owned in organization.owned(catalog, ref):
        numbers[owned.kind] = numbers.get(owned.kind, 0) + 1
    found = []
    for name, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:6]:
        kind = catalog.kinds.get(name)
        label = words["diagram_owned"].format(
            number=f"{number:,}", kind=kind.plural if kind and number > 1 else kind.name if kind else name
        )
        path = table_path(kind=name, owner=str(ref))
        found.append(Node(f"owned:{name}", label, "", kind.icon if kind else "entity", path))
    return found
