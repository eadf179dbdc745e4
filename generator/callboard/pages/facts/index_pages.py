"""Facts about all entities → the page ``/health/``, those of families, and the numbers of what is urgent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts import FAMILIES
from callboard.pages.facts.context import HEALTH, FactsContext, FamilyIndex, FamilyPages, has_health
from callboard.pages.facts.members import ROLLUP_KINDS
from callboard.pages.facts.panels import facts_view
from callboard.pages.facts.rollups import counted, health_panels, rollup_view
from callboard.pages.facts.view import NavLink, PanelView
from callboard.pages.page import Page
from callboard.pages.pager import numbered_path, numbered_title
from callboard.pages.section import Section
from callboard.pages.shared_views import CountView
from callboard.pages.team_filter import FilterChoice, TeamFilter


@dataclass(frozen=True, slots=True)
class HealthView:
    """Numbers and panels about all entities."""

    nav: tuple[NavLink, ...]
    numbers: tuple[CountView, ...]
    panels: tuple[PanelView, ...]
    has_teams: bool
    """Whether there are teams to choose one's own from."""
    teams: tuple[FilterChoice, ...]
    """By which a script filters the rows of the panels."""
    team_numbers: Mapping[str, str]
    """Numbers of the teams among ``teams``, by the reference of the entity that a row is about; empty for an unknown one."""


def health_view(context: FactsContext, nav: tuple[NavLink, ...]) -> HealthView:
    """The view of ``/health/``."""
    owners = {ref: organization.owner(context.catalog, ref) for ref in {*context.measured_by_subject, *context.facts_by_subject}}
    teams = TeamFilter(context, filter(None, owners.values()))
    numbers = {str(ref): teams.numbers((owner,) if owner else ()) for ref, owner in owners.items()}
    has_teams = next(context.catalog.of_kind("group"), None) is not None
    return HealthView(nav, urgent_counts(context), health_panels(context), has_teams, teams.choices, numbers)


def urgent_counts(context: FactsContext) -> tuple[CountView, ...]:
    """Numbers of open incidents, missed objectives and the like, for families that were queried."""
    return tuple(_urgent_counts(context))


def _urgent_counts(context: FactsContext) -> Iterator[CountView]:
    queried = context.queried_families()
    for family, pages in context.families.items():
        title = pages.urgent_title or (context.labels[pages.urgent_label] if pages.urgent_label else "")
        if title and family in queried:
            count = _urgent(context, family)
            if count is not None:
                is_lower_bound = context.for_incomplete(family).is_incomplete
                yield CountView(count, title, pages.icon, pages.index_path or HEALTH, "bad" if count else "", is_lower_bound)


def _urgent(context: FactsContext, family: str) -> int | None:
    """The number of urgent facts; None where a plugin's values raise, which its panels show."""
    try:
        return sum(fact.value.is_urgent for fact in counted(context, family, context.of_family(family)))
    except Exception:
        if family in FAMILIES:
            raise
        return None


def plan(context: FactsContext) -> Iterator[Page]:
    """The page about health if the portal has integrations, and those about families that were queried."""
    labels, nav = context.labels, _nav_links(context)
    if has_health(context.settings):
        view = partial(health_view, context, _with_current(nav, HEALTH))
        yield Page(HEALTH, "health.html", "wide", HEALTH, labels["health"], view, labels["health_text"])
    for _, index in _indexes(context):
        yield from _index_pages(context, index, _with_current(nav, index.path))


def _index_pages(context: FactsContext, index: FamilyIndex, nav: tuple[NavLink, ...]) -> Iterator[Page]:
    """The page about a family, or several of them with a number each."""
    text = index.text if index.title else context.labels[f"page_{index.name}_text"]
    title, template = _title(context, index), index.template or f"{index.name}.html"
    if index.pages is None:
        yield Page(index.path, template, "wide", HEALTH, title, partial(index.view, context, nav), text)
        return
    listing = (index.listing(context),) if index.listing else ()
    count = index.pages(context, *listing)
    for number in range(1, count + 1):
        view = partial(index.view, context, nav, number, *listing)
        path, name = numbered_path(index.path, number), numbered_title(title, number, count)
        yield Page(path, template, "wide", HEALTH, name, view, text if number == 1 else "")


def _indexes(context: FactsContext) -> Iterator[tuple[FamilyPages, FamilyIndex]]:
    """The pages about families that exist, because one of the families that they show was queried."""
    queried = context.queried_families()
    for family, pages in context.families.items():
        if pages.index and queried & {family, *pages.index.families}:
            yield pages, pages.index


def _title(context: FactsContext, index: FamilyIndex) -> str:
    return index.title or context.labels[f"page_{index.name}"]


def _nav_links(context: FactsContext) -> tuple[NavLink, ...]:
    """The page about health, if there is one, and those of families, some of which a portal without integrations has, too."""
    overview = (NavLink(context.labels["overview"], HEALTH, "health", is_current=False),) if has_health(context.settings) else ()
    return (*overview, *(NavLink(_title(context, index), index.path, pages.icon, is_current=False) for pages, index in _indexes(context)))


def _with_current(nav: tuple[NavLink, ...], path: str) -> tuple[NavLink, ...]:
    return tuple(replace(link, is_current=link.path == path) for link in nav)


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section about facts on an entity's page; None for a portal without integrations or an entity without facts."""
    if not (context.connections or context.measured_by_subject or context.facts_by_subject):
        return None
    view = rollup_view(context, entity) if entity.ref.kind in ROLLUP_KINDS else facts_view(context, entity)
    return Section("operations", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
