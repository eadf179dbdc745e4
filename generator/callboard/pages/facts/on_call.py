"""Who is on call, for the header of an entity's page."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.values import OnCall, in_order
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short, url_of
from callboard.pages.facts.operations import shift_view
from callboard.pages.facts.rollups import WHOLES, members, unique
from callboard.pages.section import HeaderField, OnCallView

SCHEDULES = 3
"""More than these are told by the panel alone: nobody looks for one name among ten."""


SHIFTS_ON_CALL_KEY = 6


def on_call_key(context: FactsContext, entity: Entity) -> HeaderField | None:
    """Who is called first for an entity; for an API without a schedule of its own, for what provides it."""
    found = _schedules(context, _asked(context, entity.ref))
    if not found and entity.ref.kind == "api":
        found = _schedules(context, context.catalog.targets(entity.ref, "apiProvidedBy"))
    if not 0 < len(found) <= SCHEDULES:
        return None
    return HeaderField(context.labels["family_on_call"], on_call=tuple(_duty(context, fact, is_only=len(found) == 1) for fact in found))


def _asked(context: FactsContext, ref: EntityRef) -> Sequence[EntityRef]:
    return (ref, *members(context.catalog, ref)) if ref.kind in WHOLES else (ref,)


def _schedules(context: FactsContext, refs: Sequence[EntityRef]) -> list[Fact]:
    if not context.is_visible("on-call"):
        return []
    return unique(fact for ref in refs for fact in context.facts(ref, "on-call") if isinstance(fact.value, OnCall) and fact.value.shifts)


def _duty(context: FactsContext, fact: Fact, *, is_only: bool) -> OnCallView:
    value = fact.value
    assert isinstance(value, OnCall)  # noqa: S101 - asked before
    first = min(shift.level for shift in value.shifts)
    shifts = sorted((shift for shift in value.shifts if shift.level == first), key=in_order)[:SHIFTS_ON_CALL_KEY]
    return OnCallView("" if is_only else short(value.name, 60), url_of(fact), tuple(shift_view(context, shift) for shift in shifts))
