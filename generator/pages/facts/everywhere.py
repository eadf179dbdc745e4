"""The pages about what is open everywhere: ``/incidents/``, ``/deployments/``, ``/vulnerabilities/``, ``/availability/``."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from generator.catalog import questions
from generator.model.fact_values import in_order
from generator.model.facts import Availability, Fact, Incident, IncidentState, OnCall, Severity, Vulnerability
from generator.model.ref import EntityRef
from generator.pages.facts.building import deployed_at, deployment_row
from generator.pages.facts.context import FactsContext
from generator.pages.facts.panels import title_of
from generator.pages.facts.risking import COUNTED, severity_blocks, vulnerability_row, worst_first
from generator.pages.facts.rollups import availability_row, unique, with_subject
from generator.pages.facts.running import availability_blocks, incident_row, shift_view
from generator.pages.facts.telling import EARLIEST, at, newest, percent, short, url_of
from generator.pages.facts.view import At, Block, EventView, ShiftView, SourceView
from generator.pages.parts import EntityLink

ROWS = 300
"""Rows of a list on these pages."""


@dataclass(frozen=True, slots=True)
class Door:
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
class TeamDuty:
    """Who is called for what one team owns."""

    team: EntityLink | None
    rotations: tuple[Rotation, ...]
    open: int
    recent: int
    """Resolved lately."""


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """Open and recent incidents, and who is on call."""

    doors: tuple[Door, ...]
    open: tuple[EventView, ...]
    recent: tuple[EventView, ...]
    teams: tuple[TeamDuty, ...]
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

    doors: tuple[Door, ...]
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
    oldest: At | None


@dataclass(frozen=True, slots=True)
class VulnerabilitiesView:
    """Weaknesses by severity, age and team."""

    doors: tuple[Door, ...]
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

    doors: tuple[Door, ...]
    missed: int
    rows: tuple[ObjectiveRow, ...]
    more: int
    sources: tuple[SourceView, ...]


def incidents_view(context: FactsContext, doors: tuple[Door, ...]) -> IncidentsView:
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


def _duties(context: FactsContext, opened: Sequence[Fact], closed: Sequence[Fact]) -> Iterable[TeamDuty]:
    counts = [Counter(questions.owner(context.catalog, fact.subject) for fact in facts) for facts in (opened, closed)]
    covers: defaultdict[tuple[str, str], list[EntityRef]] = defaultdict(list)
    schedules = context.of_family("on-call")
    for fact in schedules:
        covers[fact.source, fact.key].append(fact.subject)
    rotations: defaultdict[EntityRef | None, list[Rotation]] = defaultdict(list)
    for fact in unique(schedules):
        if isinstance(value := fact.value, OnCall):
            shifts = tuple(shift_view(context, shift) for shift in sorted(value.shifts, key=in_order)[:8])
            links = context.links.all(tuple(covers[fact.source, fact.key][:6]))
            owner = questions.owner(context.catalog, fact.subject)
            rotations[owner].append(Rotation(short(value.name), url_of(fact), shifts, links))
    teams = sorted({*rotations, *counts[0], *counts[1]}, key=lambda ref: (-counts[0][ref], ref is None, ref or ()))
    for team in teams:
        yield TeamDuty(context.links.to(team) if team else None, tuple(rotations[team]), counts[0][team], counts[1][team])


def deployments_view(context: FactsContext, doors: tuple[Door, ...]) -> DeploymentsView:
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


def vulnerabilities_view(context: FactsContext, doors: tuple[Door, ...]) -> VulnerabilitiesView:
    """All that ``/vulnerabilities/`` says. Ages are told by the browser: else the page would change every night."""
    facts = context.of_family("vulnerability")
    order = worst_first(facts)
    counts = Counter(fact.value.severity for fact in order if isinstance(fact.value, Vulnerability))
    by_team: defaultdict[EntityRef | None, list[Vulnerability]] = defaultdict(list)
    for fact in order:
        if isinstance(fact.value, Vulnerability):
            by_team[questions.owner(context.catalog, fact.subject)].append(fact.value)
    asked = (one for those in context.measured_by_subject.values() for one in those)
    partly = sorted({title_of(context, one.source) for one in asked if one.family == "vulnerability" and not one.complete})
    return VulnerabilitiesView(
        doors, len(order), severity_blocks(context, counts, "vulnerabilities_words"),
        tuple(sorted((_risk(context, team, those) for team, those in by_team.items()), key=lambda one: _weight(one.counts))),
        tuple(_row(context, fact, vulnerability_row(context, fact)) for fact in order[:ROWS]),
        max(len(order) - ROWS, 0), ", ".join(partly), _sources(context, "vulnerability"),
    )  # fmt: skip


def _risk(context: FactsContext, team: EntityRef | None, found: Sequence[Vulnerability]) -> TeamRisk:
    counts = Counter(value.severity if value.severity in COUNTED else Severity.LOW for value in found)
    first = min((value.first_seen or EARLIEST for value in found if value.first_seen), default=None)
    numbers = tuple(f"{counts[severity]:,}" if counts[severity] else "" for severity in COUNTED)
    return TeamRisk(context.links.to(team) if team else None, numbers, at(context, first))


def _weight(counts: Sequence[str]) -> tuple[int, ...]:
    return tuple(-int(text.replace(",", "") or 0) for text in counts)


def availability_view(context: FactsContext, doors: tuple[Door, ...]) -> AvailabilityView:
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
