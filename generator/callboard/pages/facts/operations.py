"""Facts about on-call shifts, incidents, objectives, alerts and errors → blocks of their panels."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from callboard.model.counting import label_for
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability, DayShare
from callboard.model.facts.error_trend import ErrorTrend
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift, in_order
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import EVENTS, at, duration, events, joined, newest, percent, severity_state, short, url_of
from callboard.pages.facts.view import Block, Content, EventView, Figure
from callboard.pages.safe_text import initials
from callboard.pages.section import ShiftView
from callboard.pages.shared_views import EntityLink, StateView

SHIFTS = 8
"""Shifts of one schedule that are listed."""
OBJECTIVES = 3
PROJECTS = 3
RESOLVED = 3
"""Resolved incidents that are listed below open ones."""
WORST = 2
"""Incidents of this severity or a worse (smaller) one are shown as bad."""
_STATE_RANK = {AlertState.FIRING: 0, AlertState.PENDING: 1, AlertState.SILENCED: 2}


def on_call(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each schedule with its shifts; a script marks the current one."""
    blocks: list[Block] = []
    for fact in facts:
        if isinstance(value := fact.value, OnCall):
            shifts = tuple(shift_view(context, shift) for shift in sorted(value.shifts, key=in_order)[:SHIFTS])
            if len(facts) > 1:
                blocks.append(Block("heading", short(value.name)))
            blocks.append(Block("shifts", shifts) if shifts else Block("text", context.labels["nobody_on_call"]))
    return Content(tuple(blocks))


def shift_view(context: FactsContext, shift: Shift) -> ShiftView:
    """One shift, linked to the User entity of its person."""
    name, labels = short(shift.person, 80), context.labels
    level = labels.get(f"on_call_level_{shift.level}", "") or labels["on_call_level_n"].format(shift.level)
    return ShiftView(name, initials(name), user_of(context, shift), level, at(context, shift.start), at(context, shift.end))


def user_of(context: FactsContext, shift: Shift) -> EntityLink | None:
    """The User entity with the e-mail address or name of the person on call; None if there is none."""
    ref = context.users.get(shift.email.strip().lower()) or context.users.get(shift.person.strip().lower())
    return context.links.to(ref) if ref else None


def incidents(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Open incidents, the worst first; the number of resolved ones and their median duration."""
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Incident)]
    opened = sorted(
        (pair for pair in found if pair[1].state is not IncidentState.RESOLVED), key=lambda pair: (pair[1].severity, pair[1].opened)
    )
    closed = [pair for pair in found if pair[1].state is IncidentState.RESOLVED]
    labels = context.labels
    rows = (incident_row(context, fact) for fact, _ in opened[:EVENTS])
    blocks = [*events(context, rows, len(opened))]
    if not opened:
        blocks.append(Block("good", labels["no_open_incidents"]))
    times = [(value.resolved - value.opened).total_seconds() for _, value in closed if value.resolved and value.resolved >= value.opened]
    if closed:
        took = labels["median_time"] % duration(context, median(times)) if times else ""
        blocks.append(Block("pairs", ((labels["resolved_lately"], joined(label_for(labels, "n_incidents", len(closed)), took)),)))
        rest = newest((fact for fact, _ in closed), lambda fact: fact.value.opened if isinstance(fact.value, Incident) else None)
        blocks += events(context, (incident_row(context, fact) for fact in rest[: RESOLVED if opened else EVENTS]), 0)
    worst = min((value.severity for _, value in opened), default=0)
    badge = StateView(labels["n_open"].format(len(opened)), "bad" if worst <= WORST else "warn", "error" if worst <= WORST else "warn")
    return Content(tuple(blocks), badge if opened else None)


def incident_row(context: FactsContext, fact: Fact) -> EventView:
    """One incident."""
    value = fact.value
    assert isinstance(value, Incident)  # noqa: S101 - callers hold the family
    labels = context.labels
    if value.state is IncidentState.RESOLVED:
        state = StateView(labels["incident_resolved"], "good", "good")
    else:
        tone = "bad" if value.severity <= WORST else "warn"
        state = StateView(labels["severity_n"].format(value.severity), tone, "error" if tone == "bad" else "warn")
    took = duration(context, (value.resolved - value.opened).total_seconds()) if value.resolved and value.resolved >= value.opened else ""
    word = labels[f"incident_{value.state}"]
    note = joined(f"SEV{value.severity}", labels["took"] % took if took else word)
    return EventView(short(value.title), state, url_of(fact), note=note, at=at(context, value.opened))


def availability(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each objective with its current value, error budget and days."""
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Availability)]
    blocks: list[Block] = []
    for _, value in found[:OBJECTIVES]:
        blocks += _objective(context, value, is_named=len(found) > 1)
    labels = context.labels
    if len(found) > OBJECTIVES:
        blocks.append(Block("text", labels["n_more"] % (len(found) - OBJECTIVES)))
    results = [value.is_met() for _, value in found if value.is_met() is not None]
    badge = None
    if results:
        badge = StateView(labels["objective_met"], "good", "good") if all(results) else StateView(labels["objective_missed"], "bad", "bad")
    return Content(tuple(blocks), badge)


