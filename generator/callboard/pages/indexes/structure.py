"""Systems by domain, the domains, and all APIs by type."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from callboard.catalog import presentation, structure
from callboard.model.ref import EntityRef
from callboard.pages.indexes.context import IndexContext
from callboard.pages.indexes.home import AreaCard, area_card
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import CountView, EntityLink, StateView, catalog_path, lifecycle_of

ROWS = 500
"""Domains with a card of their own."""
FULL = 80
"""Systems that are told about in a row each; where there are more, their names say it."""
NAMES = 480
"""Systems that are named at most."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One system in a list."""

    link: EntityLink
    sentence: str
    owner: EntityLink | None
    counts: tuple[CountView, ...]
    """What lies in it by kind, each leading to the table."""
    problems: int


@dataclass(frozen=True, slots=True)
class SystemGroup:
    """The systems of one domain."""

    id: str
    """Anchor of the heading."""
    domain: EntityLink | None
    """None for systems that belong to none."""
    rows: tuple[SystemRow, ...]
    names: tuple[EntityLink, ...] = ()
    """In place of rows, where there are many systems."""
    count: int = 0
    more: int = 0
    """Systems of this domain that the page leaves out; the domain's page has them."""


@dataclass(frozen=True, slots=True)
class SystemsView:
    """The page about all systems."""

    count: int
    groups: tuple[SystemGroup, ...]
    more: int
    """How many the page leaves out."""
    all_path: str
    """All systems in the table; empty where each has a row."""
    homeless: int
    """Components, APIs and resources that name no system."""
    homeless_path: str


@dataclass(frozen=True, slots=True)
class DomainsView:
    """The page about all domains."""

    count: int
    cards: tuple[AreaCard, ...]
    map: Markup | None
    """Domains and systems as SVG; None where there is too much or too little to draw."""


def systems_view(context: IndexContext) -> SystemsView:
    """All that the page about systems says: by domain, those without one last."""
    catalog, found = context.catalog, [entity.ref for entity in context.catalog.of_kind("system")]
    groups: dict[EntityRef | None, list[EntityRef]] = {}
    for ref in found:
        groups.setdefault(structure.domain_of(catalog, ref), []).append(ref)
    order = sorted(groups, key=lambda domain: (domain is None, domain not in catalog.entities, domain or ()))
    room = None if len(found) <= FULL else max(NAMES // max(len(groups), 1), 1)
    shown = order if room is None else order[:NAMES]
    loose = [e.ref for e in catalog.of_kind("component", "api", "resource") if structure.system_of(catalog, e.ref) is None]
    return SystemsView(
        count=len(found),
        groups=tuple(_group(context, domain, groups[domain], at, room) for at, domain in enumerate(shown)),
        more=sum(len(groups[domain]) for domain in order[len(shown) :]),
        all_path=catalog_path(kind="system") if room is not None else "",
        homeless=len(loose),
        homeless_path=f"{catalog_path(system='~none')}&kind=component&kind=api&kind=resource",
    )


def _group(context: IndexContext, domain: EntityRef | None, refs: list[EntityRef], at: int, room: int | None) -> SystemGroup:
    link = context.links.to(domain) if domain else None
    if room is None:
        return SystemGroup(f"d{at}", link, tuple(_row(context, ref) for ref in refs), count=len(refs))
    return SystemGroup(f"d{at}", link, (), context.links.all(tuple(refs[:room])), len(refs), max(len(refs) - room, 0))


def _row(context: IndexContext, ref: EntityRef) -> SystemRow:
    parts = tuple(part for part in structure.parts(context.catalog, ref) if part in context.catalog.entities)
    return SystemRow(
        link=context.links.to(ref),
        sentence=context.sentence(context.catalog.entities[ref]),
        owner=context.owner_of(ref),
        counts=context.counts(parts, system=str(ref)),
        problems=context.problem_count(ref, *parts),
    )


def domains_view(context: IndexContext, drawn: Markup | None = None) -> DomainsView:
    """All that the page about domains says."""
    refs = [entity.ref for entity in context.catalog.of_kind("domain")]
    return DomainsView(len(refs), tuple(area_card(context, ref) for ref in refs[:ROWS]), drawn)


API_ROWS = 80
"""Rows of the page, shared out among the types; the table of the catalog has them all."""
TYPES = 10
"""Types with rows of their own where not all can have some; the most frequent ones."""
PROVIDERS = 3


@dataclass(frozen=True, slots=True)
class ApiRow:
    """One API in a list."""

    link: EntityLink
    sentence: str
    owner: EntityLink | None
    providers: tuple[EntityLink, ...]
    providers_more: int
    consumers: int
    lifecycle: StateView | None
    problems: int


@dataclass(frozen=True, slots=True)
class ApiGroup:
    """The APIs of one type."""

    id: str
    """Anchor of the heading."""
    type: str
    """Empty for those that name none."""
    count: int
    rows: tuple[ApiRow, ...]
    path: str
    """All of them in the table."""


@dataclass(frozen=True, slots=True)
class ApisView:
    """The page about all APIs."""

    count: int
    groups: tuple[ApiGroup, ...]
    """The largest first."""


def apis_view(context: IndexContext) -> ApisView:
    """All that the page about APIs says."""
    types: dict[str, list[EntityRef]] = {}
    for entity in context.catalog.of_kind("api"):
        types.setdefault(text_of(presentation.type_of(entity), 60), []).append(entity.ref)
    order = sorted(types, key=lambda name: (not name, -len(types[name]), name))
    room = API_ROWS if sum(map(len, types.values())) <= API_ROWS else API_ROWS // min(len(types), TYPES)
    groups = tuple(
        _api_group(context, name, types[name], at, room if at < TYPES or room == API_ROWS else 0) for at, name in enumerate(order)
    )
    return ApisView(sum(group.count for group in groups), groups)


def _api_group(context: IndexContext, name: str, refs: list[EntityRef], at: int, room: int) -> ApiGroup:
    rows = tuple(_api_row(context, ref) for ref in refs[:room])
    return ApiGroup(f"t{at}", name, len(refs), rows, catalog_path(kind="api", type=name or "~none"))


def _api_row(context: IndexContext, ref: EntityRef) -> ApiRow:
    entity, providers = context.catalog.entities[ref], structure.providers(context.catalog, ref)
    return ApiRow(
        link=context.links.to(ref),
        sentence=context.sentence(entity),
        owner=context.owner_of(ref),
        providers=context.links.all(providers[:PROVIDERS]),
        providers_more=max(len(providers) - PROVIDERS, 0),
        consumers=len(structure.consumers(context.catalog, ref)),
        lifecycle=lifecycle_of(entity),
        problems=context.problem_count(ref),
    )
