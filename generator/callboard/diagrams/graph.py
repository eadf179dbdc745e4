"""Entities of a catalog → nodes and edges of a diagram, and their order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from types import MappingProxyType
from typing import Literal, NamedTuple
from urllib.parse import quote

from callboard.catalog import organization, presentation
from callboard.catalog.graph import Catalog
from callboard.catalog.names import UNKNOWN_KIND_ICON
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path

NodeId = EntityRef | str
EdgeKind = Literal["depends", "api", "part", "owns", "member"]
State = Literal["", "root", "missing", "more", "outside"]


class Node(NamedTuple):
    """One box. A tuple, since each is looked up in caches by all its fields for every diagram that it is in."""

    id: NodeId
    """The entity, or a string for other boxes (``more:left``); unique in its graph."""
    label: str
    """First line; cut to the box when drawn."""
    sub: str
    """Second line, small: ``service · team-checkout``."""
    icon: str
    """Logical name of an icon."""
    path: str
    """Path of the linked page below the site's root; empty for no link."""
    state: State = ""
    """``root``: the page's entity. ``missing``: not in the catalog. ``more``: several. ``outside``: not in the map or portal."""


class Edge(NamedTuple):
    """``tail`` depends on (or is part of, or is above) ``head``."""

    tail: NodeId
    head: NodeId
    kind: EdgeKind
    """``api``: through an API (dashed). ``owns`` and ``member``: lines without an arrow."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A diagram for ``drawing.draw``, from left to right."""

    title: str
    """Description of the diagram in one sentence, for screen readers."""
    nodes: tuple[Node, ...]
    """In reading order; ids are unique."""
    edges: tuple[Edge, ...]
    """Edges to nodes outside of this graph are not drawn."""
    columns: int = 0
    """Most columns; 0 for as many as the longest path has."""

    @property
    def is_worth_drawing(self) -> bool:
        """False for a single box, which shows nothing beyond the page."""
        return len(self.nodes) > 1


WORDS: Mapping[str, str] = MappingProxyType(
    {
        "diagram_neighbourhood": "Relations of {}: {:,} on the left lead to it, {:,} on the right",
        "diagram_system": "Map of the system {} (parts: {:,}; neighbors: {:,})",
        "diagram_domain": "Map of the domain {} (parts: {:,}; neighbors: {:,})",
        "diagram_organisation": "Org chart: {:,} teams",
        "diagram_group": "Parent, sub-teams and owned entities of {}",
        "diagram_line_depends": "depends on",
        "diagram_line_api": "via an API",
        "diagram_line_part": "is part of",
        "diagram_line_owns": "owns",
        "diagram_line_member": "belongs to",
        "diagram_more": "{:,} more",
        "diagram_around_0": "{:,} more dependents",
        "diagram_around_0_1": "1 more dependent",
        "diagram_around_1": "{:,} more dependencies",
        "diagram_around_1_1": "1 more dependency",
        "diagram_missing": "not found in catalog",
        "diagram_elsewhere": "not in this portal",
        "diagram_members": "{:,} members",
        "diagram_members_1": "1 member",
        "diagram_owned": "{:,} {}",
        "diagram_selection": "{:,} entities with the relations among them",
        "diagram_selection_1": "1 entity",
        "diagram_below": "{:,} sub-teams",
        "diagram_below_1": "1 sub-team",
    }
)
"""Labels of diagrams in English, as `templates/strings/en.yaml` has them."""

ICON_MISSING = "missing"
ICON_MORE = "other"
_LINE = 200
"""Letters of a name in a node; a box shows far fewer."""


def node_of(catalog: Catalog, ref: EntityRef, *, state: State = "", words: Mapping[str, str] = WORDS, sub: str | None = None) -> Node:
    """The box of an entity; one that this portal does not have is marked and has no link. ``sub`` replaces type and owner."""
    if catalog.get(ref) is not None:
        return _with_owner(catalog, ref, state, words) if sub is None else _of_entity(catalog, ref, state, sub)
    if catalog.exists(ref):
        return Node(ref, ref.name[:_LINE], words["diagram_elsewhere"], _icon(catalog, ref), "", "outside")
    return Node(ref, ref.name[:_LINE], words["diagram_missing"], ICON_MISSING, "", "missing")


def _of_entity(catalog: Catalog, ref: EntityRef, state: State, sub: str) -> Node:
    return Node(ref, name_of(catalog, ref), sub, _icon(catalog, ref), entity_path(ref), state)


