"""On-call schedules → the panel of an entity, its roll-up, and the field in the header of the entity's page."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.on_call import OnCall, Shift, shift_order
from callboard.model.facts.order import ranked, unique
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import at, short, url_of
from callboard.pages.facts.members import ROLLUP_KINDS, members
from callboard.pages.facts.view import Block, Content
from callboard.pages.safe_text import initials
from callboard.pages.section import HeaderField, OnCallView, ShiftView
from callboard.pages.shared_views import EntityLink

SCHEDULES = 4
"""Schedules that a roll-up lists."""
SHIFTS = 8
"""Shifts of one schedule that are listed."""
HEADER_SCHEDULES = 3
"""With more schedules than these, only the panel lists them."""
HEADER_SHIFTS = 6
"""Shifts of one schedule among which a script finds the current one."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each schedule with its shifts; a script marks the current one."""
    blocks: list[Block] = []
    for fact in ranked(facts):
        if isinstance(value := fact.value, OnCall):
            shifts = schedule_shifts(context, value)
            if len(facts) > 1:
                blocks.append(Block("heading", short(value.name)))
            blocks.append(Block("shifts", shifts) if shifts else Block("text", context.labels["nobody_on_call"]))
    return Content(tuple(blocks))


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The first schedules, and the number of the others."""
    listed, more = ranked(facts)[:SCHEDULES], len(facts) - SCHEDULES
    rest = (Block("more", context.labels["n_more"].format(more)),) if more > 0 else ()
    return Content((*_panel(context, listed).blocks, *rest))


def schedule_shifts(context: FactsContext, schedule: OnCall) -> tuple[ShiftView, ...]:
    """The shifts of a schedule in order, as far as pages list them."""
    return tuple(shift_view(context, shift) for shift in sorted(schedule.shifts, key=shift_order)[:SHIFTS])


def shift_view(context: FactsContext, shift: Shift) -> ShiftView:
    """One shift, linked to the User entity of its person."""
    name, labels = short(shift.person, 80), context.labels
    level = labels.get(f"on_call_level_{shift.level}", "") or labels["on_call_level_n"].format(shift.level)
    return ShiftView(name, initials(name), user_of(context, shift), level, at(context, shift.start), at(context, shift.end))


def user_of(context: FactsContext, shift: Shift) -> EntityLink | None:
    """The User entity with the e-mail address or name of the person on call; None if there is none."""
    ref = user_ref(context, shift)
    return context.links.to(ref) if ref else None


def user_ref(context: FactsContext, shift: Shift) -> EntityRef | None:
    """The reference of that entity."""
    return context.users.get(shift.email.strip().lower()) or context.users.get(shift.person.strip().lower())


def on_call_field(context: FactsContext, entity: Entity) -> HeaderField | None:
    """Who is on call for an entity; for an API without a schedule, for the components that provide it. None if unknown."""
    schedules = _schedules(context, _with_members(context, entity.ref))
    if not schedules and entity.ref.kind == "api":
        schedules = _schedules(context, context.catalog.targets(entity.ref, "apiProvidedBy"))
    if not 0 < len(schedules) <= HEADER_SCHEDULES:
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
    return [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, OnCall)]


def _on_call_view(context: FactsContext, fact: Fact, value: OnCall, *, is_only: bool) -> OnCallView:
    first = min(shift.level for shift in value.shifts)
    shifts = sorted((shift for shift in value.shifts if shift.level == first), key=shift_order)[:HEADER_SHIFTS]
    return OnCallView("" if is_only else short(value.name, 60), url_of(fact), tuple(shift_view(context, shift) for shift in shifts))


PAGES = FamilyPages(icon="on-call", panel=_panel, rollup=_rollup, is_on_health=False, path="incidents/")
