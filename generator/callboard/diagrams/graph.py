"""A diagram as a value: its nodes, how entities become nodes and in which order, its edges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import quote

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path

NodeId = EntityRef | str
EdgeKind = Literal["depends", "api", "part", "owns", "member"]
State = Literal["", "root", "missing", "more", "outside"]


@dataclass(frozen=True, slots=True)
class Node:
    """One box."""

    id: NodeId
    """The entity, or a text for boxes that are none (``more:left``); unique in its graph."""
    label: str
    """First line; cut to the box when drawn."""
    sub: str
    """Second line, small: ``service · team-checkout``."""
    icon: str
    """Logical name of an icon."""
    path: str
    """Where it leads, below the site's root; empty for nowhere."""
    state: State = ""
    """``root``: the page's own. ``missing``: dangling. ``more``: stands for several. ``outside``: not part of what is mapped."""


@dataclass(frozen=True, slots=True)
class Edge:
    """``tail`` needs (or is part of, or leads to) ``head``."""

    tail: NodeId
    head: NodeId
    kind: EdgeKind
    """``api``: through an API (dashed). ``owns`` and ``member``: lines without an arrow."""


@dataclass(frozen=True, slots=True)
class Graph:
    """What ``drawing.draw`` draws, from left to right."""

    title: str
    """What it shows, in one sentence for those who do not see it."""
    nodes: tuple[Node, ...]
    """In the order in which people should meet them; ids are unique."""
    edges: tuple[Edge, ...]
    """Between nodes of this graph; others are not drawn."""
    columns: int = 0
    """At most so many columns; 0: as many as the longest way needs."""

    @property
    def is_worth_drawing(self) -> bool:
        """A box alone says nothing that the page does not say."""
        return len(self.nodes) > 1


WORDS: Mapping[str, str] = MappingProxyType(
    {
        "diagram_neighbourhood": "Relations of {name}: {left} on the left lead to it, {right} on the right",
        "diagram_system": "Map of the system {name}: {inside} parts and {outside} neighbors",
        "diagram_domain": "Map of the domain {name}: {inside} parts and {outside} neighbors",
        "diagram_organisation": "Org chart: {number} teams",
        "diagram_group": "Parent, sub-teams and owned entities of {name}",
        "diagram_more": "{number} more",
        "diagram_around_0": "{number} more dependents",
        "diagram_around_0_1": "1 more dependent",
        "diagram_around_1": "{number} more dependencies",
        "diagram_around_1_1": "1 more dependency",
        "diagram_missing": "not found in catalog",
        "diagram_members": "{number} members",
        "diagram_members_1": "1 member",
        "diagram_owned": "{number} {kind}",
        "diagram_below": "{number} sub-teams",
        "diagram_below_1": "1 sub-team",
    }
)
"""What diagrams say, in English; a portal's strings may say it in its language."""

ICON_UNKNOWN = "entity"
ICON_MISSING = "missing"
ICON_MORE = "other"
_LINE = 200
"""Letters kept of a name; the box shows far fewer."""


def node_of(catalog: Catalog, ref: EntityRef, *, state: State = "", words: Mapping[str, str] = WORDS, sub: str | None = None) -> Node:
    """The box of an entity; one that does not exist is marked and leads nowhere. ``sub`` replaces type and owner."""
    entity = catalog.get(ref)
    if entity is None:
        return Node(ref, ref.name[:_LINE], words["diagram_missing"], ICON_MISSING, "", "missing")
    kind = catalog.kinds.get(ref.kind)
    return Node(
        ref, name_of(catalog, ref), _sub(catalog, ref) if sub is None else sub, kind.icon if kind else ICON_UNKNOWN, entity_path(ref), state
    )


def name_of(catalog: Catalog, ref: EntityRef) -> str:
    """What people call the entity, on one line and bounded."""
    return " ".join(presentation.label(catalog, ref)[:_LINE].split()) or ref.name[:_LINE]


def _sub(catalog: Catalog, ref: EntityRef) -> str:
    """Type (or kind) and owner: ``service · team-checkout``."""
    entity, owner = catalog.entities[ref], organization.owner(catalog, ref)
    kind = " ".join(presentation.type_of(entity)[:40].split()) or entity.kind
    return f"{kind} · {owner.name[:_LINE]}" if owner else kind


def more_node(key: str, number: int, path: str, words: Mapping[str, str] = WORDS) -> Node:
    """The box that stands for ``number`` others; ``key`` makes it unique in its graph."""
    return Node(f"more:{key}", words["diagram_more"].format(number=f"{number:,}"), "", ICON_MORE, path, "more")


def counted(words: Mapping[str, str], key: str, number: int) -> str:
    """A number with its noun; ``<key>_1`` for one."""
    return words[f"{key}_1" if number == 1 else key].format(number=f"{number:,}")


def table_path(**facets: str) -> str:
    """The catalog table with these filters."""
    return "catalog/?" + "&".join(f"{key}={quote(value, safe=':/')}" for key, value in facets.items())


def by_importance(catalog: Catalog, refs: Iterable[EntityRef]) -> list[EntityRef]:
    """Each once: what exists before what does not, production before the rest, well connected before lonely, then by name."""
    once = dict.fromkeys(refs)
    return sorted(once, key=lambda ref: _importance(catalog, ref)) if len(once) > 1 else list(once)


def _importance(catalog: Catalog, ref: EntityRef) -> tuple[bool, bool, int, EntityRef]:
    entity = catalog.get(ref)
    production = entity is not None and entity.spec.get("lifecycle") == "production"
    return entity is None, not production, -len(catalog.relations.get(ref, ())), ref


def shares(room: int, wanted: Sequence[int]) -> list[int]:
    """Room given out evenly: nobody gets more than wanted, and what one leaves goes to the others."""
    given = [0] * len(wanted)
    waiting = [i for i, want in enumerate(wanted) if want > 0]
    while room > 0 and waiting:
        part = max(1, room // len(waiting))
        for i in list(waiting):
            take = min(part, wanted[i] - given[i], room)
            given[i] += take
            room -= take
            if given[i] == wanted[i]:
                waiting.remove(i)
    return given


def kept(refs: Sequence[EntityRef], room: int) -> tuple[Sequence[EntityRef], int]:
    """The first of them that fit, and how many do not; the box that says so needs a place too."""
    return (refs, 0) if len(refs) <= room else (refs[: max(room - 1, 0)], len(refs) - max(room - 1, 0))


@dataclass(slots=True)
class Sketch:
    """A graph that is growing; nodes and edges enter once."""

    nodes: dict[NodeId, Node] = field(default_factory=dict)
    edges: dict[tuple[NodeId, NodeId], Edge] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """The first box of an id stays."""
        self.nodes.setdefault(node.id, node)

    def join(self, tail: NodeId, head: NodeId, kind: EdgeKind) -> None:
        """The first edge between two boxes stays; nothing leads to itself."""
        if tail != head:
            self.edges.setdefault((tail, head), Edge(tail, head, kind))

    def graph(self, title: str, columns: int = 0) -> Graph:
        """The finished value."""
        return Graph(title, tuple(self.nodes.values()), tuple(self.edges.values()), columns)