def _icon(catalog: Catalog, ref: EntityRef) -> str:
    kind = catalog.kinds.get(ref.kind)
    return kind.icon if kind else UNKNOWN_KIND_ICON


def _with_owner(catalog: Catalog, ref: EntityRef, state: State, words: Mapping[str, str]) -> Node:
    """The box with type and owner, made once for the diagrams of all neighbors: their pages read the entity and its relations."""
    known: tuple[Mapping[str, str], Node] | None = catalog.memo.get((ref, state))
    if known is None or known[0] is not words:
        known = catalog.keep((ref, state), (words, _of_entity(catalog, ref, state, _sub(catalog, ref, words))))
    catalog.relations.get(ref)
    return known[1]


def name_of(catalog: Catalog, ref: EntityRef) -> str:
    """The title of the entity, on one line and limited in length."""
    return " ".join(presentation.label(catalog, ref)[:_LINE].split()) or ref.name[:_LINE]


def _sub(catalog: Catalog, ref: EntityRef, words: Mapping[str, str]) -> str:
    """Type (or kind) and owner: ``service · team-checkout``."""
    entity, owner, known = catalog.entities[ref], organization.owner(catalog, ref), catalog.kinds.get(ref.kind)
    kind = " ".join(presentation.type_of(entity)[:40].split()) or (presentation.kind_label(known, words, 1) if known else entity.kind)
    return f"{kind} · {owner.name[:_LINE]}" if owner else kind


def more_node(key: str, number: int, path: str, words: Mapping[str, str] = WORDS) -> Node:
    """The box in place of ``number`` others; ``key`` makes it unique in its graph."""
    return Node(f"more:{key}", words["diagram_more"].format(number), "", ICON_MORE, path, "more")


def counted(words: Mapping[str, str], key: str, number: int) -> str:
    """A number with its noun; ``<key>_1`` for one."""
    return words[f"{key}_1" if number == 1 else key].format(number)


def table_path(**facets: str) -> str:
    """Path of the catalog table with these filters."""
    return "catalog/?" + "&".join(f"{key}={quote(value, safe=':/')}" for key, value in facets.items())


def by_importance(catalog: Catalog, refs: Iterable[EntityRef]) -> list[EntityRef]:
    """Each once: existing before missing, production before others, then by number of relations, then by name."""
    unique = dict.fromkeys(refs)
    return sorted(unique, key=lambda ref: _importance(catalog, ref)) if len(unique) > 1 else list(unique)


def _importance(catalog: Catalog, ref: EntityRef) -> tuple[bool, bool, int, EntityRef]:
    entity = catalog.get(ref)
    is_production = entity is not None and entity.spec.get("lifecycle") == "production"
    return entity is None, not is_production, -len(catalog.relations.get(ref, ())), ref


def shares(room: int, demands: Sequence[int]) -> list[int]:
    """``room`` distributed evenly: each share is at most its demand, and unused room goes to the others."""
    given = [0] * len(demands)
    open_demands = [i for i, demand in enumerate(demands) if demand > 0]
    while room > 0 and open_demands:
        part = max(1, room // len(open_demands))
        for i in list(open_demands):
            share = min(part, demands[i] - given[i], room)
            given[i] += share
            room -= share
            if given[i] == demands[i]:
                open_demands.remove(i)
    return given


def fitting(refs: Sequence[EntityRef], room: int) -> tuple[Sequence[EntityRef], int]:
    """The first ``refs`` that fit into ``room`` boxes, and the number of the others, which need one box together."""
    return (refs, 0) if len(refs) <= room else (refs[: max(room - 1, 0)], len(refs) - max(room - 1, 0))


@dataclass(slots=True)
class Sketch:
    """A graph under construction; each node and edge is added once."""

    nodes: dict[NodeId, Node] = field(default_factory=dict)
    edges: dict[tuple[NodeId, NodeId], Edge] = field(default_factory=dict)

    def add(self, node: Node) -> None:
        """Add a node, unless there is one with its id."""
        self.nodes.setdefault(node.id, node)

    def join(self, tail: NodeId, head: NodeId, kind: EdgeKind) -> None:
        """Add an edge, unless there is one between the two nodes, or they are the same."""
        if tail != head:
            self.edges.setdefault((tail, head), Edge(tail, head, kind))

    def graph(self, title: str, columns: int = 0) -> Graph:
        """The graph of all nodes and edges."""
        return Graph(title, tuple(self.nodes.values()), tuple(self.edges.values()), columns)
