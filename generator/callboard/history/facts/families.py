"""The table of what each family brings for the history, built-in or of a plugin, and the kinds of events by name."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from callboard.history.facts import availability, deployment, incident, quality_gate, vulnerability
from callboard.history.facts.family import FamilyEvents
from callboard.model.facts.events import EventKind
from callboard.plugins.installed_families import installed_families

NO_EVENTS = FamilyEvents()
"""For families that pages show as they are, and whose changes are no events."""
FAMILIES: Mapping[str, FamilyEvents] = {
    "on-call": NO_EVENTS,
    "incident": incident.EVENTS,
    "availability": availability.EVENTS,
    "deployment": deployment.EVENTS,
    "pipeline-run": NO_EVENTS,
    "vulnerability": vulnerability.EVENTS,
    "quality-gate": quality_gate.EVENTS,
    "coverage": NO_EVENTS,
    "repository": NO_EVENTS,
    "alert": NO_EVENTS,
    "error-trend": NO_EVENTS,
    "issue": NO_EVENTS,
    "dashboard": NO_EVENTS,
    "cost": NO_EVENTS,
    "documentation": NO_EVENTS,
    "api-quality": NO_EVENTS,
    "delivery": NO_EVENTS,
    "drift": NO_EVENTS,
}
"""The built-in families."""


@cache
def all_families() -> Mapping[str, FamilyEvents]:
    """The built-in families, then those of plugins by name."""
    installed = installed_families()
    plugins = {
        name: FamilyEvents(family.events, family.kinds, package=installed.packages[name]) for name, family in installed.families.items()
    }
    return {**FAMILIES, **plugins}


@cache
def event_kinds() -> Mapping[str, tuple[str, EventKind]]:
    """The family and the words of each kind of event, by its name."""
    return {name: (family, kind) for family, each in all_families().items() for name, kind in each.kinds.items()}
