"""Quality gates of two builds → which failed and which passed again."""

from __future__ import annotations

from collections.abc import Iterator

from callboard.history.facts.family import FamilyEvents
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.events import EventKind, FactDelta, FactEvent
from callboard.model.facts.fact import Fact
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.state.summaries import short

FAILED, PASSED = "gate-failed", "gate-passed"


def _events(delta: FactDelta) -> Iterator[FactEvent]:
    for key, fact in delta.after.items():
        before, after = _gate(delta.before.get(key)), _gate(fact)
        if {before, after} in ({GateState.FAILED, GateState.PASSED}, {GateState.FAILED, GateState.WARNING}):
            kind = FAILED if after is GateState.FAILED else PASSED
            yield FactEvent(kind, after=short(fact.key) if len(delta.after) > 1 else "")


def _gate(fact: Fact | None) -> GateState:
    return fact.value.state if fact and isinstance(fact.value, QualityGate) else GateState.NONE


EVENTS = FamilyEvents(
    events=_events,
    kinds={
        FAILED: EventKind("quality gate failed", "quality gates failed", tone=Tone.BAD, icon="quality", order=1, is_named=True),
        PASSED: EventKind("quality gate passed again", "quality gates passed again", tone=Tone.GOOD, icon="quality"),
    },
)
