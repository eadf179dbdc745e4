"""Incidents of two builds → which were opened and which were resolved."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.history.facts.family import FamilyEvents
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.events import EventKind, FactDelta, FactEvent
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident
from callboard.state.summaries import short

OPENED, RESOLVED = "incident-opened", "incident-resolved"


def _events(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        value, old = fact.value, delta.before.get(key)
        assert isinstance(value, Incident)  # noqa: S101 - of the family
        is_new = delta.is_new(value.opened) if value.is_open else delta.is_after(value.opened)
        if value.is_open != old.value.is_open if old else is_new:
            yield _event(fact, OPENED if value.is_open else RESOLVED)
    yield from (_event(fact, RESOLVED) for fact in delta.gone() if fact.value.is_open)


def _event(fact: Fact, kind: str) -> FactEvent:
    value = fact.value
    assert isinstance(value, Incident)  # noqa: S101 - of the family
    title, about = short(value.title), str(value.severity)
    return FactEvent(kind, after=title, about=about) if kind == OPENED else FactEvent(kind, title, about=about)


EVENTS = FamilyEvents(
    events=_events,
    kinds={
        OPENED: EventKind("incident opened", "incidents opened", tone=Tone.BAD, icon="incident", order=0, is_named=True),
        RESOLVED: EventKind("incident resolved", "incidents resolved", tone=Tone.GOOD, icon="good", order=1),
    },
    about="severity {}".format,
    is_shared=True,
)
