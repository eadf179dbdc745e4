"""Maps of larger things: a system, a domain, the organisation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from generator.catalog import questions
from generator.catalog.graph import Catalog
from generator.diagrams.graph import EdgeKind, Graph
from generator.diagrams.nodes import WORDS, Sketch, by_importance, counted, kept, more_node, node_of, shares, table_path
from generator.model.ref import EntityRef

LIMIT = 40
TREE_LIMIT = 60
MAX_EDGES = 120
"""More lines than that are a knot."""
_NEEDS: Mapping[str, EdgeKind] = {"dependsOn": "depends", "consumesApi": "api", "apiProvidedBy": "api"}
"""Relations that lead from whoever needs to what is needed: consumer, API, provider."""
_NEEDED_BY = {"dependencyOf", "apiConsumedBy", "providesApi"}
"""The same seen from the other end."""


def system_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The parts of a system with the relations among them, and around them the systems that they need or that need them."""
    parts = by_importance(catalog, questions.parts(catalog, ref))
    inside = {part: part for part in parts}
    return _map(catalog, ref, inside, limit, "diagram_system", words)


def domain_map(catalog: Catalog, ref: EntityRef, limit: int = LIMIT, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The systems and sub-domains of a domain, with the dependencies of their contents added up, and the systems around."""
    inside: dict[EntityRef, EntityRef] = {}
    for child in by_importance(catalog, questions.parts(catalog, ref)):
        inside[child] = child
        for thing in _below(catalog, child):
            inside.setdefault(thing, child)
    return _map(catalog, ref, inside, limit, "diagram_domain", words)


def _below(catalog: Catalog, ref: EntityRef) -> Iterator[EntityRef]:
    """Everything in it at any depth, each once; safe against circles."""
    seen, waiting = {ref}, [ref]
    while waiting:
        for part in questions.parts(catalog, waiting.pop()):
            if part not in seen:
                seen.add(part)
                waiting.append(part)
                yield part


def _map(
    catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef], limit: int, title: str, words: Mapping[str, str]
) -> Graph:
    """``inside`` says for every thing in the map in which box it stands."""
    boxes = list(dict.fromkeys(inside.values()))
    links = _links(catalog, ref, inside)
    within = set(boxes)
    around = by_importance(catalog, (end for pair in links for end in pair if end not in within))
    room_inside, room_around = shares(max(limit, 2), (len(boxes), len(around)))
    shown, hidden = kept(boxes, room_inside)
    weights = _weights(links)
    near, far = kept(sorted(around, key=lambda end: -weights[end]), room_around)
    sketch = Sketch()
    for box in shown:
        sketch.add(node_of(catalog, box, words=words))
    if hidden:
        sketch.add(more_node("inside", hidden, table_path(**{ref.kind: str(ref)}), words))
    for end in near:
        sketch.add(node_of(catalog, end, state="outside", words=words))
    if far:
        sketch.add(more_node("outside", far, "", words))
    drawn = [(pair, kind) for pair, (_, kind) in sorted(links.items(), key=lambda item: (-item[1][0], item[0])) if _both(sketch, pair)]
    for (tail, head), kind in drawn[:MAX_EDGES]:
        sketch.join(tail, head, kind)
    return sketch.graph(words[title].format(name=questions.label(catalog, ref), inside=len(boxes), outside=len(around)))


Links = Mapping[tuple[EntityRef, EntityRef], tuple[int, EdgeKind]]


def _both(sketch: Sketch, pair: tuple[EntityRef, EntityRef]) -> bool:
    return pair[0] in sketch.nodes and pair[1] in sketch.nodes


def _weights(links: Links) -> Counter[EntityRef]:
    """How many relations end at each box."""
    weights: Counter[EntityRef] = Counter()
    for pair, (number, _) in links.items():
        weights.update(dict.fromkeys(pair, number))
    return weights


def _links(catalog: Catalog, ref: EntityRef, inside: Mapping[EntityRef, EntityRef]) -> Links:
    """Who needs whom among the boxes and their neighbours: how many relations, and solid where one of them is direct."""
    found: Counter[tuple[EntityRef, EntityRef]] = Counter()
    direct: set[tuple[EntityRef, EntityRef]] = set()
    for thing, box in inside.items():
        for relation in catalog.relations.get(thing, ()):
            if relation.type not in _NEEDS and relation.type not in _NEEDED_BY:
                continue
            other = inside.get(relation.target) or _outside(catalog, relation.target)
            if relation.type in _NEEDED_BY and relation.target in inside:
                continue  # the other end says the same
            pair = (box, other) if relation.type in _NEEDS else (other, box)
            if box != other and ref not in pair:
                found[pair] += 1
                direct |= {pair} if relation.type in {"dependsOn", "dependencyOf"} else set()
    return {pair: (number, "depends" if pair in direct else "api") for pair, number in found.items()}


def _outside(catalog: Catalog, ref: EntityRef) -> EntityRef:
    """The system that stands for an entity elsewhere; itself where it has none that exists."""
    system = questions.system_of(catalog, ref)
    return system if system in catalog.entities and system is not None else ref


def organisation(catalog: Catalog, limit: int = TREE_LIMIT, *, tops: Iterable[EntityRef] = (), words: Mapping[str, str] = WORDS) -> Graph:
    """The tree of groups from the top (or from ``tops``), level by level while there is room; what is cut is counted."""
    sketch = Sketch()
    level, hidden = kept(list(tops) or by_importance(catalog, questions.roots(catalog)), limit)
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
        group: [child for child in questions.children_of(catalog, group) if child in catalog.entities and child not in sketch.nodes]
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
    below, members = len(questions.teams_below(catalog, group)), len(questions.members_of(catalog, group))
    parts = [("diagram_below", below), ("diagram_members", members)]
    return " · ".join(counted(words, key, number) for key, number in parts if number)
