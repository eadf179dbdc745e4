"""On-call schedules → the shifts of one person: the field in the header of the person's page, and the section below it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from callboard.incremental.fingerprint import canonical
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.on_call import OnCall, Shift, shift_order
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short, url_of
from callboard.pages.facts.on_call import HEADER_SCHEDULES, shift_view, user_ref
from callboard.pages.facts.view import SourceView
from callboard.pages.section import HeaderField, OnCallView, Section, ShiftView
from callboard.pages.shared_views import EntityLink

COVERED = 12
"""Entities that are named for a schedule."""
SHIFTS = 20
"""Shifts that are listed."""


@dataclass(frozen=True, slots=True)
class PersonShift:
    """One shift of the person in one schedule."""

    shift: ShiftView
    schedule: str
    url: str
    """The schedule at its tool, checked; empty if unknown."""
    covers: tuple[EntityLink, ...]
    """Entities that the schedule covers."""
    more: int
    """Number of further ones."""


@dataclass(frozen=True, slots=True)
class PersonShifts:
    """The shifts of the next 48 hours of one person."""

    shifts: tuple[PersonShift, ...]
    sources: tuple[SourceView, ...]


@dataclass(frozen=True, slots=True)
class _Schedule:
    """A schedule in which the person has shifts."""

    fact: Fact
    shifts: tuple[Shift, ...]
    covers: tuple[EntityRef, ...]


Schedules = Mapping[EntityRef, Sequence[_Schedule]]


def schedules_by_person(context: FactsContext) -> Schedules:
    """The schedules of each User entity that has shifts in any."""
    facts: dict[tuple[str, str], Fact] = {}
    covers: defaultdict[tuple[str, str], list[EntityRef]] = defaultdict(list)
    for fact in context.of_family("on-call"):
        facts.setdefault((fact.source, fact.key), fact)
        covers[fact.source, fact.key].append(fact.subject)
    found: defaultdict[EntityRef, list[_Schedule]] = defaultdict(list)
    for key, fact in sorted(facts.items()):
        if isinstance(fact.value, OnCall):
            of_person: defaultdict[EntityRef, list[Shift]] = defaultdict(list)
            for shift in sorted(fact.value.shifts, key=shift_order):
                person = user_ref(context, shift)
                if person is not None:
                    of_person[person].append(shift)
            for person, shifts in of_person.items():
                found[person].append(_Schedule(fact, tuple(shifts), tuple(dict.fromkeys(covers[key]))))
    return found


@dataclass(frozen=True, slots=True)
class TrackedShiftField:
    """Provider of the field that says when a person is on call (``Fingerprinted``)."""

    context: FactsContext
    schedules: Schedules

    def __call__(self, entity: Entity) -> HeaderField | None:
        """The field; None for an entity that is no user, or a user without shifts, or one with many schedules."""
        found = self.schedules.get(entity.ref, ())
        if not 0 < len(found) <= HEADER_SCHEDULES:
            return None
        views = tuple(
            OnCallView("", url_of(each.fact), tuple(_shift(self.context, each, shift) for shift in each.shifts)) for each in found
        )
        return HeaderField(self.context.labels["family_on_call"], on_call=views)

    @property
    def base(self) -> str:
        """Empty: the section about facts has what all entities share."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """The schedules of the person, with the names of what they cover."""
        found = self.schedules.get(entity.ref)
        return _fingerprint(self.context, found) if found else ""


@dataclass(frozen=True, slots=True)
class TrackedShifts:
    """Provider of the section with the shifts of a person (``Fingerprinted``)."""

    context: FactsContext
    schedules: Schedules

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity that is no user, or a user without shifts."""
        found = self.schedules.get(entity.ref, ())
        shifts = tuple(_person_shift(self.context, each, shift) for each in found for shift in each.shifts)
        if not shifts:
            return None
        ordered = sorted(shifts, key=lambda each: (each.shift.start.iso if each.shift.start else "", each.schedule))
        names = dict.fromkeys(each.fact.source for each in found)
        view = PersonShifts(tuple(ordered[:SHIFTS]), tuple(SourceView(self.context.tool_title(name), name) for name in names))
        return Section("shifts", self.context.labels["on_call_shifts"], "shifts", view)

    @property
    def base(self) -> str:
        """Empty: the section about facts has what all entities share."""
        return ""

    def fingerprint(self, entity: Entity) -> str:
        """The schedules of the person, with the names of what they cover."""
        found = self.schedules.get(entity.ref)
        return _fingerprint(self.context, found) if found else ""


def _shift(context: FactsContext, schedule: _Schedule, shift: Shift) -> ShiftView:
    """The shift with the name of the schedule in place of that of the person."""
    view, value = shift_view(context, shift), schedule.fact.value
    assert isinstance(value, OnCall)  # noqa: S101 - of the family
    return ShiftView(short(value.name, 60), "", None, view.level, view.start, view.end)


def _person_shift(context: FactsContext, schedule: _Schedule, shift: Shift) -> PersonShift:
    view = _shift(context, schedule, shift)
    covers = context.links.all(schedule.covers[:COVERED])
    return PersonShift(view, view.name, url_of(schedule.fact), covers, max(len(schedule.covers) - COVERED, 0))


def _fingerprint(context: FactsContext, found: Sequence[_Schedule]) -> str:
    links = [[context.links.to(ref) for ref in each.covers[:COVERED]] for each in found]
    return fingerprint_of(canonical([[(each.fact, each.shifts, len(each.covers)) for each in found], links]))
