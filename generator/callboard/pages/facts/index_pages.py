"""Pages about all entities: incidents, deployments, vulnerabilities, availability, and ``/health/``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from callboard.catalog import organization
from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.values import Alert, Availability, Incident, OnCall, Vulnerability, in_order
from callboard.model.facts.words import AlertState, FactSeverity, IncidentState
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import HEALTH, FactsContext, has_health
from callboard.pages.facts.delivery import deployed_at, deployment_row
from callboard.pages.facts.formatting import EARLIEST, at, newest, percent, short, url_of
from callboard.pages.facts.operations import availability_blocks, incident_row, shift_view
from callboard.pages.facts.panels import facts_view, title_of
from callboard.pages.facts.rollups import WHOLES, availability_row, rollup_panels, rollup_view, unique, with_subject
from callboard.pages.facts.security import COUNTED, severity_blocks, vulnerability_row, worst_first
from callboard.pages.facts.view import Block, EventView, PanelView, SourceView
from callboard.pages.page import Page
from callboard.pages.section import Section, ShiftView
from callboard.pages.shared_views import CountView, EntityLink, TimeView

ROWS = 300
"""Rows of a list on these pages."""


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link to one of these pages."""

    title: str
    path: str
    icon: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class Rotation:
    """A schedule with its shifts, and what it is for."""

    name: str
    url: str
    shifts: tuple[ShiftView, ...]
    covers: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class TeamOnCall:
    """Who is called for what one team owns."""

    team: EntityLink | None
    rotations: tuple[Rotation, ...]
    open: int
    recent: int
    """Resolved lately."""


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """Open and recent incidents, and who is on call."""

    doors: tuple[NavLink, ...]
    open: tuple[EventView, ...]
    recent: tuple[EventView, ...]
    teams: tuple[TeamOnCall, ...]
    more: int
    """Recent ones that are left out."""
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class FeedDay:
    """What was brought somewhere on one day."""

    id: str
    day: str
    """ISO date in the portal's zone; empty for what has no time."""
    rows: tuple[EventView, ...]


@dataclass(frozen=True, slots=True)
class DeploymentsView:
    """Deployments by day, the newest first."""

    doors: tuple[NavLink, ...]
    days: tuple[FeedDay, ...]
    count: int
    more: int
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class TeamRisk:
    """Weaknesses in what one team owns."""

    team: EntityLink | None
    counts: tuple[str, ...]
    """By severity, the worst first; empty texts for none."""
    oldest: TimeView | None


@dataclass(frozen=True, slots=True)
class VulnerabilitiesView:
    """Weaknesses by severity, age and team."""

    doors: tuple[NavLink, ...]
    count: int
    blocks: tuple[Block, ...]
    teams: tuple[TeamRisk, ...]
    rows: tuple[EventView, ...]
    more: int
    partly: str
    """Tools that could not say all; empty for none."""
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """One objective."""

    link: EntityLink
    owner: EntityLink | None
    row: EventView
    measured: str
    wanted: str
    tone: str
    """``bad`` where it is missed."""
    blocks: tuple[Block, ...]
    """Budget and days."""


@dataclass(frozen=True, slots=True)
class AvailabilityView:
    """All objectives, the most endangered first."""

    doors: tuple[NavLink, ...]
    missed: int
    rows: tuple[ObjectiveRow, ...]
    more: int
    sources: tuple[SourceView, ...]


def incidents_view(context: FactsContext, doors: tuple[NavLink, ...]) -> IncidentsView:
    """All that ``/incidents/`` says."""
    facts = unique(context.of_family("incident"))
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Incident)]
    opened = sorted((one for one in found if one[1].state is not IncidentState.RESOLVED), key=lambda one: (one[1].severity, one[1].opened))
    closed = newest(
        (f for f, v in found if v.state is IncidentState.RESOLVED), lambda f: f.value.opened if isinstance(f.value, Incident) else None
    )
    return IncidentsView(
        doors,
        tuple(_row(context, fact, incident_row(context, fact)) for fact, _ in opened[:ROWS]),
        tuple(_row(context, fact, incident_row(context, fact)) for fact in closed[:ROWS]),
        tuple(_duties(context, [fact for fact, _ in opened], closed)),
        max(len(closed) - ROWS, 0),
        _sources(context, "incident", "on-call"),
    )


