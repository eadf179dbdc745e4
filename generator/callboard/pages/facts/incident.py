"""Incidents → the panel of an entity, its roll-up, the page ``/incidents/``, and lines of changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from callboard.catalog import organization
from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident
from callboard.model.facts.on_call import OnCall
from callboard.model.facts.order import ranked, unique, worst_tone
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    REST,
    at,
    duration,
    events,
    expandable,
    joined,
    number_label,
    page_count,
    rest,
    rows_of_page,
    short,
    sources_of,
    url_of,
    with_owner,
    with_subject,
)
from callboard.pages.facts.on_call import schedule_shifts
from callboard.pages.facts.past import CountsView, all_earlier, counts_view, earlier_row
from callboard.pages.facts.view import Block, ChangeDetails, Content, EventView, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.section import ShiftView
from callboard.pages.shared_views import EntityLink, StateView
from callboard.state.event_history import Event
from callboard.state.values import Change

RESOLVED = 3
"""Resolved incidents that are listed below open ones."""
COVERED = 6
"""Entities that are named for a schedule."""
_ICONS = {Tone.BAD: "error", Tone.WARN: "warn", Tone.GOOD: "good"}


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
    """Those of this page."""
    recent: tuple[EventView, ...]
    """Those of this page."""
    count_open: int
    """Number of all open incidents."""
    count_recent: int
    """Number of all recent incidents."""
    teams: tuple[TeamOnCall, ...]
    counts: CountsView
    pager: Pager
    sources: tuple[SourceView, ...]


def _split(facts: Sequence[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Open and resolved incidents, each in order."""
    order = ranked(facts)
    return [fact for fact in order if fact.value.is_open], [fact for fact in order if not fact.value.is_open]


def _badge(context: FactsContext, opened: Sequence[Fact]) -> StateView | None:
    tone = worst_tone(opened)
    return StateView(number_label(context, "n_open", len(opened)), tone, _ICONS[tone]) if opened else None


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open incidents, the worst first; the number of resolved ones and their median duration."""
    opened, closed = _split(facts)
    labels = context.labels
    blocks = [*expandable(context, [_row(context, fact) for fact in opened[: EVENTS + REST]], len(opened))]
    if not opened:
        blocks.append(Block("good", labels["no_open_incidents"]))
    if closed:
        times = [seconds for fact in closed if (seconds := _seconds(fact)) is not None]
        took = labels["median_time"].format(duration(context, median(times))) if times else ""
        blocks.append(Block("pairs", ((labels["resolved_lately"], joined(_resolved(context, len(closed)), took)),)))
        shown = RESOLVED if opened else EVENTS
        blocks += events(context, (_row(context, fact) for fact in closed[:shown]), 0)
        blocks += rest(context, [_row(context, fact) for fact in closed[shown : shown + REST]], len(closed) - shown)
    return Content(tuple(blocks), _badge(context, opened))


def _resolved(context: FactsContext, count: int) -> str:
    """The number of resolved incidents."""
    if context.is_incomplete:
        return context.labels["at_least"].format(count)
    return label_for(context.labels, "n_incidents", count)


def _seconds(fact: Fact) -> float | None:
    """How long a resolved incident took; None if that is unknown."""
    value = fact.value
    if not isinstance(value, Incident) or not value.resolved or value.resolved < value.opened:
        return None
    return (value.resolved - value.opened).total_seconds()


def _row(context: FactsContext, fact: Fact) -> EventView:
    """One incident."""
    value, labels, seconds = fact.value, context.labels, _seconds(fact)
    assert isinstance(value, Incident)  # noqa: S101 - of the family
    severity = labels["severity_unknown_word"].format(short(value.severity_word, 40)) if value.severity_word else ""
    name = (severity or labels["severity_n"].format(value.severity)) if value.is_open else labels["incident_resolved"]
    state = labels["run_unknown_word"].format(short(value.state_word, 40)) if value.state_word else labels[f"incident_{value.state}"]
    word = state if seconds is None else labels["took"].format(duration(context, seconds))
    note = joined(severity or labels["severity_short"].format(value.severity), word)
    return EventView(
        short(value.title), StateView(name, value.tone, _ICONS[value.tone]), url_of(fact), note=note, at=at(context, value.opened)
    )


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open incidents of several entities, the worst first, and the number of resolved ones."""
    opened, closed = _split(facts)
    labels = context.labels
    rows = (with_subject(context, fact, _row(context, fact)) for fact in opened[:EVENTS])
    blocks = events(context, rows, len(opened)) or (Block("good", labels["no_open_incidents"]),)
    more = (Block("pairs", ((labels["resolved_lately"], _resolved(context, len(closed))),)),) if closed else ()
    return Content((*blocks, *more), _badge(context, opened))