def _objective(context: FactsContext, value: Availability, *, is_named: bool) -> list[Block]:
    labels = context.labels
    window = label_for(labels, "n_days", value.window_days)
    target = labels["objective"] % percent(value.objective, 3) if value.objective is not None else ""
    current = labels["no_data"] if value.measured is None else percent(value.measured, 3)
    blocks = [Block("heading", short(value.name))] if is_named else []
    blocks.append(Block("figures", (Figure(current, joined(window, target), "bad" if value.is_met() is False else ""),)))
    return [*blocks, *availability_blocks(context, value)]


def availability_blocks(context: FactsContext, value: Availability) -> list[Block]:
    """The remaining error budget, and the days."""
    labels = context.labels
    blocks: list[Block] = []
    if value.budget_left is not None:
        left = value.budget_left
        note = labels["budget_left"] % percent(left, 0) if left >= 0 else labels["budget_over"] % percent(-left, 0)
        tone = "good" if left > 25 else "warn" if left > 0 else "bad"  # noqa: PLR2004 - a quarter of the budget is the usual threshold of attention
        words = f"{labels['error_budget']}: {note}"
        blocks.append(
            Block("bar", formatting.bar(labels["error_budget"], note, [(tone, max(min(left, 100), 0) if left > 0 else 100)], words))
        )
    if value.history:
        blocks.append(Block("days", _days(context, value)))
    return blocks


def _days(context: FactsContext, value: Availability) -> object:
    tones = [_tone(day, value.objective) for day in value.history]
    counts = {tone: tones.count(tone) for tone in ("good", "warn", "bad", "none")}
    labels = context.labels
    notes = [labels[f"days_{tone}"].format(counts[tone]) for tone in ("bad", "warn") if counts[tone]]
    words = label_for(labels, "days_words", len(tones), counts["good"], counts["warn"], counts["bad"], counts["none"])
    return formatting.days(label_for(labels, "last_days", len(tones)), ", ".join(notes) or labels["days_all_good"], tones, words)


def _tone(day: DayShare, objective: float | None) -> str:
    """``good`` at or above the objective; ``bad`` if the day used more than ten times its error budget; else ``warn``."""
    if day.percent is None:
        return "none"
    target = 99.9 if objective is None else objective
    if day.percent >= target:
        return "good"
    return "bad" if 100 - day.percent > 10 * (100 - target) else "warn"


def alerts(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Firing alerts first, then by severity."""
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Alert)]
    order = sorted(found, key=lambda pair: (_STATE_RANK[pair[1].state], pair[1].severity.rank, pair[1].name, pair[0].key))
    labels = context.labels
    rows = (alert_row(context, fact) for fact, _ in order[:EVENTS])
    firing = sum(value.state is AlertState.FIRING for _, value in found)
    badge = StateView(labels["n_firing"].format(firing), "warn", "on-call") if firing else None
    return Content(events(context, rows, len(found)), badge)


def alert_row(context: FactsContext, fact: Fact) -> EventView:
    """One alert."""
    value = fact.value
    assert isinstance(value, Alert)  # noqa: S101 - callers hold the family
    note = joined(context.labels[f"alert_{value.state}"], short(value.summary))
    state = severity_state(context, value.severity)
    return EventView(short(value.name), state, url_of(fact), is_code=True, note=note, at=at(context, value.since))


def errors(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each project with its numbers of errors, and errors by day."""
    blocks: list[Block] = []
    labels = context.labels
    found = [fact.value for fact in facts if isinstance(fact.value, ErrorTrend)]
    for value in found[:PROJECTS]:
        if len(found) > 1:
            blocks.append(Block("heading", short(value.name)))
        named = (("unresolved_errors", value.unresolved, ""), ("new_errors", value.new, "warn"), ("affected_people", value.users, ""))
        figures = tuple(Figure(f"{count:,}", labels[label], tone if count else "") for label, count, tone in named if count is not None)
        blocks += [Block("figures", figures)] if figures else []
        last = len(value.counts)
        words = label_for(labels, "errors_words", last, min(value.counts, default=0), max(value.counts, default=0))
        line = formatting.spark(labels["errors_by_day"], label_for(labels, "last_days", last), value.counts, words)
        blocks += [Block("spark", line)] if line else []
    return Content(tuple(blocks))