def _duties(context: FactsContext, opened: Sequence[Fact], closed: Sequence[Fact]) -> Iterable[TeamOnCall]:
    counts = [Counter(organization.owner(context.catalog, fact.subject) for fact in facts) for facts in (opened, closed)]
    covers: defaultdict[tuple[str, str], list[EntityRef]] = defaultdict(list)
    schedules = context.of_family("on-call")
    for fact in schedules:
        covers[fact.source, fact.key].append(fact.subject)
    rotations: defaultdict[EntityRef | None, list[Rotation]] = defaultdict(list)
    for fact in unique(schedules):
        if isinstance(value := fact.value, OnCall):
            shifts = tuple(shift_view(context, shift) for shift in sorted(value.shifts, key=in_order)[:8])
            links = context.links.all(tuple(covers[fact.source, fact.key][:6]))
            owner = organization.owner(context.catalog, fact.subject)
            rotations[owner].append(Rotation(short(value.name), url_of(fact), shifts, links))
    teams = sorted({*rotations, *counts[0], *counts[1]}, key=lambda ref: (-counts[0][ref], ref is None, ref or ()))
    for team in teams:
        yield TeamOnCall(context.links.to(team) if team else None, tuple(rotations[team]), counts[0][team], counts[1][team])


def deployments_view(context: FactsContext, doors: tuple[NavLink, ...]) -> DeploymentsView:
    """All that ``/deployments/`` says."""
    order = newest(unique(context.of_family("deployment")), deployed_at)

    def day(fact: Fact) -> str:
        when = deployed_at(fact)
        return context.local(when).date().isoformat() if when else ""

    days = tuple(
        FeedDay(f"d-{name or 'none'}", name, tuple(_row(context, fact, deployment_row(context, fact)) for fact in facts))
        for name, facts in groupby(order[:ROWS], key=day)
    )
    return DeploymentsView(doors, days, len(order), max(len(order) - ROWS, 0), _sources(context, "deployment"))


def vulnerabilities_view(context: FactsContext, doors: tuple[NavLink, ...]) -> VulnerabilitiesView:
    """All that ``/vulnerabilities/`` says. Ages are told by the browser: else the page would change every night."""
    facts = context.of_family("vulnerability")
    order = worst_first(facts)
    counts = Counter(fact.value.severity for fact in order if isinstance(fact.value, Vulnerability))
    by_team: defaultdict[EntityRef | None, list[Vulnerability]] = defaultdict(list)
    for fact in order:
        if isinstance(fact.value, Vulnerability):
            by_team[organization.owner(context.catalog, fact.subject)].append(fact.value)
    asked = (one for those in context.measured_by_subject.values() for one in those)
    partly = sorted({title_of(context, one.source) for one in asked if one.family == "vulnerability" and not one.complete})
    return VulnerabilitiesView(
        doors, len(order), severity_blocks(context, counts, "vulnerabilities_words"),
        tuple(sorted((_risk(context, team, those) for team, those in by_team.items()), key=lambda one: _weight(one.counts))),
        tuple(_row(context, fact, vulnerability_row(context, fact)) for fact in order[:ROWS]),
        max(len(order) - ROWS, 0), ", ".join(partly), _sources(context, "vulnerability"),
    )  # fmt: skip


def _risk(context: FactsContext, team: EntityRef | None, found: Sequence[Vulnerability]) -> TeamRisk:
    counts = Counter(value.severity if value.severity in COUNTED else FactSeverity.LOW for value in found)
    first = min((value.first_seen or EARLIEST for value in found if value.first_seen), default=None)
    numbers = tuple(f"{counts[severity]:,}" if counts[severity] else "" for severity in COUNTED)
    return TeamRisk(context.links.to(team) if team else None, numbers, at(context, first))


def _weight(counts: Sequence[str]) -> tuple[int, ...]:
    return tuple(-int(text.replace(",", "") or 0) for text in counts)


def availability_view(context: FactsContext, doors: tuple[NavLink, ...]) -> AvailabilityView:
    """All that ``/availability/`` says."""
    found = [(fact, fact.value) for fact in context.of_family("availability") if isinstance(fact.value, Availability)]
    order = sorted(found, key=lambda one: (one[1].budget_left is None, one[1].budget_left or 0, one[0].subject, one[0].key))
    rows = tuple(_objective(context, fact, value) for fact, value in order[:ROWS])
    missed = sum(value.is_met() is False for _, value in found)
    return AvailabilityView(doors, missed, rows, max(len(order) - ROWS, 0), _sources(context, "availability"))


def _objective(context: FactsContext, fact: Fact, value: Availability) -> ObjectiveRow:
    return ObjectiveRow(
        context.links.to(fact.subject), context.owner_of(fact.subject), availability_row(context, fact, value),
        context.labels["no_data"] if value.measured is None else percent(value.measured, 3),
        percent(value.objective, 3) if value.objective is not None else "",
        "bad" if value.is_met() is False else "", tuple(availability_blocks(context, value)),
    )  # fmt: skip


