"""Some entities of a catalog → a diagram of them with the relations among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callboard.catalog.graph import Catalog
from callboard.diagrams.graph import WORDS, EdgeKind, Graph, Sketch, by_importance, counted, fitting, more_node, node_of
from callboard.model.ref import EntityRef

COLUMNS = 5
"""Most columns, which a page of text shows in a readable size."""
MOST_EDGES = 150
"""Most lines; more are unreadable."""
RELATIONS: Mapping[str, EdgeKind] = {
    "dependsOn": "depends", "consumesApi": "api", "apiProvidedBy": "api", "partOf": "part", "ownerOf": "owns", "parentOf": "member",
    "hasMember": "member",
}  # fmt: skip
"""Relations from the left to the right; of each pair of reverse relations one is drawn."""


def selection_graph(catalog: Catalog, refs: Iterable[EntityRef], limit: int, path: str, *, words: Mapping[str, str] = WORDS) -> Graph:
    """The entities in at most ``limit`` boxes, the most important ones first; ``path``: the list of all of them, below the site's root."""
    ordered = by_importance(catalog, refs)
    shown, hidden = fitting(ordered, limit)
    sketch = Sketch()
    for ref in shown:
        sketch.add(node_of(catalog, ref, words=words))
    visible = frozenset(shown)
    for ref in sorted(shown):
        for relation in catalog.relations.get(ref, ()):
            kind = RELATIONS.get(relation.type)
            if kind and relation.target in visible and relation.target != ref and len(sketch.edges) < MOST_EDGES:
                sketch.join(ref, relation.target, kind)
    if hidden:
        sketch.add(more_node("selection", hidden, path, words))
    return sketch.graph(counted(words, "diagram_selection", len(ordered)), COLUMNS)
