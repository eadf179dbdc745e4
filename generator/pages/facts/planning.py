"""Which pages there are about facts, and the section that each entity's page gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from generator.model.entity import Entity
from generator.pages.entities.view import Section
from generator.pages.facts import everywhere, health
from generator.pages.facts.audience import HEALTH, has_health
from generator.pages.facts.context import FactsContext
from generator.pages.facts.everywhere import Door
from generator.pages.facts.health import health_view
from generator.pages.facts.panels import facts_view
from generator.pages.facts.rollups import WHOLES, rollup_view
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
    """The page about health and those about single families, as far as anybody was asked; none for a portal that asks no tools."""
    labels, doors = context.labels, _doors(context)
    if has_health(context.settings):
        view = partial(health_view, context, _here(doors, HEALTH))
        yield Page(HEALTH, "health.html", "wide", HEALTH, labels["health"], view, labels["health_text"])
    for name, _, _, view_of in _PAGES:
        path, title = f"{name}/", labels[f"page_{name}"]
        if any(door.path == path for door in doors):
            view = partial(view_of, context, _here(doors, path))
            yield Page(path, f"{name}.html", "wide", HEALTH, title, view, labels[f"page_{name}_text"])


def _doors(context: FactsContext) -> tuple[Door, ...]:
    asked, labels = context.families(), context.labels
    single = (Door(labels[f"page_{name}"], f"{name}/", icon, is_here=False) for name, icon, families, _ in _PAGES if asked & {*families})
    return (Door(labels["overview"], HEALTH, "health", is_here=False), *single)


def _here(doors: tuple[Door, ...], path: str) -> tuple[Door, ...]:
    return tuple(replace(door, is_here=door.path == path) for door in doors)


def numbers(context: FactsContext) -> tuple[CountView, ...]:
    """For the start page: what asks for somebody now."""
    return tuple(health.numbers(context))


def of_entity(context: FactsContext, entity: Entity) -> Section | None:
    """The section of an entity's page; None where no tool has anything to do with it."""
    if not context.connections:
        return None
    view = rollup_view(context, entity) if entity.ref.kind in WHOLES else facts_view(context, entity)
    return Section("facts", context.labels["facts"], "facts", view, note=context.labels["facts_note"]) if view else None