def _row(context: FactsContext, fact: Fact, row: EventView) -> EventView:
    return replace(with_subject(context, fact, row), owner=context.owner_of(fact.subject))


def _sources(context: FactsContext, *families: str) -> tuple[SourceView, ...]:
    asked = (one for those in context.measured_by_subject.values() for one in those if one.family in families)
    by_title = {title_of(context, name): name for name in sorted({one.source for one in asked}, reverse=True)}
    return tuple(SourceView(title, name) for title, name in sorted(by_title.items()))


FAMILIES = ("incident", "availability", "vulnerability", "alert", "deployment")
"""Those that are worth a panel about everything, the most urgent first."""


@dataclass(frozen=True, slots=True)
class HealthView:
    """What is wrong now."""

    doors: tuple[NavLink, ...]
    numbers: tuple[CountView, ...]
    panels: tuple[PanelView, ...]


def health_view(context: FactsContext, doors: tuple[NavLink, ...]) -> HealthView:
    """All that the page says."""
    return HealthView(doors, urgent_counts(context), rollup_panels(context, tuple(context.measured_by_subject), FAMILIES))


def urgent_counts(context: FactsContext) -> tuple[CountView, ...]:
    """Numbers of open incidents, missed objectives and the like, for families that were queried."""
    return tuple(_urgent_counts(context))


def _urgent_counts(context: FactsContext) -> Iterator[CountView]:
    families = context.families()
    for family, key, icon, path in (
        ("incident", "open_incidents", "incident", "incidents/"),
        ("availability", "objectives_missed", "availability", "availability/"),
        ("vulnerability", "grave_vulnerabilities", "vulnerability", "vulnerabilities/"),
        ("alert", "firing_alerts", "alert", HEALTH),
    ):
        if family in families:
            facts = context.of_family(family)
            found = unique(facts) if family in {"incident", "alert"} else facts
            count = sum(is_urgent(fact.value) for fact in found)
            yield CountView(count, context.labels[key], icon, path, "bad" if count else "")


def is_urgent(value: object) -> bool:
    """An open incident, a missed objective, a grave weakness or an alert that fires."""
    match value:
        case Incident():
            return value.state is not IncidentState.RESOLVED
        case Availability():
            return value.is_met() is False
        case Vulnerability():
            return value.severity.is_critical_or_high
        case Alert():
            return value.state is AlertState.FIRING
    return False


_PAGES: tuple[tuple[str, str, tuple[str, ...], Callable[[FactsContext, tuple[NavLink, ...]], Any]], ...] = (
    ("incidents", "incident", ("incident", "on-call"), incidents_view),
    ("deployments", "deployment", ("deployment",), deployments_view),
    ("vulnerabilities", "vulnerability", ("vulnerability",), vulnerabilities_view),
    ("availability", "availability", ("availability",), availability_view),
)
"""Path and template, icon, families of which one must be known, and the view."""


def plan(context: FactsContext) -> Iterator[Page]:
    """The page about health and those about single families, as far as anybody was asked; none for a portal that asks no tools."""
    labels, doors = context.labels, _doors(context)
    if has_health(context.settings):
        view = partial(health_view, context, _here(doors, HEALTH))
        yield Page(HEALTH, "health.html", "wide", HEALTH, labels["health"], view, labels["health_text"])
    for name, _, _, view_of in _PAGES:
        path, title = f"{name}/", labels[f"page_{name}"]
        if any(door.path == path for door in doors):
            view = partial(view_of, context, _here(doors, path))
            yield Page(path, f"{name}.html", "wide", HEALTH, title, view, labels[f"page_{name}_text"])


def _doors(context: FactsContext) -> tuple[NavLink, ...]:
    asked, labels = context.families(), context.labels
    single = (NavLink(labels[f"page_{name}"], f"{name}/", icon, is_here=False) for name, icon, families, _ in _PAGES if asked & {*families})
    return (NavLink(labels["overview"], HEALTH, "health", is_here=False), *single)


def _here(doors: tuple[NavLink, ...], path: str) -> tuple[NavLink, ...]:
    return tuple(replace(door, is_here=door.path == path) for door in doors)


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section of an entity's page; None where no tool has anything to do with it."""
    if not context.connections:
        return None
    view = rollup_view(context, entity) if entity.ref.kind in WHOLES else facts_view(context, entity)
    return Section("operations", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
