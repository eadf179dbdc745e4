"""Facts about the parts of a system or domain, or about what a team owns → panels that sum them up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import downwards
from callboard.model.counting import label_for
from callboard.model.entity import Entity
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.delivery import deployed_at, deployment_row
from callboard.pages.facts.formatting import EVENTS, events, joined, newest, percent, short, url_of
from callboard.pages.facts.operations import alert_row, incident_row, on_call
from callboard.pages.facts.panels import CONNECTABLE, panel
from callboard.pages.facts.security import severity_blocks, vulnerability_row, worst_badge, worst_first
from callboard.pages.facts.view import Block, Content, EventView, FactsView, PanelView
from callboard.pages.shared_views import StateView

FAMILIES = ("on-call", "incident", "availability", "deployment", "vulnerability", "alert")
"""Families that are summed up, in the order of their panels."""
SCHEDULES = 4
"""Schedules that are listed."""
_CONTAINERS = ("system", "domain")
ROLLUP_KINDS = frozenset({*_CONTAINERS, "group"})
"""Kinds whose pages sum up the facts about their members."""


def rollup_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """The section of a system, domain or group; None if nothing was measured for any of its members."""
    panels = rollup_panels(context, tuple(dict.fromkeys((entity.ref, *members(context.catalog, entity.ref)))))
    return FactsView(panels) if panels else None


def rollup_panels(context: FactsContext, refs: Sequence[EntityRef], families: Sequence[str] = FAMILIES) -> tuple[PanelView, ...]:
    """A panel for each family that was measured for any of these entities."""
    return tuple(panel for family in families if (panel := _panel(context, refs, family)) is not None)


def members(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """What a team owns, or the parts of a system or domain with those of its systems and sub-domains."""
    if ref.kind == "group":
        return organization.owned(catalog, ref)
    return tuple(downwards(ref, lambda here: structure.parts(catalog, here) if here == ref or here.kind in _CONTAINERS else ()))


def unique(facts: Iterable[Fact]) -> list[Fact]:
    """Each fact once, with its first subject: several entities may share a service, a repository or a schedule."""
    by_identity: dict[tuple[str, str, str, str], Fact] = {}
    for fact in facts:
        by_identity.setdefault((fact.source, fact.family, fact.environment, fact.key), fact)
    return list(by_identity.values())


def with_subject(context: FactsContext, fact: Fact, row: EventView) -> EventView:
    """The row with a link to the entity that it is about."""
    return replace(row, subject=context.links.to(fact.subject))


def _panel(context: FactsContext, refs: Sequence[EntityRef], family: str) -> PanelView | None:
    if not context.is_visible(family):
        return None
    measurements = [each for ref in refs for each in context.measured_by_subject.get(ref, ()) if each.family == family]
    every = [fact for ref in refs for fact in context.facts(ref, family)]
    facts = every if family == "vulnerability" else unique(every)  # a vulnerability has to be fixed in each of the entities
    if not measurements and not facts:
        return None
    count = len({each.subject for each in measurements})
    measurable = len([ref for ref in refs if ref.kind in CONNECTABLE])
    note = Block("text", context.labels["n_measured"].format(count, measurable))
    made = panel(context, family, facts, measurements, _RENDERERS[family])
    return replace(made, blocks=(*made.blocks, note))


def _on_call(context: FactsContext, facts: Sequence[Fact]) -> Content:
    content = on_call(context, facts[:SCHEDULES])
    return replace(content, blocks=content.blocks[: SCHEDULES * 2])


def _incidents(context: FactsContext, facts: Sequence[Fact]) -> Content:
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Incident)]
    opened = [fact for fact, value in found if value.state is not IncidentState.RESOLVED]
    order = newest(opened, lambda fact: fact.value.opened if isinstance(fact.value, Incident) else None)
    labels = context.labels
    rows = (with_subject(context, fact, incident_row(context, fact)) for fact in order[:EVENTS])
    blocks = events(context, rows, len(order)) or (Block("good", labels["no_open_incidents"]),)
    closed = len(found) - len(opened)
    more = (Block("pairs", ((labels["resolved_lately"], label_for(labels, "n_incidents", closed)),)),) if closed else ()
    badge = StateView(labels["n_open"].format(len(opened)), "bad", "error") if opened else None
    return Content((*blocks, *more), badge)


def _availability(context: FactsContext, facts: Sequence[Fact]) -> Content:
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, Availability)]
    order = sorted(
        found, key=lambda pair: (pair[1].is_met() is not False, pair[1].budget_left is None, pair[1].budget_left or 0, pair[0].key)
    )
    labels = context.labels
    rows = (with_subject(context, fact, availability_row(context, fact, value)) for fact, value in order[:EVENTS])
    missed = sum(value.is_met() is False for _, value in found)
    badge = StateView(labels["n_missed"].format(missed), "bad", "bad") if missed else StateView(labels["objective_met"], "good", "good")
    return Content(events(context, rows, len(order)), badge if any(value.is_met() is not None for _, value in found) else None)


def availability_row(context: FactsContext, fact: Fact, value: Availability) -> EventView:
    """One objective in a list."""
    met, labels = value.is_met(), context.labels
    state = {
        True: StateView(labels["objective_met"], "good", "good"),
        False: StateView(labels["objective_missed"], "bad", "bad"),
        None: StateView(labels["no_data"], "none", "unknown"),
    }[met]
    target = labels["objective"] % percent(value.objective, 3) if value.objective is not None else ""
    current = labels["no_data"] if value.measured is None else percent(value.measured, 3)
    return EventView(short(value.name), state, url_of(fact), note=joined(current, target))


def _deployments(context: FactsContext, facts: Sequence[Fact]) -> Content:
    order = newest(facts, deployed_at)
    return Content(events(context, (with_subject(context, fact, deployment_row(context, fact)) for fact in order[:EVENTS]), 0))


def _vulnerabilities(context: FactsContext, facts: Sequence[Fact]) -> Content:
    counts = Counter(fact.value.severity for fact in facts if isinstance(fact.value, Vulnerability))
    order = worst_first(facts)
    rows = (with_subject(context, fact, vulnerability_row(context, fact)) for fact in order[:EVENTS])
    return Content(
        (*severity_blocks(context, counts, "vulnerabilities_words"), *events(context, rows, len(order))), worst_badge(context, counts)
    )


def _alerts(context: FactsContext, facts: Sequence[Fact]) -> Content:
    firing = [fact for fact in facts if isinstance(fact.value, Alert) and fact.value.state is AlertState.FIRING]
    if not firing:
        return Content((Block("good", context.labels["nothing_alert"]),))
    rows = (with_subject(context, fact, alert_row(context, fact)) for fact in firing[:EVENTS])
    badge = StateView(context.labels["n_firing"].format(len(firing)), "warn", "on-call")
    return Content(events(context, rows, len(firing)), badge)


_RENDERERS = {
    "on-call": _on_call, "incident": _incidents, "availability": _availability, "deployment": _deployments,
    "vulnerability": _vulnerabilities, "alert": _alerts,
}  # fmt: skip
