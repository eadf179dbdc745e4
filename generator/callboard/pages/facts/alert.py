"""Alerts → the panel of an entity, and its roll-up."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import EVENTS, at, events, joined, number_label, severity_state, short, url_of, with_subject
from callboard.pages.facts.view import Block, Content, EventView
from callboard.pages.shared_views import StateView


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Firing alerts first, then by severity."""
    rows = (_row(context, fact) for fact in ranked(facts)[:EVENTS])
    return Content(events(context, rows, len(facts)), _badge(context, facts))


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The firing alerts of several entities, the most severe first."""
    firing = [fact for fact in ranked(facts) if fact.value.is_open]
    if not firing:
        return Content((Block("good", context.labels["nothing_alert"]),))
    rows = (with_subject(context, fact, _row(context, fact)) for fact in firing[:EVENTS])
    return Content(events(context, rows, len(firing)), _badge(context, facts))


def _badge(context: FactsContext, facts: Sequence[Fact]) -> StateView | None:
    states = [fact.value.state for fact in facts if isinstance(fact.value, Alert)]
    if firing := states.count(AlertState.FIRING):
        return StateView(number_label(context, "n_firing", firing), "warn", "on-call")
    unknown = states.count(AlertState.UNKNOWN)
    return StateView(number_label(context, "n_unknown", unknown), "warn", "warn") if unknown else None


def _row(context: FactsContext, fact: Fact) -> EventView:
    """One alert."""
    value = fact.value
    assert isinstance(value, Alert)  # noqa: S101 - of the family
    named = context.labels["run_unknown_word"].format(short(value.state_word, 40)) if value.state_word else ""
    note = joined(named or context.labels[f"alert_{value.state}"], short(value.summary))
    state = severity_state(context, value.severity, value.severity_word)
    if value.state is AlertState.RESOLVED:
        state = StateView(context.labels["alert_resolved"], "none", "")
    return EventView(short(value.name), state, url_of(fact), is_code=True, note=note, at=at(context, value.since))


PAGES = FamilyPages(icon="alert", panel=_panel, rollup=_rollup, urgent_label="firing_alerts")
