"""A system, a domain or the teams of a catalog → a diagram of its parts and their dependencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.diagrams.graph import (
    WORDS,
    EdgeKind,
    Graph,
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
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path

LIMIT = 40
"""Most boxes of a map."""
TREE_LIMIT = 60
"""Most boxes of the org chart."""
COLUMNS = 5
"""Most columns of a map, which a page shows in a readable size."""
MAX_EDGES = 100
"""Most lines of a map; more are unreadable."""
_FORWARD: Mapping[str, EdgeKind] = {"dependsOn": "depends", "consumesApi": "api", "apiProvidedBy": "api"}
"""Relations from the dependent to the dependency: consumer, API, provider."""
_BACKWARD = {"dependencyOf", "apiConsumedBy", "providesApi"}
"""The reverse relations."""
_DIRECT = {"dependsOn", "dependencyOf"}
Links = Mapping[tuple[EntityRef, EntityRef], tuple[int, EdgeKind]]
"""Number of relations and kind of the edge, by dependent and dependency."""
BEFORE, AFTER = 0, 1
"""The end of a link where a neighbor outside is: it is the dependent, or the dependency."""


def system_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The parts of a system with the relations among them, and the systems that they depend on or that depend on them."""
    parts = by_importance(catalog, structure.parts(catalog, ref))
    inside = {part: part for part in parts}
    return _map(catalog, ref, inside, limit, "diagram_system", words)


