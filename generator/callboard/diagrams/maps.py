"""Maps of larger things: a system, a domain, the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

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
    kept,
    more_node,
    name_of,
    node_of,
    shares,
    table_path,
)
from callboard.model.ref import EntityRef

LIMIT = 40
TREE_LIMIT = 60
COLUMNS = 5
"""Of a map: as many as a page shows in a readable size."""
MAX_EDGES = 100
"""More lines than that are a knot."""
_NEEDS: Mapping[str, EdgeKind] = {"dependsOn": "depends", "consumesApi": "api", "apiProvidedBy": "api"}
"""Relations that lead from whoever needs to what is needed: consumer, API, provider."""
_NEEDED_BY = {"dependencyOf", "apiConsumedBy", "providesApi"}
"""The same seen from the other end."""


def system_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The parts of a system with the relations among them, and around them the systems that they need or that need them."""
    parts = by_importance(catalog, structure.parts(catalog, ref))
    inside = {part: part for part in parts}
    return _map(catalog, ref, inside, limit, "diagram_system", words)


def domain_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The systems and sub-domains of a domain, with the dependencies of their contents added up, and the systems around."""
    inside: dict[EntityRef, EntityRef] = {}
    for child in by_importance(catalog, structure.parts(catalog, ref)):
        inside[child] = child
        for thing in structure.everything_in(catalog, child):
            inside.setdefault(thing, child)
    return _map(catalog, ref, inside, limit, "diagram_domain", words)


def _map(
    catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef], limit: int, title: str, words: Mapping[str, str]
) -> Graph:
    """``inside`` says for every thing in the map in which box it stands."""
    boxes = dict.fromkeys(inside.values())
    shown, hidden = kept(list(boxes), max(limit * 2 // 3, 2))
    within = set(shown)
    links = _links(catalog, ref, inside)
    sketch = Sketch()
    before = _around(sketch, catalog, links, boxes, within, limit // 5, BEFORE, words)
    for box in shown:
        sketch.add(node_of(catalog, box, words=words))
    if hidden:
        sketch.add(more_node("inside", hidden, table_path(**{ref.kind: str(ref)}), words))
    after = _around(sketch, catalog, links, boxes, within, limit // 5, AFTER, words)
    for (tail, head), (_, kind) in _heaviest(links)[:MAX_EDGES]:
        ends = tail if tail in within else before.get(tail), head if head in within else after.get(head)
        if ends[0] and ends[1]:
            sketch.join(ends[0], ends[1], kind)
    outside = {end for pair in links for end in pair} - set(boxes)
    name = name_of(catalog, ref)
    return sketch.graph(words[title].format(name=name, inside=len(boxes), outside=len(outside)), COLUMNS)


Links = Mapping[tuple[EntityRef, EntityRef], tuple[int, EdgeKind]]
BEFORE, AFTER = 0, 1
"""The end of a link at which a neighbour stands: it needs something of ours, or we need it."""


def _heaviest(links: Links) -> list[tuple[tuple[EntityRef, EntityRef], tuple[int, EdgeKind]]]:
    return sorted(links.items(), key=lambda item: (-item[1][0], item[0]))


def _around(
    sketch: Sketch,
    catalog: Catalog,
    links: Links,
    boxes: Container[EntityRef],
    within: Container[EntityRef],
    room: int,
    side: int,
    words: Mapping[str, str],
) -> dict[EntityRef, NodeId]:
    """Adds the neighbours on one side, those with the most relations first; gives the box of each.

    One that stands on both sides has two boxes: else every way through it would make the map longer.
    """
    weights: Counter[EntityRef] = Counter()
    for pair, (number, _) in links.items():
        if pair[1 - side] in within and pair[side] not in boxes:
            weights[pair[side]] += number
    ends = sorted(weights, key=lambda end: (-weights[end], end))
    near, far = kept(ends, max(room, 2))
    found: dict[EntityRef, NodeId] = {}
    for end in near:
        node = node_of(catalog, end, state="outside", words=words)
        node = replace(node, id=f"{side}:{end}") if end in sketch.nodes else node
        sketch.add(node)
        found[end] = node.id
    if far:
        sketch.add(replace(more_node(f"around-{side}", far, "", words), label=counted(words, f"diagram_around_{side}", far)))
    return found


def _links(catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef]) -> Links:
    """Who needs whom among the boxes and their neighbours: how many relations, and solid where one of them is direct."""
    found: Counter[tuple[EntityRef, EntityRef]] = Counter()
    direct: set[tuple[EntityRef, EntityRef]] = set()
    for thing, box in inside.items():
        for relation in catalog.relations.get(thing, ()):
            forward = relation.type in _NEEDS
            if not forward and (relation.type not in _NEEDED_BY or relation.target in inside):
                continue  # between two things inside, the other end says the same
            other = inside.get(relation.target) or _outside(catalog, relation.target)
            pair = (box, other) if forward else (other, box)
            if box != other and ref not in pair:
                found[pair] += 1
                direct |= {pair} if relation.type in {"dependsOn", "dependencyOf"} else set()
    return {pair: (number, "depends" if pair in direct else "api") for pair, number in found.items()}


def _outside(catalog: Catalog, ref: EntityRef) -> EntityRef:
    """The system that stands for an entity elsewhere; itself where it has none that exists."""
    system = structure.system_of(catalog, ref)
    return system if system in catalog.entities and system is not None else ref


def organisation(catalog: Catalog, limit: int = TREE_LIMIT, *, tops: Iterable[EntityRef] = (), words: Mapping[str, str] = WORDS) -> Graph:
    """The tree of groups from the top (or from ``tops``), level by level while there is room; what is cut is counted."""
    sketch = Sketch()
    level, hidden = kept(list(tops) or by_importance(catalog, organization.roots(catalog)), limit)
    for group in level:
        sketch.add(node_of(catalog, group, words=words, sub=_team_sub(catalog, group, words)))
    if hidden:
        sketch.add(more_node("roots", hidden, "", words))
    while level:
        level = _next_level(sketch, catalog, level, limit - len(sketch.nodes), words)
    return sketch.graph(words["diagram_organisation"].format(number=sum(1 for _ in catalog.of_kind("group"))))


def _next_level(sketch: Sketch, catalog: Catalog, level: Iterable[EntityRef], room: int, words: Mapping[str, str]) -> list[EntityRef]:
    """The children of a level, each parent with its share of the room."""
    children = {
        group: [child for child in organization.children_of(catalog, group) if child in catalog.entities and child not in sketch.nodes]
        for group in level
    }
    given = shares(room, [len(found) for found in children.values()])
    below: list[EntityRef] = []
    for (group, found), share in zip(children.items(), given, strict=True):
        shown, hidden = kept(by_importance(catalog, found), share)
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
    """Teams below and members, where there are any."""
    below, members = len(organization.teams_below(catalog, group)), len(organization.members_of(catalog, group))
    parts = [("diagram_below", below), ("diagram_members", members)]
    return " · ".join(counted(words, key, number) for key, number in parts if number)
