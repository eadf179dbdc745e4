"""Alerts → the panel of an entity, its roll-up, and the page ``/alerts/``."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.data_classes import dataclass
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked, unique
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    REST,
    at,
    events,
    expandable,
    joined,
    number_label,
    page_count,
    rows_of_page,
    severity_state,
    short,
    sources_of,
    url_of,
    with_owner,
    with_subject,
)
from callboard.pages.facts.view import Block, Content, EventView, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import StateView


@dataclass(frozen=True, slots=True)
class AlertsView:
    """Alerts that are not resolved, the firing ones first."""

    nav: tuple[NavLink, ...]
    rows: tuple[EventView, ...]
    count: int
    """Number of all alerts."""
    pager: Pager
    sources: tuple[SourceView, ...]


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Firing alerts first, then by severity."""
    rows = [_row(context, fact) for fact in ranked(facts)[: EVENTS + REST]]
    return Content(expandable(context, rows, len(facts)), _badge(context, facts))


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
    state = severity_state(context, value.severity, value.severity_word)
    severity = state.text if value.severity is not FactSeverity.UNKNOWN or value.severity_word else ""
    note = joined(severity, named or context.labels[f"alert_{value.state}"], short(value.summary))
    if value.state is AlertState.RESOLVED:
        state = StateView(context.labels["alert_resolved"], "none", "")
    return EventView(short(value.name), state, url_of(fact), is_code=True, note=note, at=at(context, value.since))


def _listed(context: FactsContext) -> list[Fact]:
    """Alerts of all entities that are not resolved, each once."""
    return [fact for fact in ranked(unique(context.of_family("alert"))) if isinstance(fact.value, Alert) and fact.value.is_open]


def _page_count(_: FactsContext, order: Sequence[Fact]) -> int:
    return page_count(len(order))


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, order: Sequence[Fact]) -> AlertsView:
    rows = tuple(with_owner(context, fact, _row(context, fact)) for fact in rows_of_page(order, number))
    return AlertsView(nav, rows, len(order), pager("alerts/", number, page_count(len(order))), sources_of(context, "alert"))


PAGES = FamilyPages(
    icon="alert",
    panel=_panel,
    rollup=_rollup,
    index=FamilyIndex("alerts", _index, pages=_page_count, listing=_listed),
    urgent_label="firing_alerts",
)
