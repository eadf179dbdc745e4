"""Facts about all entities → the pages ``/health/``, incidents, deployments, vulnerabilities and availability."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from typing import Any

from callboard.catalog import organization
from callboard.model.entity import Entity
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, in_order
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import HEALTH, FactsContext, has_health
from callboard.pages.facts.delivery import deployed_at, deployment_row
from callboard.pages.facts.formatting import EARLIEST, at, newest, percent, short, url_of
from callboard.pages.facts.operations import SHIFTS, availability_blocks, incident_row, shift_view
from callboard.pages.facts.panels import facts_view, title_of
from callboard.pages.facts.rollups import ROLLUP_KINDS, availability_row, rollup_panels, rollup_view, unique, with_subject
from callboard.pages.facts.security import COUNTED, severity_blocks, vulnerability_row, worst_first
from callboard.pages.facts.view import Block, EventView, PanelView, SourceView
from callboard.pages.page import Page
from callboard.pages.section import Section, ShiftView
from callboard.pages.shared_views import CountView, EntityLink, TimeView

ROWS = 300
"""Rows of a list on these pages."""
COVERED = 6
"""Entities that are named for a schedule."""
FAMILIES = ("incident", "availability", "vulnerability", "alert", "deployment")
"""Families with a panel on ``/health/``, in the order of their panels."""


@dataclass(frozen=True, slots=True)
class NavLink:
    """A link to one of these pages."""

    title: str
    path: str
    icon: str
    is_current: bool
    """True on the linked page itself."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """A schedule with its shifts, and the entities that it covers."""

    name: str
    url: str
    shifts: tuple[ShiftView, ...]
    covers: tuple[EntityLink, ...]


@dataclass(frozen=True, slots=True)
class TeamOnCall:
    """On-call schedules and numbers of incidents for what one team owns."""

    team: EntityLink | None
    """None for entities without an owner."""
    rotations: tuple[Rotation, ...]
    open: int
    """Number of open incidents."""
    recent: int
    """Number of recently resolved incidents."""


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """Open and recently resolved incidents, and who is on call."""

    nav: tuple[NavLink, ...]
    open: tuple[EventView, ...]
    recent: tuple[EventView, ...]
    teams: tuple[TeamOnCall, ...]
    more: int
    """Number of recent incidents that are left out."""
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class DeploymentDay:
    """The deployments of one day."""

    id: str
    day: str
    """ISO date in the portal's time zone; empty for deployments without a time."""
    rows: tuple[EventView, ...]


@dataclass(frozen=True, slots=True)
class DeploymentsView:
    """Deployments by day, the newest first."""

    nav: tuple[NavLink, ...]
    days: tuple[DeploymentDay, ...]
    count: int
    more: int
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class TeamVulnerabilities:
    """Numbers of vulnerabilities in what one team owns."""

    team: EntityLink | None
    counts: tuple[str, ...]
    """By severity, the worst first; empty strings for 0."""
    oldest: TimeView | None


@dataclass(frozen=True, slots=True)
class VulnerabilitiesView:
    """Vulnerabilities by severity, age and team."""

    nav: tuple[NavLink, ...]
    count: int
    blocks: tuple[Block, ...]
    teams: tuple[TeamVulnerabilities, ...]
    rows: tuple[EventView, ...]
    more: int
    incomplete: str
    """Titles of tools that were not queried completely; empty for none."""
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    """One objective (SLO)."""

    link: EntityLink
    owner: EntityLink | None
    row: EventView
    measured: str
    """The current value."""
    target: str
    tone: str
    """``bad`` if the objective is missed; empty otherwise."""
    blocks: tuple[Block, ...]
    """Error budget and days."""


@dataclass(frozen=True, slots=True)
class AvailabilityView:
    """All objectives, those with the least error budget first."""

    nav: tuple[NavLink, ...]
    missed: int
    rows: tuple[ObjectiveRow, ...]
    more: int
    sources: tuple[SourceView, ...]