_Listing = tuple[list[Fact], list[Fact], dict[Fact, Event]]
"""Open incidents, resolved ones, and those of them that their tools no longer return."""


def _listed(context: FactsContext) -> _Listing:
    opened, closed = _split(unique(context.of_family("incident")))
    earlier = {event.fact: event for event in all_earlier(context, "incident") if not event.fact.value.is_open}
    return opened, ranked(unique((*closed, *earlier))), earlier


def _page_count(_: FactsContext, listing: _Listing) -> int:
    return page_count(len(listing[0]) + len(listing[1]))


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, listing: _Listing) -> IncidentsView:
    opened, listed, earlier = listing
    count = len(opened) + len(listed)
    of_page = rows_of_page([(fact, True) for fact in opened] + [(fact, False) for fact in listed], number)

    def row(fact: Fact) -> EventView:
        view = _row(context, fact)
        return earlier_row(context, earlier[fact], view) if fact in earlier else view

    return IncidentsView(
        nav,
        tuple(with_owner(context, fact, _row(context, fact)) for fact, is_open in of_page if is_open),
        tuple(with_owner(context, fact, row(fact)) for fact, is_open in of_page if not is_open),
        len(opened),
        len(listed),
        tuple(_teams_on_call(context, opened, _split(unique(context.of_family("incident")))[1])) if number == 1 else (),
        counts_view(context, "incident") if number == 1 else CountsView((), ""),
        pager("incidents/", number, page_count(count)),
        sources_of(context, "incident", "on-call"),
    )


def _teams_on_call(context: FactsContext, opened: Sequence[Fact], closed: Sequence[Fact]) -> Iterable[TeamOnCall]:
    counts = [Counter(organization.owner(context.catalog, fact.subject) for fact in facts) for facts in (opened, closed)]
    covers: defaultdict[tuple[str, str], list[EntityRef]] = defaultdict(list)
    schedules = context.of_family("on-call")
    for fact in schedules:
        covers[fact.source, fact.key].append(fact.subject)
    rotations: defaultdict[EntityRef | None, list[Rotation]] = defaultdict(list)
    for fact in ranked(unique(schedules)):
        if isinstance(value := fact.value, OnCall):
            shifts = schedule_shifts(context, value)
            links = context.links.all(tuple(covers[fact.source, fact.key][:COVERED]))
            owner = organization.owner(context.catalog, fact.subject)
            rotations[owner].append(Rotation(short(value.name), url_of(fact), shifts, links))
    teams = sorted({*rotations, *counts[0], *counts[1]}, key=lambda ref: (-counts[0][ref], ref is None, ref or ()))
    for team in teams:
        yield TeamOnCall(context.links.to(team) if team else None, tuple(rotations[team]), counts[0][team], counts[1][team])


def _change(labels: Mapping[str, str], change: Change) -> ChangeDetails:
    return ChangeDetails(labels["severity_n"].format(change.about) if change.about else "")


PAGES = FamilyPages(
    icon="incident",
    panel=_panel,
    row=_row,
    rollup=_rollup,
    index=FamilyIndex("incidents", _index, families=("on-call",), pages=_page_count, listing=_listed),
    urgent_label="open_incidents",
    change=_change,
)
