"""Service level objectives of two builds → which were missed and which are met again."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.history.facts.family import FamilyEvents
from callboard.model.facts.availability import Availability
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.events import EventKind, FactDelta, FactEvent
from callboard.state.summaries import short

MISSED, MET = "objective-missed", "objective-met"


def _events(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        old, value = delta.before.get(key), fact.value
        if old is None or not isinstance(value, Availability) or not isinstance(old.value, Availability):
            continue
        before, after = old.value.is_met(), value.is_met()
        if None not in {before, after} and before != after:
            about = f"{value.measured:.7g} {value.objective:.7g}"
            yield FactEvent(MET if after else MISSED, after=short(value.name), about=about)


def _about(about: str) -> str:
    """``99.1%, target 99.9%``, from both numbers."""
    return "{}%, target {}%".format(*about.split(" ", 1))


EVENTS = FamilyEvents(
    events=_events,
    kinds={
        MISSED: EventKind("SLO breached", "SLOs breached", tone=Tone.BAD, icon="availability", order=1, is_named=True),
        MET: EventKind("SLO met again", "SLOs met again", tone=Tone.GOOD, icon="availability"),
    },
    about=_about,
)
