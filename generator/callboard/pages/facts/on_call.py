"""On-call facts of an entity → the field of its page's header."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.on_call import OnCall, in_order
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short, url_of
from callboard.pages.facts.operations import shift_view
from callboard.pages.facts.rollups import ROLLUP_KINDS, members, unique
from callboard.pages.section import HeaderField, OnCallView

SCHEDULES = 3
"""With more schedules than these, only the panel lists them."""
SHIFTS = 6
"""Shifts of one schedule among which a script finds the current one."""


def on_call_field(context: FactsContext, entity: Entity) -> HeaderField | None:
    """Who is on call for an entity; for an API without a schedule, for the components that provide it. None if unknown."""
    schedules = _schedules(context, _with_members(context, entity.ref))
    if not schedules and entity.ref.kind == "api":
        schedules = _schedules(context, context.catalog.targets(entity.ref, "apiProvidedBy"))
    if not 0 < len(schedules) <= SCHEDULES:
        return None
    is_only = len(schedules) == 1
    return HeaderField(
        context.labels["family_on_call"], on_call=tuple(_on_call_view(context, fact, value, is_only=is_only) for fact, value in schedules)
    )


def _with_members(context: FactsContext, ref: EntityRef) -> Sequence[EntityRef]:
    return (ref, *members(context.catalog, ref)) if ref.kind in ROLLUP_KINDS else (ref,)


def _schedules(context: FactsContext, refs: Sequence[EntityRef]) -> list[tuple[Fact, OnCall]]:
    """Schedules that have shifts, each once."""
    facts = unique(fact for ref in refs for fact in context.facts(ref, "on-call") if isinstance(fact.value, OnCall) and fact.value.shifts)
    return [(fact, fact.value) for fact in facts if isinstance(fact.value, OnCall)]


def _on_call_view(context: FactsContext, fact: Fact, value: OnCall, *, is_only: bool) -> OnCallView:
    first = min(shift.level for shift in value.shifts)
    shifts = sorted((shift for shift in value.shifts if shift.level == first), key=in_order)[:SHIFTS]
    return OnCallView("" if is_only else short(value.name, 60), url_of(fact), tuple(shift_view(context, shift) for shift in shifts))
