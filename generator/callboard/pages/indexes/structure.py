"""Catalog → views of ``/systems/`` by domain, ``/domains/``, and ``/apis/`` by type."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.catalog import presentation, structure
from callboard.diagrams.drawing import Diagram
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.pages.indexes.api_filters import ApiFilter, ApiFilters
from callboard.pages.indexes.context import IndexContext
from callboard.pages.indexes.home import AreaCard, area_card
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import CountView, EntityLink, StateView, catalog_path, lifecycle_of

DOMAINS = 500
"""Domains that are shown."""
SYSTEM_ROWS = 80
"""With more systems than these, their names are listed instead of rows."""
SYSTEM_NAMES = 480
"""Names of systems that are listed."""
API_ROWS = 80
"""Rows of ``/apis/``, divided among the types; the table of the catalog has all APIs."""
API_TYPES = 10
"""Types that have rows if not all APIs do; the most frequent ones."""
PROVIDERS = 3
"""Providers of one API that are named."""


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One system in a list."""

    link: EntityLink
    sentence: str
    owner: EntityLink | None
    counts: tuple[CountView, ...]
    """Number of its parts by kind, each with a link to the table."""
    problems: int
    """Number of problems of it and its parts."""


@dataclass(frozen=True, slots=True)
class SystemGroup:
    """The systems of one domain."""

    id: str
    """Anchor of the heading."""
    domain: EntityLink | None
    """None for systems without a domain."""
    rows: tuple[SystemRow, ...]
    names: tuple[EntityLink, ...] = ()
    """Instead of rows, if there are many systems."""
    count: int = 0
    """Number of systems of the domain."""
    more: int = 0
    """Number of systems that are left out; the domain's page has them."""


@dataclass(frozen=True, slots=True)
class SystemsView:
    """``/systems/``."""

    count: int
    groups: tuple[SystemGroup, ...]
    more: int
    """Number of systems of domains that are left out."""
    all_path: str
    """The table of all systems; empty if each has a row."""
    without_system: int
    """Number of components, APIs and resources that declare no system."""
    without_system_path: str
    """The table of these."""


@dataclass(frozen=True, slots=True)
class DomainsView:
    """``/domains/``."""

    count: int
    cards: tuple[AreaCard, ...]
    map: Diagram | None
    """Domains and systems as SVG; None if there is too much or too little to draw."""


def systems_view(context: IndexContext) -> SystemsView:
    """The view of ``/systems/``: by domain, systems without one last."""
    catalog, systems = context.catalog, [entity.ref for entity in context.catalog.of_kind("system")]
    groups: dict[EntityRef | None, list[EntityRef]] = {}
    for ref in systems:
        groups.setdefault(structure.domain_of(catalog, ref), []).append(ref)
    order = sorted(groups, key=lambda domain: (domain is None, domain not in catalog.entities, domain or ()))
    names = 0 if len(systems) <= SYSTEM_ROWS else max(SYSTEM_NAMES // max(len(groups), 1), 1)
    shown = order[:SYSTEM_NAMES] if names else order
    without_system = [e.ref for e in catalog.of_kind("component", "api", "resource") if structure.system_of(catalog, e.ref) is None]
    return SystemsView(
        count=len(systems),
        groups=tuple(_group(context, domain, groups[domain], at, names) for at, domain in enumerate(shown)),
        more=sum(len(groups[domain]) for domain in order[len(shown) :]),
        all_path=catalog_path(kind="system") if names else "",
        without_system=len(without_system),
        without_system_path=f"{catalog_path(system='~none')}&kind=component&kind=api&kind=resource",
    )


def _group(context: IndexContext, domain: EntityRef | None, refs: list[EntityRef], at: int, names: int) -> SystemGroup:
    """The systems of a domain; ``names`` is the number of names that are listed, 0 for rows."""
    link = context.links.to(domain) if domain else None
    if not names:
        return SystemGroup(f"d{at}", link, tuple(_row(context, ref) for ref in refs), count=len(refs))
    return SystemGroup(f"d{at}", link, (), context.links.all(tuple(refs[:names])), len(refs), max(len(refs) - names, 0))


def _row(context: IndexContext, ref: EntityRef) -> SystemRow:
    parts = tuple(part for part in structure.parts(context.catalog, ref) if part in context.catalog.entities)
    return SystemRow(
        link=context.links.to(ref),
        sentence=context.sentence(context.catalog.entities[ref]),
        owner=context.owner_of(ref),
        counts=context.counts(parts, system=str(ref)),
        problems=context.problem_count(ref, *parts),
    )


def domains_view(context: IndexContext, diagram: Diagram | None = None) -> DomainsView:
    """The view of ``/domains/``."""
    refs = [entity.ref for entity in context.catalog.of_kind("domain")]
    return DomainsView(len(refs), tuple(area_card(context, ref) for ref in refs[:DOMAINS]), diagram)


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
    tokens: str = ""
    """What the row has of the choices of the page's filters."""


@dataclass(frozen=True, slots=True)
class ApiGroup:
    """The APIs of one type."""

    id: str
    """Anchor of the heading."""
    type: str
    """Empty for APIs that declare none."""
    count: int
    rows: tuple[ApiRow, ...]
    path: str
    """The table of all of them."""


@dataclass(frozen=True, slots=True)
class ApisView:
    """``/apis/``."""

    count: int
    groups: tuple[ApiGroup, ...]
    """The largest group first; APIs without a type last."""
    filters: Sequence[ApiFilter] = ()


def apis_view(context: IndexContext) -> ApisView:
    """The view of ``/apis/``."""
    types: dict[str, list[EntityRef]] = {}
    for entity in context.catalog.of_kind("api"):
        types.setdefault(text_of(presentation.type_of(entity), 60), []).append(entity.ref)
    order = sorted(types, key=lambda name: (not name, -len(types[name]), name))
    rows = API_ROWS if sum(map(len, types.values())) <= API_ROWS else API_ROWS // min(len(types), API_TYPES)
    filters = ApiFilters(context.labels)
    groups = tuple(
        _api_group(context, filters, name, types[name], at, rows if at < API_TYPES or rows == API_ROWS else 0)
        for at, name in enumerate(order)
    )
    return ApisView(sum(group.count for group in groups), groups, filters.filters())


def _api_group(context: IndexContext, filters: ApiFilters, name: str, refs: list[EntityRef], at: int, rows: int) -> ApiGroup:
    listed = tuple(_api_row(context, filters, name, ref) for ref in refs[:rows])
    return ApiGroup(f"t{at}", name, len(refs), listed, catalog_path(kind="api", type=name or "~none"))


def _api_row(context: IndexContext, filters: ApiFilters, api_type: str, ref: EntityRef) -> ApiRow:
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
        tokens=filters.tokens(api_type, (link.name for link in context.links.all(providers)), context.api_qualities.get(ref)),
    )
