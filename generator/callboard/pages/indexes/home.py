"""Catalog → the view of the start page, cards of domains and systems, and diagrams of all teams and all domains."""

from __future__ import annotations

from callboard.catalog import organization, structure
from callboard.diagrams.drawing import Diagram, diagram
from callboard.diagrams.graph import Edge, Graph, node_of
from callboard.diagrams.maps import TREE_LIMIT, organisation
from callboard.model.data_classes import dataclass
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef
from callboard.model.urls import up_from
from callboard.pages.announcements.context import AnnouncementLink
from callboard.pages.changes.changes import LatestView
from callboard.pages.indexes.context import IndexContext
from callboard.pages.indexes.teams import TeamRow, team_row
from callboard.pages.safe_text import display_name
from callboard.pages.shared_views import ChipLink, CountView, EntityLink

CARDS = 24
"""Domains or systems that are shown."""
ROOTS = 12
"""Teams that are shown."""
_COUNTED = ("component", "api", "resource", "system", "group", "user")
"""Kinds whose number is shown."""
WORTH_DRAWING = 3
"""Nodes; a smaller diagram is no better than a list."""


@dataclass(frozen=True, slots=True)
class AreaCard:
    """A domain (or a system, if the portal has no domains) with its contents."""

    link: EntityLink
    sentence: str
    owner: EntityLink | None
    counts: tuple[CountView, ...]
    """Number of its contents by kind, without links."""
    problems: int
    """Number of problems of it and its contents."""


@dataclass(frozen=True, slots=True)
class HomeView:
    """The start page."""

    heading: str
    hints: tuple[ChipLink, ...]
    """Suggested searches that have results in this catalog."""
    numbers: tuple[CountView, ...]
    urgent: tuple[CountView, ...]
    """Numbers of open incidents, missed objectives and the like."""
    problems: int
    """Number of all problems, as on ``/problems/``."""
    errors: int
    """Number of errors among them."""
    has_teams: bool
    areas_title: str
    areas_path: str
    """The page with all of them, below the site's root."""
    areas: tuple[AreaCard, ...]
    areas_more: int
    """Number of those that are left out."""
    teams: tuple[TeamRow, ...]
    """The top teams of the organization."""
    teams_more: int
    is_empty: bool
    """True if the catalog has no entities."""
    latest: LatestView | None
    """The latest changes; None for none."""
    announcements: tuple[AnnouncementLink, ...] = ()
    """Those that have not ended, hidden until the browser finds that their days have come."""
    has_announcements: bool = False
    """Whether there is an archive of them."""
    places: tuple[str, ...] = ()
    """Paths of reports, and of pages about whom to ask, if there are any."""


def home_view(context: IndexContext) -> HomeView:
    """The view of the start page."""
    catalog, portal = context.catalog, context.settings.portal
    domains = structure.outermost(catalog, "domain")
    areas = domains or tuple(entity.ref for entity in catalog.of_kind("system"))
    tops = _tops(context)
    return HomeView(
        heading=context.labels["find_anything"].format(portal.organization or portal.name),
        hints=_hints(context),
        numbers=_numbers(context),
        urgent=context.urgent,
        problems=len(context.problems),
        errors=sum(problem.severity is Severity.ERROR for problem in context.problems),
        has_teams=next(catalog.of_kind("group"), None) is not None,
        areas_title=context.labels["by_domain" if domains else "by_system"],
        areas_path="domains/" if domains else "systems/",
        areas=tuple(area_card(context, ref) for ref in areas[:CARDS]),
        areas_more=max(len(areas) - CARDS, 0),
        teams=tuple(team_row(context, ref) for ref in tops[:ROOTS]),
        teams_more=max(len(tops) - ROOTS, 0),
        is_empty=not catalog.entities,
        latest=context.latest,
        announcements=context.announcements,
        has_announcements=context.has_announcements,
        places=context.places,
    )