def incidents_view(context: FactsContext, nav: tuple[NavLink, ...]) -> IncidentsView:
    """The view of ``/incidents/``."""
    facts = unique(context.of_family("incident"))
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Incident)]
    opened = sorted(
        (pair for pair in found if pair[1].state is not IncidentState.RESOLVED), key=lambda pair: (pair[1].severity, pair[1].opened)
    )
    closed = newest(
        (f for f, v in found if v.state is IncidentState.RESOLVED), lambda f: f.value.opened if isinstance(f.value, Incident) else None
    )
    return IncidentsView(
        nav,
        tuple(_row(context, fact, incident_row(context, fact)) for fact, _ in opened[:ROWS]),
        tuple(_row(context, fact, incident_row(context, fact)) for fact in closed[:ROWS]),
        tuple(_teams_on_call(context, [fact for fact, _ in opened], closed)),
        max(len(closed) - ROWS, 0),
        _sources(context, "incident", "on-call"),
    )


def _teams_on_call(context: FactsContext, opened: Sequence[Fact], closed: Sequence[Fact]) -> Iterable[TeamOnCall]:
    counts = [Counter(organization.owner(context.catalog, fact.subject) for fact in facts) for facts in (opened, closed)]
    covers: defaultdict[tuple[str, str], list[EntityRef]] = defaultdict(list)
    schedules = context.of_family("on-call")
    for fact in schedules:
        covers[fact.source, fact.key].append(fact.subject)
    rotations: defaultdict[EntityRef | None, list[Rotation]] = defaultdict(list)
    for fact in unique(schedules):
        if isinstance(value := fact.value, OnCall):
            shifts = tuple(shift_view(context, shift) for shift in sorted(value.shifts, key=in_order)[:SHIFTS])
            links = context.links.all(tuple(covers[fact.source, fact.key][:COVERED]))
            owner = organization.owner(context.catalog, fact.subject)
            rotations[owner].append(Rotation(short(value.name), url_of(fact), shifts, links))
    teams = sorted({*rotations, *counts[0], *counts[1]}, key=lambda ref: (-counts[0][ref], ref is None, ref or ()))
    for team in teams:
        yield TeamOnCall(context.links.to(team) if team else None, tuple(rotations[team]), counts[0][team], counts[1][team])


def deployments_view(context: FactsContext, nav: tuple[NavLink, ...]) -> DeploymentsView:
    """The view of ``/deployments/``."""
    order = newest(unique(context.of_family("deployment")), deployed_at)

    def day(fact: Fact) -> str:
        when = deployed_at(fact)
        return context.local(when).date().isoformat() if when else ""

    days = tuple(
        DeploymentDay(f"d-{name or 'none'}", name, tuple(_row(context, fact, deployment_row(context, fact)) for fact in facts))
        for name, facts in groupby(order[:ROWS], key=day)
    )
    return DeploymentsView(nav, days, len(order), max(len(order) - ROWS, 0), _sources(context, "deployment"))


def vulnerabilities_view(context: FactsContext, nav: tuple[NavLink, ...]) -> VulnerabilitiesView:
    """The view of ``/vulnerabilities/``. Scripts compute ages, so that the page does not change in every build."""
    facts = context.of_family("vulnerability")
    order = worst_first(facts)
    counts = Counter(fact.value.severity for fact in order if isinstance(fact.value, Vulnerability))
    by_team: defaultdict[EntityRef | None, list[Vulnerability]] = defaultdict(list)
    for fact in order:
        if isinstance(fact.value, Vulnerability):
            by_team[organization.owner(context.catalog, fact.subject)].append(fact.value)
    incomplete = sorted({title_of(context, each.source) for each in context.measurements("vulnerability") if not each.complete})
    teams = (_team_vulnerabilities(context, team, values) for team, values in by_team.items())
    return VulnerabilitiesView(
        nav, len(order), severity_blocks(context, counts, "vulnerabilities_words"),
        tuple(sorted(teams, key=lambda each: _most_severe(each.counts))),
        tuple(_row(context, fact, vulnerability_row(context, fact)) for fact in order[:ROWS]),
        max(len(order) - ROWS, 0), ", ".join(incomplete), _sources(context, "vulnerability"),
    )  # fmt: skip


