"""An entity of a catalog → the diagram of its neighbors: dependents on the left, dependencies on the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.presentation import kind_label
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
    fitting,
    more_node,
    name_of,
    node_of,
    shares,
    table_path,
)
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path

LIMIT = 24
"""Most boxes of a diagram."""
MAX_ROWS = 12
"""Most boxes in one column, which fit on a screen."""
LISTS = "#relations"
"""Anchor of the section of an entity's page that lists all relations."""
_KNOWN_TYPES = {
    "ownedBy", "ownerOf", "dependsOn", "dependencyOf", "providesApi", "apiProvidedBy", "consumesApi", "apiConsumedBy",
    "partOf", "hasPart", "parentOf", "childOf", "hasMember", "memberOf",
}  # fmt: skip
"""Relation types with a fixed side; relations of other types are drawn on the right of the entity that declares them."""


@dataclass(frozen=True, slots=True)
class _Side:
    """Neighbors on one side, in the order of the kinds of their edges, most important first."""

    refs: Sequence[EntityRef]
    kinds: Mapping[EntityRef, EdgeKind]
    far: Mapping[EntityRef, Sequence[EntityRef]]
    """For each API: its consumers (left) or its providers (right)."""


def neighbourhood(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The diagram of any entity in at most ``limit`` boxes; for systems and domains their map, for groups ``group_place``.

    Entities with many neighbors show the most important ones and one box for the others.
    """
    special = {"system": maps.system_map, "domain": maps.domain_map, "group": group_place}.get(ref.kind)
    if special:
        return special(catalog, ref, limit, words=words)
    left, right = _left(catalog, ref), _right(catalog, ref)
    sketch = Sketch()
    room = max(limit - 1, 2)
    room_left, room_right = shares(room, (_demand(left), len(right.refs)))
    _draw_side(sketch, catalog, ref, left, room_left, "left", words)
    sketch.add(node_of(catalog, ref, state="root", words=words))
    _draw_side(sketch, catalog, ref, right, room_right, "right", words)
    _providers(sketch, catalog, right, limit, words)
    name = name_of(catalog, ref)
    return sketch.graph(words["diagram_neighbourhood"].format(name, _demand(left), len(right.refs)))


def _demand(side: _Side) -> int:
    """Boxes that the side would fill."""
    return len({*side.refs, *(ref for far in side.far.values() for ref in far)})


def _left(catalog: Catalog, ref: EntityRef) -> _Side:
    """Dependents, the APIs it provides with their consumers, its parts, and entities that declare another relation to it."""
    apis = by_importance(catalog, structure.provided_apis(catalog, ref))
    kinds: dict[EntityRef, EdgeKind] = dict.fromkeys(apis, "api")
    for target in by_importance(catalog, catalog.targets(ref, "dependencyOf")):
        kinds.setdefault(target, "depends")
    for target in by_importance(catalog, structure.consumers(catalog, ref)):
        kinds.setdefault(target, "api")
    for target in by_importance(catalog, structure.parts(catalog, ref)):
        kinds.setdefault(target, "part")
    for target in by_importance(catalog, _other_targets(catalog, ref, is_declared_here=False)):
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
    for target in by_importance(catalog, _other_targets(catalog, ref, is_declared_here=True)):
        kinds.setdefault(target, "depends")
    kinds.pop(ref, None)
    return _Side(tuple(kinds), kinds, {api: by_importance(catalog, structure.providers(catalog, api)) for api in apis})


def _other_targets(catalog: Catalog, ref: EntityRef, *, is_declared_here: bool) -> list[EntityRef]:
    """Targets of relations of other types: those that the entity's descriptor declares, or those that others declare."""
    return [r.target for r in catalog.relations.get(ref, ()) if r.type not in _KNOWN_TYPES and (r.declared_by == ref) == is_declared_here]


def _draw_side(sketch: Sketch, catalog: Catalog, root: EntityRef, side: _Side, room: int, name: str, words: Mapping[str, str]) -> None:
    """Add the nearest column within its share of the room, and on the left the consumers of the APIs that are shown."""
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
    """Add an edge from left to right: from the left side to the root, or from the root to the right side."""
    tail, head = (other, root) if name == "left" else (root, other)
    sketch.join(tail, head, kind)


def _near(side: _Side, room: int) -> tuple[Sequence[EntityRef], int]:
    """The neighbors that are shown, and the number of the others. Each kind of edge has a share: many dependents do not displace APIs."""
    groups = [list(group) for _, group in groupby(side.refs, key=side.kinds.__getitem__)]
    if len(side.refs) <= room:
        return side.refs, 0
    given = shares(max(room - 1, 0), [len(group) for group in groups])
    shown = [ref for group, share in zip(groups, given, strict=True) for ref in group[:share]]
    return shown, len(side.refs) - len(shown)


def _consumers(
    sketch: Sketch, catalog: Catalog, root: EntityRef, far: Mapping[EntityRef, Sequence[EntityRef]], room: int, words: Mapping[str, str]
) -> None:
    consumers = by_importance(catalog, (ref for refs in far.values() for ref in refs))
    shown, hidden = fitting(consumers, room)
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
    """Add the providers of the APIs that the entity consumes, while there is room."""
    for api, providers in right.far.items():
        for ref in providers if api in sketch.nodes else ():
            if ref not in sketch.nodes and len(sketch.nodes) < limit:
                sketch.add(node_of(catalog, ref, words=words))
                sketch.join(api, ref, "api")
            elif ref in right.kinds and ref in sketch.nodes:
                sketch.join(api, ref, "api")


def group_place(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """A group with its parent, its sub-teams, and the number of owned entities by kind."""
    sketch = Sketch()
    parent = organization.parent_of(catalog, ref)
    if parent:
        sketch.add(node_of(catalog, parent, words=words))
        sketch.join(parent, ref, "member")
    sketch.add(node_of(catalog, ref, state="root", words=words, sub=_members(catalog, ref, words)))
    counts = _owned(catalog, ref, words)
    shown, hidden = fitting(by_importance(catalog, organization.children_of(catalog, ref)), max(limit - len(sketch.nodes) - len(counts), 2))
    for child in shown:
        sketch.add(node_of(catalog, child, words=words, sub=_members(catalog, child, words)))
        sketch.join(ref, child, "member")
    if hidden:
        counts = [more_node("children", hidden, entity_path(ref), words), *counts]
    for count in counts:
        sketch.add(count)
        sketch.join(ref, count.id, "member" if count.id == "more:children" else "owns")
    return sketch.graph(words["diagram_group"].format(name_of(catalog, ref)))


def _members(catalog: Catalog, ref: EntityRef, words: Mapping[str, str]) -> str:
    number = len(organization.members_of(catalog, ref))
    return counted(words, "diagram_members", number) if number else ""


def _owned(catalog: Catalog, ref: EntityRef, words: Mapping[str, str]) -> list[Node]:
    """A box for each kind of owned entities, with a link to the catalog table."""
    numbers: dict[str, int] = {}
    for owned in organization.owned(catalog, ref):
        numbers[owned.kind] = numbers.get(owned.kind, 0) + 1
    boxes = []
    for name, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))[:6]:
        kind = catalog.kinds.get(name)
        label = words["diagram_owned"].format(number, kind_label(kind, words, number) if kind else name)
        path = table_path(kind=name, owner=str(ref))
        boxes.append(Node(f"owned:{name}", label, "", kind.icon if kind else "entity", path))
    return boxes
