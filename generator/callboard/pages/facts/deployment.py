"""Deployments → the panel of an entity, its roll-up, the page ``/deployments/``, and lines of changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

from callboard.model.data_classes import dataclass
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import RunState, Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked, unique
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    REST,
    at,
    events,
    expandable,
    joined,
    page_count,
    rows_of_page,
    run_state,
    short,
    sources_of,
    url_of,
    with_owner,
    with_subject,
)
from callboard.pages.facts.past import CountsView, all_earlier, counts_view, earlier_row
from callboard.pages.facts.view import ChangeDetails, Content, EventView, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import StateView
from callboard.state.event_history import Event
from callboard.state.values import Change

_HEALTH_ICONS = {
    Health.HEALTHY: "good", Health.PROGRESSING: "running", Health.DEGRADED: "bad", Health.SUSPENDED: "cancelled", Health.MISSING: "bad",
    Health.UNKNOWN: "unknown",
}  # fmt: skip

_Place = tuple[EntityRef, str, str]
"""Entity, integration and environment."""
_Listing = tuple[list[Fact], dict[Fact, Event]]
"""All deployments, the newest first, and what is recorded of those that their tools no longer return."""


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
    counts: CountsView
    count: int
    pager: Pager
    sources: tuple[SourceView, ...]


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Deployments, the newest first; the badge has their health."""
    order = ranked(facts)
    rows = [deployment_row(context, fact) for fact in order[: EVENTS + REST]]
    return Content(
        expandable(context, tuple(rows), len(order)), _overall_health(context, [f.value for f in order if isinstance(f.value, Deployment)])
    )


def deployment_row(context: FactsContext, fact: Fact, shown: Deployment | None = None) -> EventView:
    """One deployed version in one environment; ``shown`` in place of the value of the fact."""
    value, labels = shown or fact.value, context.labels
    assert isinstance(value, Deployment)  # noqa: S101 - of the family
    ready = labels["n_ready"].format(value.ready, value.wanted) if value.ready is not None and value.wanted is not None else ""
    sync = "" if value.in_sync is None else labels["in_sync" if value.in_sync else "out_of_sync"]
    health = labels[f"health_{value.health}"] if value.health else ""
    health = labels["health_unknown_word"].format(short(value.health_word, 40)) if value.health_word else health
    by = labels["by_person"].format(short(value.by, 60)) if value.by else ""
    note = joined(labels[f"run_{value.state}"] if value.state is not RunState.UNKNOWN else "", health, sync, ready, by)
    state = run_state(context, value.state, value.state_word)
    if value.health is not None and value.shows_health:
        state = StateView(health, value.tone, _HEALTH_ICONS[value.health])
    version = short(value.version, 60) or short(value.revision[:12]) or short(fact.key, 40)
    when = at(context, value.happened_at(fact.observed_at))
    return EventView(version, state, url_of(fact), is_code=True, detail=short(fact.environment, 40), note=note, at=when)


def _earlier_row(context: FactsContext, fact: Fact) -> EventView:
    """One version that was deployed earlier: its health at that time is not stated."""
    value = fact.value
    assert isinstance(value, Deployment)  # noqa: S101 - of the family
    return deployment_row(context, fact, replace(value, health=None, in_sync=None, ready=None, wanted=None))


def _overall_health(context: FactsContext, deployed: Sequence[Deployment]) -> StateView | None:
    """The worst of all deployments: degraded or missing, out of sync, in sync; None if unknown."""
    labels = context.labels
    unhealthy = [value.health for value in deployed if value.health and value.is_unhealthy]
    if unhealthy:
        return StateView(labels[f"health_{unhealthy[0]}"], unhealthy[0].tone, _HEALTH_ICONS[unhealthy[0]])
    if any(value.in_sync is False for value in deployed):
        return StateView(labels["out_of_sync"], "warn", "warn")
    if any(value.in_sync for value in deployed):
        return StateView(labels["in_sync"], "good", "good")
    return None


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The newest deployments of several entities."""
    rows = (with_subject(context, fact, deployment_row(context, fact)) for fact in ranked(facts)[:EVENTS])
    return Content(events(context, rows, len(facts)))


def _need_attention(facts: Sequence[Fact]) -> list[Fact]:
    """The deployments that are wrong now: what they deployed is degraded or missing, or they failed and none succeeded there since."""
    succeeded: dict[_Place, datetime] = {}
    for fact in facts:
        if fact.value.tone is Tone.GOOD and (when := _time(fact)):
            succeeded[_place(fact)] = max(when, succeeded.get(_place(fact), when))
    return [fact for fact in facts if fact.value.tone is Tone.BAD and not _is_replaced(fact, succeeded.get(_place(fact)))]


def _is_replaced(fact: Fact, succeeded: datetime | None) -> bool:
    """Whether a deployment succeeded in its place after it. A tool that reports the health reports what runs now."""
    value, when = fact.value, _time(fact)
    assert isinstance(value, Deployment)  # noqa: S101 - of the family
    return value.health is None and when is not None and succeeded is not None and succeeded > when


def _place(fact: Fact) -> _Place:
    """Where a deployment replaces those before it."""
    return fact.subject, fact.source, fact.environment


def _time(fact: Fact) -> datetime | None:
    value = fact.value
    return value.happened_at(fact.observed_at) if isinstance(value, Deployment) else None


def _listed(context: FactsContext) -> _Listing:
    """All deployments, the newest first, and what is recorded of those that their tools no longer return."""
    earlier = {event.fact: event for event in all_earlier(context, "deployment")}
    return ranked(unique((*context.of_family("deployment"), *earlier))), earlier


def _page_count(_: FactsContext, listing: _Listing) -> int:
    return page_count(len(listing[0]))


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, listing: _Listing) -> DeploymentsView:
    order, earlier = listing

    def row(fact: Fact) -> EventView:
        return earlier_row(context, earlier[fact], _earlier_row(context, fact)) if fact in earlier else deployment_row(context, fact)

    def day(fact: Fact) -> str:
        when = _time(fact)
        return context.local(when).date().isoformat() if when else ""

    days = tuple(
        DeploymentDay(f"d-{name or 'none'}", name, tuple(with_owner(context, fact, row(fact)) for fact in facts))
        for name, facts in groupby(rows_of_page(order, number), key=day)
    )
    counts = counts_view(context, "deployment") if number == 1 else CountsView((), "")
    return DeploymentsView(
        nav, days, counts, len(order), pager("deployments/", number, page_count(len(order))), sources_of(context, "deployment")
    )


def _change(_: Mapping[str, str], change: Change) -> ChangeDetails:
    """The versions before and after, and the environment."""
    return ChangeDetails(environment=change.about, has_values=True)


PAGES = FamilyPages(
    icon="deployment",
    panel=_panel,
    row=_earlier_row,
    rollup=_rollup,
    index=FamilyIndex("deployments", _index, pages=_page_count, listing=_listed),
    need_attention=_need_attention,
    change=_change,
)
