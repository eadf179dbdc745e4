"""Which pages there are about facts, and the section that each entity's page gets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from generator.model.entity import Entity
from generator.model.facts import OnCall
from generator.pages.canonical import canonical
from generator.pages.entities.view import Key, Section
from generator.pages.facts import everywhere, health
from generator.pages.facts.audience import HEALTH, has_health
from generator.pages.facts.context import FactsContext
from generator.pages.facts.duty import on_call_key
from generator.pages.facts.everywhere import Door
from generator.pages.facts.health import health_view
from generator.pages.facts.panels import facts_view
from generator.pages.facts.rollups import WHOLES, rollup_view
from generator.pages.facts.running import link_of
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


@dataclass(frozen=True, slots=True)
class FactsOfEntities:
    """``of_entity`` for pages that are followed."""

    context: FactsContext

    def __call__(self, entity: Entity) -> Section | None:
        """The section."""
        return of_entity(self.context, entity)

    @property
    def base(self) -> str:
        """What the portal is connected to."""
        return canonical([self.context.connections, self.context.declared])

    def print_of(self, entity: Entity) -> str:
        """The facts and measurements themselves; of a whole, which adds up many, what it says."""
        context, ref = self.context, entity.ref
        if ref.kind in WHOLES:
            return canonical(of_entity(context, entity))
        facts, asked = context.facts_by_subject.get(ref, ()), context.measured_by_subject.get(ref, ())
        people = [link_of(context, shift) for fact in facts if isinstance(fact.value, OnCall) for shift in fact.value.shifts]
        return canonical([facts, [(one.family, one.source, one.complete) for one in asked], people]) if facts or asked else ""


@dataclass(frozen=True, slots=True)
class DutyOfEntities:
    """``on_call_key`` for pages that are followed."""

    context: FactsContext

    def __call__(self, entity: Entity) -> Key | None:
        """The key."""
        return on_call_key(self.context, entity)

    @property
    def base(self) -> str:
        """Nothing beside what ``FactsOfEntities`` has."""
        return ""

    def print_of(self, entity: Entity) -> str:
        """What it says of others' facts; the entity's own ones are in the print of ``FactsOfEntities``."""
        if entity.ref.kind in WHOLES or entity.ref.kind == "api":
            key = on_call_key(self.context, entity)
            return canonical(key) if key else ""
        return ""
