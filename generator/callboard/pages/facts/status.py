"""An entity's facts → the strip in the head of its page: what needs attention, each with a link to its panel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from callboard.model.entity import Entity
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import FactSeverity, Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked, worst_tone
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.deployment import deployment_row
from callboard.pages.facts.formatting import joined, number
from callboard.pages.facts.members import CONNECTABLE, ROLLUP_KINDS, members
from callboard.pages.facts.rollups import counted
from callboard.pages.section import StatusStrip, StripItem
from callboard.pages.shared_views import StateView

_FAMILIES = ("incident", "availability", "deployment", "vulnerability")
"""Families of the strip, in their order."""


def status_strip(context: FactsContext, entity: Entity) -> StatusStrip | None:
    """The strip; for a system, domain or group about its members. None where no tool reports about such entities."""
    if entity.ref.kind not in CONNECTABLE | ROLLUP_KINDS:
        return None
    connected = {family for connection in context.connections.values() for family in connection.families}
    families = [each for each in _FAMILIES if (each in connected or context.has_any(each)) and context.is_visible(each)]
    if not families:
        return None
    refs = tuple(dict.fromkeys((entity.ref, *(members(context.catalog, entity.ref) if entity.ref.kind in ROLLUP_KINDS else ()))))
    is_known = context.knows_any(refs)
    items: list[StripItem] = []
    missing: list[str] = []
    for family in families:
        item = _item(context, family, refs) if is_known and context.has_any(family) else None
        if item is not None:
            items.append(item)
        elif family in connected:
            missing.append(context.labels[f"status_{family}"])
    return StatusStrip(tuple(items), ", ".join(missing)) if items or missing else None


def _item(context: FactsContext, family: str, refs: Sequence[EntityRef]) -> StripItem | None:
    """The item of one family; None if no tool was queried about it."""
    measured = context.measured(refs, family)
    facts = counted(context, family, context.facts_about(refs, family))
    if not measured and not facts:
        return None
    asked = context if all(each.complete for each in measured) else replace(context, is_incomplete=True)
    label, target = context.labels[f"status_{family}"], f"facts-{family}"
    if family == "deployment":
        return _deployment(asked, facts, label, target)
    return StripItem(label, _STATES[family](asked, facts), target)


def _nothing(context: FactsContext, label: str, tone: str = "good") -> StateView:
    """The state if there is nothing; not known if a tool was not queried completely."""
    if context.is_incomplete:
        return StateView(context.labels["state_not_known"], "warn", "unknown")
    return StateView(context.labels[label], tone, "good" if tone == "good" else "")


def _incidents(context: FactsContext, facts: Sequence[Fact]) -> StateView:
    open_ones = [fact for fact in facts if fact.value.is_urgent]
    if not open_ones:
        return _nothing(context, "status_incident_none")
    tone = worst_tone(open_ones)
    return StateView(context.labels["status_open"].format(number(context, len(open_ones))), tone, "bad" if tone is Tone.BAD else "warn")


def _objectives(context: FactsContext, facts: Sequence[Fact]) -> StateView:
    tones = Counter(fact.value.tone for fact in facts)
    if tones[Tone.BAD]:
        return StateView(context.labels["status_missed"].format(tones[Tone.BAD], len(facts)), "bad", "bad")
    if not facts:
        return _nothing(context, "status_none", "none")
    if tones[Tone.NONE]:
        return StateView(context.labels["no_data"], "none", "unknown")
    return _nothing(context, "status_met")


def _vulnerabilities(context: FactsContext, facts: Sequence[Fact]) -> StateView:
    counts = Counter(fact.value.severity for fact in facts if isinstance(fact.value, Vulnerability))
    worst = [severity for severity in FactSeverity if counts[severity] and severity.is_critical_or_high]
    if not worst:
        return _nothing(context, "status_none")
    words = ", ".join(f"{number(context, counts[severity])} {context.labels[f'severity_{severity}'].lower()}" for severity in worst)
    return StateView(words, "bad", "bad")


def _deployment(context: FactsContext, facts: Sequence[Fact], label: str, target: str) -> StripItem:
    """The newest deployment in trouble, else the newest: its version, environment, state and time."""
    order = [fact for fact in ranked(facts) if isinstance(fact.value, Deployment)]
    if not order:
        return StripItem(label, _nothing(context, "status_none", "none"), target)
    shown = _in_trouble(order)
    if shown is not None and shown is not order[0]:
        label = context.labels["status_deployment_bad"]
    row = deployment_row(context, shown or order[0])
    return StripItem(label, row.state or StateView("", "none", ""), target, joined(row.title, row.detail), row.at)


def _in_trouble(order: Sequence[Fact]) -> Fact | None:
    """The first that is degraded or missing, or that failed and was not followed by another of the same entity and environment."""
    followed: set[tuple[EntityRef, str, str]] = set()
    for fact in order:
        place = fact.subject, fact.environment, fact.source
        value = fact.value
        if isinstance(value, Deployment) and value.tone is Tone.BAD and (value.shows_health or place not in followed):
            return fact
        followed.add(place)
    return None


_STATES = {"incident": _incidents, "availability": _objectives, "vulnerability": _vulnerabilities}