def _team_vulnerabilities(context: FactsContext, team: EntityRef | None, values: Sequence[Vulnerability]) -> TeamVulnerabilities:
    counts = Counter(value.severity if value.severity in COUNTED else FactSeverity.LOW for value in values)
    first = min((value.first_seen or EARLIEST for value in values if value.first_seen), default=None)
    numbers = tuple(f"{counts[severity]:,}" if counts[severity] else "" for severity in COUNTED)
    return TeamVulnerabilities(context.links.to(team) if team else None, numbers, at(context, first))


def _most_severe(counts: Sequence[str]) -> tuple[int, ...]:
    """Sort key: the most vulnerabilities of the worst severity first."""
    return tuple(-int(text.replace(",", "") or 0) for text in counts)


def availability_view(context: FactsContext, nav: tuple[NavLink, ...]) -> AvailabilityView:
    """The view of ``/availability/``."""
    found = [(fact, fact.value) for fact in context.of_family("availability") if isinstance(fact.value, Availability)]
    order = sorted(found, key=lambda pair: (pair[1].budget_left is None, pair[1].budget_left or 0, pair[0].subject, pair[0].key))
    rows = tuple(_objective(context, fact, value) for fact, value in order[:ROWS])
    missed = sum(value.is_met() is False for _, value in found)
    return AvailabilityView(nav, missed, rows, max(len(order) - ROWS, 0), _sources(context, "availability"))


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
    names = {each.source for family in families for each in context.measurements(family)}
    by_title = {title_of(context, name): name for name in sorted(names, reverse=True)}
    return tuple(SourceView(title, name) for title, name in sorted(by_title.items()))


@dataclass(frozen=True, slots=True)
class HealthView:
    """Numbers and panels about all entities."""

    nav: tuple[NavLink, ...]
    numbers: tuple[CountView, ...]
    panels: tuple[PanelView, ...]


def health_view(context: FactsContext, nav: tuple[NavLink, ...]) -> HealthView:
    """The view of ``/health/``."""
    return HealthView(nav, urgent_counts(context), rollup_panels(context, tuple(context.measured_by_subject), FAMILIES))


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
    """Whether it is an open incident, a missed objective, a critical or high vulnerability, or a firing alert."""
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
"""Name of path and template, icon, families of which one must have been queried, and the function that makes the view."""


def plan(context: FactsContext) -> Iterator[Page]:
    """The page about health if the portal has integrations, and those about families that were queried."""
    labels, nav = context.labels, _nav_links(context)
    if has_health(context.settings):
        view = partial(health_view, context, _with_current(nav, HEALTH))
        yield Page(HEALTH, "health.html", "wide", HEALTH, labels["health"], view, labels["health_text"])
    for name, _, _, view_of in _PAGES:
        path, title = f"{name}/", labels[f"page_{name}"]
        if any(link.path == path for link in nav):
            view = partial(view_of, context, _with_current(nav, path))
            yield Page(path, f"{name}.html", "wide", HEALTH, title, view, labels[f"page_{name}_text"])


def _nav_links(context: FactsContext) -> tuple[NavLink, ...]:
    families, labels = context.families(), context.labels
    single = (
        NavLink(labels[f"page_{name}"], f"{name}/", icon, is_current=False) for name, icon, needed, _ in _PAGES if families & {*needed}
    )
    return (NavLink(labels["overview"], HEALTH, "health", is_current=False), *single)


def _with_current(nav: tuple[NavLink, ...], path: str) -> tuple[NavLink, ...]:
    return tuple(replace(link, is_current=link.path == path) for link in nav)


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section about facts on an entity's page; None for a portal without integrations or an entity without facts."""
    if not context.connections:
        return None
    view = rollup_view(context, entity) if entity.ref.kind in ROLLUP_KINDS else facts_view(context, entity)
    return Section("operations", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
