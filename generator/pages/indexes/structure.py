"""Systems by domain, and the domains themselves."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from generator.catalog import questions
from generator.model.ref import EntityRef
from generator.pages.indexes.context import IndexContext
from generator.pages.indexes.home import AreaCard, area_card
from generator.pages.parts import CountView, EntityLink, catalog_path

ROWS = 500


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


@dataclass(frozen=True, slots=True)
class SystemsView:
    """The page about all systems."""

    count: int
    groups: tuple[SystemGroup, ...]
    more: int
    """How many the page leaves out."""
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
    for ref in found[:ROWS]:
        groups.setdefault(questions.domain_of(catalog, ref), []).append(ref)
    order = sorted(groups, key=lambda domain: (domain is None, domain not in catalog.entities, domain or ()))
    loose = [e.ref for e in catalog.of_kind("component", "api", "resource") if questions.system_of(catalog, e.ref) is None]
    return SystemsView(
        count=len(found),
        groups=tuple(_group(context, domain, groups[domain], at) for at, domain in enumerate(order)),
        more=max(len(found) - ROWS, 0),
        homeless=len(loose),
        homeless_path=f"{catalog_path(system='~none')}&kind=component&kind=api&kind=resource",
    )


def _group(context: IndexContext, domain: EntityRef | None, refs: list[EntityRef], at: int) -> SystemGroup:
    return SystemGroup(f"d{at}", context.links.to(domain) if domain else None, tuple(_row(context, ref) for ref in refs))


def _row(context: IndexContext, ref: EntityRef) -> SystemRow:
    parts = tuple(part for part in questions.parts(context.catalog, ref) if part in context.catalog.entities)
    return SystemRow(
        link=context.links.to(ref),
        sentence=context.sentence(context.catalog.entities[ref]),
        owner=context.owner_of(ref),
        counts=context.counts(parts, system=str(ref)),
        problems=sum(len(context.by_subject.get(part, ())) for part in (ref, *parts)),
    )


def domains_view(context: IndexContext, drawn: Markup | None = None) -> DomainsView:
    """All that the page about domains says."""
    refs = [entity.ref for entity in context.catalog.of_kind("domain")]
    return DomainsView(len(refs), tuple(area_card(context, ref) for ref in refs[:ROWS]), drawn)
