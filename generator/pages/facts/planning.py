"""Which pages there are about facts, and the section that each entity's page gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from generator.model.entity import Entity
from generator.model.facts import Incident, IncidentState
from generator.pages.entities.view import Section
from generator.pages.facts import everywhere
from generator.pages.facts.context import FactsContext
from generator.pages.facts.everywhere import Door
from generator.pages.facts.panels import facts_view
from generator.pages.facts.rollups import WHOLES, rollup_view, unique
from generator.pages.page import Page
from generator.pages.parts import CountView

_PAGES: tuple[tuple[str, str, tuple[str, ...], Callable[[FactsContext, tuple[Door, ...]], Any]], ...] = (
    ("incidents", "incident", ("incident", "on-call"), everywhere.incidents_view),
    ("deployments", "deployment", ("deployment",), everywhere.deployments_view),
    ("vulnerabilities", "vulnerability", ("vulnerability",), everywhere.vulnerabilities_view),
    ("availability", "availability", ("availability",), everywhere.availability_view),
)
"""Path and template, icon, families of which one must be known, and the view."""


def plan(context: FactsContext) -> Iterator[Page]:
    """The pages about what is open everywhere, as far as anybody was asked; none for a portal that asks no tools."""
    doors = _doors(context)
    for name, _, _, view in _PAGES:
        path = f"{name}/"
        if any(door.path == path for door in doors):
            mine = tuple(replace(door, is_here=door.path == path) for door in doors)
            title = context.labels[f"page_{name}"]
            yield Page(path, f"{name}.html", "wide", "-", title, partial(view, context, mine), context.labels[f"page_{name}_text"])


def _doors(context: FactsContext) -> tuple[Door, ...]:
    asked = {one.family for those in context.measured_by_subject.values() for one in those if context.shows(one.family)}
    return tuple(
        Door(context.labels[f"page_{name}"], f"{name}/", icon, is_here=False)
        for name, icon, families, _ in _PAGES
        if asked.intersection(families)
    )


def numbers(context: FactsContext) -> tuple[CountView, ...]:
    """For the start page: what is open now."""
    if not any(door.path == "incidents/" for door in _doors(context)):
        return ()
    values = [fact.value for fact in unique(context.of_family("incident"))]
    count = sum(isinstance(value, Incident) and value.state is not IncidentState.RESOLVED for value in values)
    return (CountView(count, context.labels["open_incidents"], "incident", "incidents/"),)


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section of an entity's page; None where no tool has anything to do with it."""
    if not context.connections:
        return None
    view = rollup_view(context, entity) if entity.ref.kind in WHOLES else facts_view(context, entity)
    return Section("facts", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
