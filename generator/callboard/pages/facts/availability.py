"""Service level objectives → the panel of an entity, its roll-up, the page ``/availability/``, and lines of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.facts.availability import Availability, DayShare
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked, unique
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    REST,
    events,
    joined,
    page_count,
    percent,
    rest,
    rows_of_page,
    short,
    sources_of,
    url_of,
    with_subject,
)
from callboard.pages.facts.view import Block, ChangeDetails, Content, DaysView, EventView, Figure, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import EntityLink, StateView
from callboard.state.values import Change

OBJECTIVES = 3
"""Objectives that a panel lists."""
_ICONS = {Tone.GOOD: "good", Tone.BAD: "bad", Tone.NONE: "unknown"}
_WORDS = {Tone.GOOD: "objective_met", Tone.BAD: "objective_missed", Tone.NONE: "no_data"}


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
    """Those of this page."""
    count: int
    """Number of all."""
    pager: Pager
    sources: tuple[SourceView, ...]


def _values(facts: Sequence[Fact]) -> list[tuple[Fact, Availability]]:
    """The facts in order, with their values."""
    return [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, Availability)]


def _state(context: FactsContext, value: Availability) -> StateView:
    return StateView(context.labels[_WORDS[value.tone]], value.tone, _ICONS[value.tone])


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The objectives that are most at risk, each with its current value, error budget and days."""
    found = _values(facts)
    blocks: list[Block] = []
    for _, value in found[:OBJECTIVES]:
        blocks += _objective(context, value, is_named=len(found) > 1)
    further = [_row(context, fact, value) for fact, value in found[OBJECTIVES : OBJECTIVES + REST]]
    blocks += rest(context, further, len(found) - OBJECTIVES)
    known = [value for _, value in found if value.tone is not Tone.NONE]
    return Content(tuple(blocks), _state(context, known[0]) if known else None)


def _objective(context: FactsContext, value: Availability, *, is_named: bool) -> list[Block]:
    labels = context.labels
    window = label_for(labels, "n_days", value.window_days)
    blocks = [Block("heading", short(value.name))] if is_named else []
    blocks.append(Block("figures", (Figure(_current(context, value), joined(window, _target(context, value)), _figure_tone(value)),)))
    return [*blocks, *_charts(context, value)]


def _figure_tone(value: Availability) -> str:
    """The tone of the current value: only a missed objective needs attention."""
    return value.tone if value.is_urgent else ""


def _current(context: FactsContext, value: Availability) -> str:
    return context.labels["no_data"] if value.measured is None else percent(value.measured, 3)


def _target(context: FactsContext, value: Availability) -> str:
    return context.labels["objective"].format(percent(value.objective, 3)) if value.objective is not None else ""


def _charts(context: FactsContext, value: Availability) -> list[Block]:
    """The remaining error budget, and the days."""
    labels = context.labels
    blocks: list[Block] = []
    if value.budget_left is not None:
        left = value.budget_left
        note = labels["budget_left"].format(percent(left, 0)) if left >= 0 else labels["budget_over"].format(percent(-left, 0))
        tone = "good" if left > 25 else "warn" if left > 0 else "bad"  # noqa: PLR2004 - a quarter of the budget is the usual threshold of attention
        words = f"{labels['error_budget']}: {note}"
        blocks.append(
            Block("bar", formatting.bar(labels["error_budget"], note, [(tone, max(min(left, 100), 0) if left > 0 else 100)], words))
        )
    if value.history:
        blocks.append(Block("days", _days(context, value)))
    return blocks


def _days(context: FactsContext, value: Availability) -> DaysView:
    tones = [_day_tone(day, value.objective) for day in value.history]
    counts = {tone: tones.count(tone) for tone in ("good", "warn", "bad", "none")}
    labels = context.labels
    notes = [labels[f"days_{tone}"].format(counts[tone]) for tone in ("bad", "warn") if counts[tone]]
    words = label_for(labels, "days_words", len(tones), counts["good"], counts["warn"], counts["bad"], counts["none"])
    return formatting.days(label_for(labels, "last_days", len(tones)), ", ".join(notes) or labels["days_all_good"], tones, words)


def _day_tone(day: DayShare, objective: float | None) -> str:
    """``good`` at or above the objective; ``bad`` if the day used more than ten times its error budget; else ``warn``."""
    if day.percent is None:
        return "none"
    target = 99.9 if objective is None else objective
    if day.percent >= target:
        return "good"
    return "bad" if 100 - day.percent > 10 * (100 - target) else "warn"


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The objectives of several entities that are most at risk, and the number of missed ones."""
    found = _values(facts)
    missed = sum(value.is_urgent for _, value in found)
    rows = (with_subject(context, fact, _row(context, fact, value)) for fact, value in found[:EVENTS])
    known = [value for _, value in found if value.tone is not Tone.NONE]
    badge = _state(context, known[0]) if known else None
    if missed:
        badge = StateView(context.labels["n_missed"].format(missed), Tone.BAD, _ICONS[Tone.BAD])
    return Content(events(context, rows, len(found)), badge)


def _row(context: FactsContext, fact: Fact, value: Availability) -> EventView:
    """One objective in a list."""
    state = _state(context, value)
    note = joined(state.text, _current(context, value) if value.measured is not None else "", _target(context, value))
    return EventView(short(value.name), state, url_of(fact), note=note)


_Listing = Sequence[tuple[Fact, Availability]]


def _listed(context: FactsContext) -> _Listing:
    """The objectives of all entities, each once, in their order."""
    return _values(unique(context.of_family("availability")))


def _page_count(_: FactsContext, found: _Listing) -> int:
    return page_count(len(found))


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, found: _Listing) -> AvailabilityView:
    rows = tuple(_table_row(context, fact, value) for fact, value in rows_of_page(found, number))
    missed = sum(value.is_urgent for _, value in found)
    where = pager("availability/", number, page_count(len(found)))
    return AvailabilityView(nav, missed, rows, len(found), where, sources_of(context, "availability"))


def _table_row(context: FactsContext, fact: Fact, value: Availability) -> ObjectiveRow:
    return ObjectiveRow(
        context.links.to(fact.subject),
        context.owner_of(fact.subject),
        _row(context, fact, value),
        _current(context, value),
        percent(value.objective, 3) if value.objective is not None else "",
        _figure_tone(value),
        tuple(_charts(context, value)),
    )


def _change(labels: Mapping[str, str], change: Change) -> ChangeDetails:
    """The measured value and the objective."""
    measured, _, target = change.about.partition(" ")
    return ChangeDetails(labels["measured_of"].format(measured, target) if target else "")


PAGES = FamilyPages(
    icon="availability",
    panel=_panel,
    rollup=_rollup,
    index=FamilyIndex("availability", _index, pages=_page_count, listing=_listed),
    urgent_label="objectives_missed",
    change=_change,
)