def _tops(context: IndexContext) -> list[EntityRef]:
    """The top teams; the children of a single one."""
    entities = context.catalog.entities
    tops = [ref for ref in organization.roots(context.catalog) if ref in entities]
    if len(tops) > 1 or not tops:
        return tops
    return [ref for ref in organization.children_of(context.catalog, tops[0]) if ref in entities and ref != tops[0]] or tops


def area_card(context: IndexContext, ref: EntityRef) -> AreaCard:
    """The card of a domain or system, with its contents at any depth."""
    entity = context.catalog.entities[ref]
    contents = [part for part in structure.everything_in(context.catalog, ref) if part in context.catalog.entities]
    return AreaCard(
        link=context.links.to(ref),
        sentence=context.sentence(entity),
        owner=context.owner_of(ref),
        counts=context.counts(contents),
        problems=context.problem_count(ref, *contents),
    )


def _numbers(context: IndexContext) -> tuple[CountView, ...]:
    numbers = {kind: sum(1 for _ in context.catalog.of_kind(kind)) for kind in _COUNTED}
    return tuple(
        CountView(number, _named(context, kind, number), context.kind_icon(kind), "teams/" if kind == "group" else f"catalog/?kind={kind}")
        for kind, number in numbers.items()
        if number
    )


def _named(context: IndexContext, kind: str, number: int) -> str:
    """The name of a kind for this number: groups are teams, users are people."""
    keys = {"group": "teams", "user": "people"}
    return context.labels[keys[kind]] if kind in keys else context.kind_name(kind, number)


def _hints(context: IndexContext) -> tuple[ChipLink, ...]:
    """The names of the component, API, group and system with the most relations."""
    types_by_kind = (
        ("component", ("dependencyOf", "hasPart")),
        ("api", ("apiConsumedBy",)),
        ("group", ("ownerOf",)),
        ("system", ("hasPart",)),
    )
    refs = (_hub(context, kind, types) for kind, types in types_by_kind)
    names = dict.fromkeys(display_name(context.catalog.entities[ref]) for ref in refs if ref)
    return tuple(ChipLink(name, "search/") for name in names)


def _hub(context: IndexContext, kind: str, types: tuple[str, ...]) -> EntityRef | None:
    """The entity of a kind with the most such relations; the first by name among equals; None for a kind without entities."""
    refs = [entity.ref for entity in context.catalog.of_kind(kind)]
    return min(refs, key=lambda ref: (-len(context.catalog.targets(ref, *types)), ref), default=None)


def organization_diagram(context: IndexContext) -> Diagram | None:
    """The tree of teams, cut at ``TREE_LIMIT``; None if there is too little to draw."""
    graph = organisation(context.catalog, TREE_LIMIT, words=context.labels)
    return (
        diagram(graph, context.layouts, up_from("teams/"), context.labels, key="organisation")
        if len(graph.nodes) >= WORTH_DRAWING
        else None
    )


def domain_diagram(context: IndexContext) -> Diagram | None:
    """All domains with their sub-domains and systems; None if there is too much or too little to draw."""
    edges = tuple(_edges(context))
    refs = tuple(dict.fromkeys(ref for edge in edges for ref in edge))
    if not WORTH_DRAWING <= len(refs) <= TREE_LIMIT:
        return None
    nodes = tuple(node_of(context.catalog, ref, words=context.labels) for ref in refs)
    graph = Graph(context.labels["map_of_domains"], nodes, tuple(Edge(parent, child, "member") for parent, child in edges))
    return diagram(graph, context.layouts, up_from("domains/"), context.labels, key="domains")


def _edges(context: IndexContext) -> list[tuple[EntityRef, EntityRef]]:
    """Each domain with each sub-domain and system directly in it."""
    return [
        (entity.ref, part)
        for entity in context.catalog.of_kind("domain")
        for part in structure.parts(context.catalog, entity.ref, "domain", "system")
        if part in context.catalog.entities and part != entity.ref
    ]
