"""Diagrams of the whole portal: the organisation, and domains with their systems."""

from __future__ import annotations

from markupsafe import Markup

from generator.catalog import questions
from generator.diagrams.drawing import draw
from generator.diagrams.graph import Edge, Graph
from generator.diagrams.maps import TREE_LIMIT, organisation
from generator.diagrams.nodes import node_of
from generator.model.ref import EntityRef
from generator.pages.indexes.context import IndexContext
from generator.pages.urls import up_from

WORTH_DRAWING = 3
"""Boxes; fewer say nothing that a list does not."""


def organisation_diagram(context: IndexContext) -> Markup | None:
    """The tree of teams, cut where there is no room; None where there is too little to draw."""
    graph = organisation(context.catalog, TREE_LIMIT)
    return draw(graph, context.layouts, up_from("teams/"), key="organisation") if len(graph.nodes) >= WORTH_DRAWING else None


def domain_diagram(context: IndexContext) -> Markup | None:
    """All domains with their sub-domains and systems; None where there is too much or too little to draw."""
    edges = tuple(_edges(context))
    refs = tuple(dict.fromkeys(ref for edge in edges for ref in edge))
    if not WORTH_DRAWING <= len(refs) <= TREE_LIMIT:
        return None
    nodes = tuple(node_of(context.catalog, ref) for ref in refs)
    graph = Graph(context.labels["map_of_domains"], nodes, tuple(Edge(parent, child, "member") for parent, child in edges))
    return draw(graph, context.layouts, up_from("domains/"), key="domains")


def _edges(context: IndexContext) -> list[tuple[EntityRef, EntityRef]]:
    """Each domain with each sub-domain and system directly in it."""
    return [
        (entity.ref, part)
        for entity in context.catalog.of_kind("domain")
        for part in questions.parts(context.catalog, entity.ref, "domain", "system")
        if part in context.catalog.entities and part != entity.ref
    ]