def domain_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The systems and subdomains of a domain, with the dependencies of their contents summed up, and the systems outside."""
    inside: dict[EntityRef, EntityRef] = {}
    for child in by_importance(catalog, structure.parts(catalog, ref)):
        inside[child] = child
        for part in structure.everything_in(catalog, child):
            inside.setdefault(part, child)
    return _map(catalog, ref, inside, limit, "diagram_domain", words)


def _map(
    catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef], limit: int, title: str, words: Mapping[str, str]
) -> Graph:
    """``inside``: the box of each entity in the map."""
    boxes = dict.fromkeys(inside.values())
    shown, hidden = fitting(list(boxes), max(limit * 2 // 3, 2))
    visible = set(shown)
    links = _links(catalog, ref, inside)
    sketch = Sketch()
    lists = f"{entity_path(ref)}#contains-{shown[0].kind}" if shown else ""  # each of them names its own neighbors
    before = _around(sketch, catalog, links, boxes, visible, limit // 5, BEFORE, words, lists)
    for box in shown:
        sketch.add(node_of(catalog, box, words=words))
    if hidden:
        sketch.add(more_node("inside", hidden, table_path(**{ref.kind: str(ref)}), words))
    after = _around(sketch, catalog, links, boxes, visible, limit // 5, AFTER, words, lists)
    for (tail, head), (_, kind) in _heaviest(links)[:MAX_EDGES]:
        ends = tail if tail in visible else before.get(tail), head if head in visible else after.get(head)
        if ends[0] and ends[1]:
            sketch.join(ends[0], ends[1], kind)
    outside = {end for pair in links for end in pair} - set(boxes)
    name = name_of(catalog, ref)
    return sketch.graph(words[title].format(name, len(boxes), len(outside)), COLUMNS)


def _heaviest(links: Links) -> list[tuple[tuple[EntityRef, EntityRef], tuple[int, EdgeKind]]]:
    return sorted(links.items(), key=lambda item: (-item[1][0], item[0]))


def _around(
    sketch: Sketch,
    catalog: Catalog,
    links: Links,
    boxes: Container[EntityRef],
    visible: Container[EntityRef],
    room: int,
    side: int,
    words: Mapping[str, str],
    lists: str,
) -> dict[EntityRef, NodeId]:
    """Add the neighbors on one side, those with the most relations first; returns the id of the box of each.

    A neighbor on both sides has two boxes: one box would make each path through it, and the map, longer.
    """
    weights = defaultdict[EntityRef, int](int)
    for pair, (number, _) in links.items():
        if pair[1 - side] in visible and pair[side] not in boxes:
            weights[pair[side]] += number
    ends = sorted(weights, key=lambda end: (-weights[end], end))
    near, far = fitting(ends, max(room, 2))
    boxes_of: dict[EntityRef, NodeId] = {}
    for end in near:
        node = node_of(catalog, end, state="outside", words=words)
        node = node._replace(id=f"{side}:{end}") if end in sketch.nodes else node
        sketch.add(node)
        boxes_of[end] = node.id
    if far:
        sketch.add(more_node(f"around-{side}", far, lists, words)._replace(label=counted(words, f"diagram_around_{side}", far)))
    return boxes_of


def _links(catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef]) -> Links:
    """The dependencies among the boxes and their neighbors: number of relations, and a solid line if one of them is direct."""
    numbers = defaultdict[tuple[EntityRef, EntityRef], int](int)
    direct: set[tuple[EntityRef, EntityRef]] = set()
    for part, box in inside.items():
        for relation in catalog.relations.get(part, ()):
            forward = relation.type in _FORWARD
            if not forward and (relation.type not in _BACKWARD or relation.target in inside):
                continue  # between two parts, the reverse relation is counted
            other = inside.get(relation.target) or _outside(catalog, relation.target)
            pair = (box, other) if forward else (other, box)
            if box != other and ref not in pair:
                numbers[pair] += 1
                if relation.type in _DIRECT:
                    direct.add(pair)
    return {pair: (number, "depends" if pair in direct else "api") for pair, number in numbers.items()}


def _outside(catalog: Catalog, ref: EntityRef) -> EntityRef:
    """The system of an entity outside of the map; the entity itself if its system does not exist."""
    system = structure.system_of(catalog, ref)
    return system if system in catalog.entities and system is not None else ref


def organisation(catalog: Catalog, limit: int = TREE_LIMIT, *, tops: Iterable[EntityRef] = (), words: Mapping[str, str] = WORDS) -> Graph:
    """The team tree from its roots (or from ``tops``), level by level up to ``limit`` boxes; groups left out are counted."""
    sketch = Sketch()
    level, hidden = fitting(list(tops) or by_importance(catalog, organization.roots(catalog)), limit)
    for group in level:
        sketch.add(node_of(catalog, group, words=words, sub=_team_sub(catalog, group, words)))
    if hidden:
        sketch.add(more_node("roots", hidden, "teams/", words))
    while level:
        level = _next_level(sketch, catalog, level, limit - len(sketch.nodes), words)
    return sketch.graph(words["diagram_organisation"].format(sum(1 for _ in catalog.of_kind("group"))))


def _next_level(sketch: Sketch, catalog: Catalog, level: Iterable[EntityRef], room: int, words: Mapping[str, str]) -> list[EntityRef]:
    """Add the children of a level, with a share of the room for each parent; returns those that are shown."""
    children = {
        group: [child for child in organization.children_of(catalog, group) if child in catalog.entities and child not in sketch.nodes]
        for group in level
    }
    given = shares(room, [len(groups) for groups in children.values()])
    below: list[EntityRef] = []
    for (group, groups), share in zip(children.items(), given, strict=True):
        shown, hidden = fitting(by_importance(catalog, groups), share)
        for child in shown:
            sketch.add(node_of(catalog, child, words=words, sub=_team_sub(catalog, child, words)))
            sketch.join(group, child, "member")
            below.append(child)
        if hidden and share:
            more = more_node(str(group), hidden, node_of(catalog, group).path, words)
            sketch.add(more)
            sketch.join(group, more.id, "member")
    return below


def _team_sub(catalog: Catalog, group: EntityRef, words: Mapping[str, str]) -> str:
    """Numbers of sub-teams and members, if there are any."""
    below, members = len(organization.teams_below(catalog, group)), len(organization.members_of(catalog, group))
    parts = [("diagram_below", below), ("diagram_members", members)]
    return " · ".join(counted(words, key, number) for key, number in parts if number)
