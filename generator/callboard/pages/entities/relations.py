"""Entity → sections about its relations: diagram, dependencies, impact, and contents of a system or domain."""

from __future__ import annotations

import re
from collections.abc import Iterable

from callboard.catalog import dependencies, structure
from callboard.catalog.impact import Impact, ImpactByTeam
from callboard.diagrams.drawing import Diagram
from callboard.diagrams.drawing import diagram as drawn
from callboard.diagrams.maps import domain_map, system_map
from callboard.diagrams.neighbourhood import neighbourhood
from callboard.model.entity import Entity
from callboard.model.ref import EntityRef
from callboard.model.urls import entity_path, up_from
from callboard.pages.entities.context import LIST_LIMIT, EntityContext
from callboard.pages.entities.lists import counts_by_kind, list_view, more, numbered, table_view
from callboard.pages.entities.view import ImpactView, ListView, RelationsView, TeamImpact
from callboard.pages.section import Section
from callboard.pages.shared_views import catalog_path

NAMES_LIMIT = 3
"""Entities of one team that are named."""
_ORDER = ("domain", "system", "component", "api", "resource")
"""Kinds of parts in the order of their sections; other kinds follow by name."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
KNOWN_RELATIONS = frozenset({
    "ownedBy", "ownerOf", "partOf", "hasPart", "dependsOn", "dependencyOf", "providesApi", "apiProvidedBy", "consumesApi", "apiConsumedBy",
    "parentOf", "childOf", "hasMember", "memberOf",
})  # fmt: skip
"""Relations that have a section or field of their own on some page."""


def relations(context: EntityContext, entity: Entity) -> Section | None:
    """Diagram, dependents and dependencies; None for an entity without relations."""
    labels = context.labels
    lists = (
        _dependencies(context, labels["dependents"], "dependents", dependencies.dependents(context.catalog, entity.ref)),
        _dependencies(context, labels["dependencies"], "dependencies", dependencies.dependencies(context.catalog, entity.ref)),
        *_others(context, entity),
    )
    filled = tuple(view for view in lists if view)
    if not filled:
        return None
    return Section("relations", labels["relations"], "relations", RelationsView(diagram(context, entity), filled))


def other_relations(context: EntityContext, entity: Entity) -> Section | None:
    """Relations of custom kinds, for pages with sections of their own for all other relations; None for none."""
    filled = tuple(view for view in _others(context, entity) if view)
    return Section("other-relations", context.labels["relations"], "relations", RelationsView(None, filled)) if filled else None


def diagram(context: EntityContext, entity: Entity) -> Diagram | None:
    """The entity with its neighbors; None for an entity without any."""
    graph = neighbourhood(context.catalog, entity.ref, context.settings.limits.diagram_nodes, words=context.labels)
    return drawn(graph, context.layouts, up_from(entity_path(entity.ref)), context.labels)


def _dependencies(context: EntityContext, title: str, icon: str, related: Iterable[dependencies.Dependency]) -> ListView | None:
    pairs = [(dependency.ref, _role(context, dependency)) for dependency in related]
    return list_view(context, title, icon, pairs)


def _role(context: EntityContext, dependency: dependencies.Dependency) -> str:
    labels = context.labels
    if dependency.via is not None:
        return labels["via"].format(context.links.to(dependency.via).name)
    if dependency.how == "dependsOn":
        return ""
    return labels["consumes"]


def _others(context: EntityContext, entity: Entity) -> tuple[ListView | None, ...]:
    """Relations of custom kinds: a card for each type, titled by the kind's schema."""
    types = sorted({r.type for r in context.catalog.relations.get(entity.ref, ())} - KNOWN_RELATIONS)
    targets, labels = context.catalog.targets, context.catalog.kinds.labels
    cards = ((labels.get(kind) or _words(kind), [(ref, "") for ref in targets(entity.ref, kind)]) for kind in types)
    return tuple(list_view(context, title, "other", pairs) for title, pairs in cards)


def _words(camel: str) -> str:
    """``deployedTo`` as ``Deployed to``."""
    return _CAMEL.sub(" ", camel[:60]).capitalize()


def impact(context: EntityContext, entity: Entity) -> Section | None:
    """Entities that are affected if the entity fails or is removed, by team; None for none."""
    affected = context.impacts[entity.ref]
    if not affected.teams:
        return None
    teams = tuple(_team(context, team) for team in affected.teams)
    count = f"{affected.total:,}+" if affected.truncated else f"{affected.total:,}"
    view = ImpactView(teams, more(context, affected.owners, len(teams)), catalog_path(**{"affected-by": str(entity.ref)}))
    return Section("impact", context.labels["what_breaks"], "impact", view, count, _extent(context, affected))


def _extent(context: EntityContext, affected: Impact) -> str:
    """Number of teams, and steps to the farthest entity, in words; empty for one entity, of which its row says the same."""
    if affected.total == 1:
        return ""
    return ", ".join((numbered(context, "n_teams", affected.named), numbered(context, "up_to_n_steps", affected.farthest)))


def _team(context: EntityContext, team: ImpactByTeam) -> TeamImpact:
    named = team.refs[:NAMES_LIMIT]
    link = context.links.to(team.team) if team.team else None
    return TeamImpact(link, context.links.all(named), more(context, len(team.refs), len(named)), _distance(context, team))


def _distance(context: EntityContext, team: ImpactByTeam) -> str:
    """Steps to the nearest and to the farthest of a team's entities."""
    labels = context.labels
    if team.farthest == 1:
        return labels["directly"]
    if team.nearest == team.farthest:
        return labels["n_steps"].format(team.nearest)
    return labels["n_to_n_steps"].format(team.nearest, team.farthest)


def contents(context: EntityContext, entity: Entity) -> tuple[Section, ...]:
    """A section with the map, and one for each kind of part; none for an entity without parts."""
    by_kind = structure.contents(context.catalog, entity.ref)
    ordered = sorted(by_kind, key=lambda kind: (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), kind))
    sections = tuple(_of_kind(context, entity, kind, by_kind[kind]) for kind in ordered)
    if not sections:
        return ()
    refs = [ref for refs in by_kind.values() for ref in refs]
    counts = counts_by_kind(context, refs) if len(by_kind) > 1 else ()
    return (Section("map", context.labels["map"], "map", (_map(context, entity), counts), f"{len(refs):,}"), *sections)


def _of_kind(context: EntityContext, entity: Entity, kind: str, refs: tuple[EntityRef, ...]) -> Section:
    title = context.kind_name(kind)
    more_path = catalog_path(kind=kind, system=str(entity.ref)) if entity.ref.kind == "system" else ""
    table = table_view(context, title, [(ref, "") for ref in refs], more_path=more_path)
    return Section(f"contains-{kind}", title, "table", table, f"{len(refs):,}")


def _map(context: EntityContext, entity: Entity) -> Diagram | None:
    make = system_map if entity.ref.kind == "system" else domain_map
    graph = make(context.catalog, entity.ref, LIST_LIMIT, words=context.labels)
    return drawn(graph, context.layouts, up_from(entity_path(entity.ref)), context.labels)
