"""Systems and domains: a map, and what is in them."""

from __future__ import annotations

from markupsafe import Markup

from generator.catalog import questions
from generator.diagrams.drawing import draw
from generator.diagrams.maps import domain_map, system_map
from generator.model.entity import Entity
from generator.model.ref import EntityRef
from generator.pages.entities.context import LIST_LIMIT, EntityContext
from generator.pages.entities.lists import counts_by_kind, plural, table_view
from generator.pages.entities.view import Section
from generator.pages.parts import catalog_path
from generator.pages.urls import entity_path, up_from

_ORDER = ("domain", "system", "component", "api", "resource")


def contents(context: EntityContext, entity: Entity) -> tuple[Section, ...]:
    """One section for each kind of part; the map stands in the first one."""
    found = questions.contents(context.catalog, entity.ref)
    ordered = sorted(found, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))
    sections = tuple(_of_kind(context, entity, kind, found[kind]) for kind in ordered)
    if not sections:
        return ()
    refs = [ref for refs in found.values() for ref in refs]
    counts = counts_by_kind(context, refs) if len(found) > 1 else ()
    return (Section("map", context.labels["map"], "map", (_map(context, entity), counts), f"{len(refs):,}"), *sections)


def _of_kind(context: EntityContext, entity: Entity, kind: str, refs: tuple[EntityRef, ...]) -> Section:
    title = plural(context, kind)
    more_path = catalog_path(kind=kind, system=str(entity.ref)) if entity.ref.kind == "system" else ""
    table = table_view(context, title, [(ref, "") for ref in refs], more_path=more_path)
    return Section(f"contains-{kind}", title, "table", table, f"{len(refs):,}")


def _map(context: EntityContext, entity: Entity) -> Markup:
    make = system_map if entity.ref.kind == "system" else domain_map
    graph = make(context.catalog, entity.ref, LIST_LIMIT)
    return draw(graph, context.layouts, up_from(entity_path(entity.ref)))
