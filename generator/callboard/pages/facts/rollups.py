"""What tools say about the things in a system or domain, or about what a team owns, in one place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from callboard.catalog import organization, structure
from callboard.catalog.graph import Catalog
from callboard.catalog.traversal import downwards
from callboard.model.counting import label_for
from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.values import Alert, Availability, Incident, Vulnerability
from callboard.model.facts.words import AlertState, IncidentState
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.delivery import deployed_at, deployment_row
from callboard.pages.facts.formatting import EVENTS, events, joined, newest, percent, short, url_of
from callboard.pages.facts.operations import alert_row, incident_row, on_call
from callboard.pages.facts.panels import PAGES, RENDERERS, family_title, title_of
from callboard.pages.facts.security import severity_blocks, vulnerability_row, worst_badge, worst_first
from callboard.pages.facts.view import Block, Content, EventView, FactsView, PanelView, SourceView
from callboard.pages.shared_views import StateView

FAMILIES = ("on-call", "incident", "availability", "deployment", "vulnerability", "alert")
"""What is worth adding up."""
SCHEDULES = 4
_PARTED = ("system", "domain")
WHOLES = frozenset({*_PARTED, "group"})
"""Kinds whose pages tell what is known of many."""


def rollup_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """The section of a whole; None where nobody was asked about any of its parts."""
    panels = rollup_panels(context, tuple(dict.fromkeys((entity.ref, *members(context.catalog, entity.ref)))))
    return FactsView(panels) if panels else None


def rollup_panels(context: FactsContext, refs: Sequence[EntityRef], families: Sequence[str] = FAMILIES) -> tuple[PanelView, ...]:
    """A panel for each family that anybody was asked about."""
    return tuple(panel for family in families if (panel := _panel(context, refs, family)) is not None)


def members(catalog: Catalog, ref: EntityRef) -> tuple[EntityRef, ...]:
    """What a team owns; what lies in a whole, and in the systems and domains of it."""
    if ref.kind == "group":
        return organization.owned(catalog, ref)
    return tuple(downwards(ref, lambda here: structure.parts(catalog, here) if here == ref or here.kind in _PARTED else ()))


def unique(facts: Iterable[Fact]) -> list[Fact]:
    """Each thing once, under its first subject: several entities may share a service, a repository, a schedule."""
    found: dict[tuple[str, str, str, str], Fact] = {}
    for fact in facts:
        found.setdefault((fact.source, fact.family, fact.environment, fact.key), fact)
    return list(found.values())


def with_subject(context: FactsContext, fact: Fact, row: EventView) -> EventView:
    """The row of an entity among many."""
    return replace(row, subject=context.links.to(fact.subject))


def _panel(context: FactsContext, members: Sequence[EntityRef], family: str) -> PanelView | None:
    if not context.is_visible(family):
        return None
    asked = [one for ref in members for one in context.measured_by_subject.get(ref, ()) if one.family == family]
    told = [fact for ref in members for fact in context.facts(ref, family)]
    facts = told if family == "vulnerability" else unique(told)  # the same weakness has to be mended in each of them
    if not asked and not facts:
        return None
    partly = sorted({one.source for one in asked if not one.complete})
    labels = context.labels
    content = _RENDERERS[family](context, facts) if facts else Content(())
    incomplete = labels["facts_incomplete"] % ", ".join(title_of(context, name) for name in partly) if partly else ""
    is_zero = not facts and not partly
    blocks = (Block("good", labels[f"nothing_{family.replace('-', '_')}"]),) if is_zero else content.blocks
    names = dict.fromkeys([*(fact.source for fact in facts), *(one.source for one in asked)])
    sources = tuple(SourceView(title_of(context, name), name) for name in names)
    count = len({one.subject for one in asked})
    measured = labels["n_measured"].format(count, len([ref for ref in members if ref.kind in {"component", "resource", "api"}]))
    return PanelView(
        family, family_title(context, family), RENDERERS[family][0], content.badge, (*blocks, Block("text", measured)), sources,
        is_zero, incomplete, PAGES.get(family, ""),
    )  # fmt: skip


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
    order = sorted(found, key=lambda one: (one[1].is_met() is not False, one[1].budget_left is None, one[1].budget_left or 0, one[0].key))
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
    wanted = labels["objective"] % percent(value.objective, 3) if value.objective is not None else ""
    shown = labels["no_data"] if value.measured is None else percent(value.measured, 3)
    return EventView(short(value.name), state, url_of(fact), note=joined(shown, wanted))


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
