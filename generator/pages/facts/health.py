"""``/health/``: what is wrong now, in one place; the way to the pages about single families."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.model.facts import Alert, AlertState, Availability, Incident, IncidentState, Severity, Vulnerability
from generator.pages.facts.audience import HEALTH
from generator.pages.facts.context import FactsContext
from generator.pages.facts.everywhere import Door
from generator.pages.facts.rollups import rollup_panels, unique
from generator.pages.facts.view import PanelView
from generator.pages.parts import CountView

FAMILIES = ("incident", "availability", "vulnerability", "alert", "deployment")
"""Those that are worth a panel about everything, the most urgent first."""
_GRAVE = frozenset({Severity.CRITICAL, Severity.HIGH})


@dataclass(frozen=True, slots=True)
class HealthView:
    """What is wrong now."""

    doors: tuple[Door, ...]
    numbers: tuple[CountView, ...]
    panels: tuple[PanelView, ...]


def health_view(context: FactsContext, doors: tuple[Door, ...]) -> HealthView:
    """All that the page says."""
    return HealthView(doors, tuple(numbers(context)), rollup_panels(context, tuple(context.measured_by_subject), FAMILIES))


def numbers(context: FactsContext) -> Iterator[CountView]:
    """What asks for somebody now, as numbers; families about which nobody was asked have none."""
    asked = context.families()
    for family, key, icon, path in (
        ("incident", "open_incidents", "incident", "incidents/"),
        ("availability", "objectives_missed", "availability", "availability/"),
        ("vulnerability", "grave_vulnerabilities", "vulnerability", "vulnerabilities/"),
        ("alert", "firing_alerts", "alert", HEALTH),
    ):
        if family in asked:
            facts = context.of_family(family)
            found = unique(facts) if family in {"incident", "alert"} else facts
            count = sum(is_urgent(fact.value) for fact in found)
            yield CountView(count, context.labels[key], icon, path, "bad" if count else "")


def is_urgent(value: object) -> bool:
    """An open incident, a missed objective, a grave weakness or an alert that fires."""
    match value:
        case Incident():
            return value.state is not IncidentState.RESOLVED
        case Availability():
            return value.is_met() is False
        case Vulnerability():
            return value.severity in _GRAVE
        case Alert():
            return value.state is AlertState.FIRING
    return False
