"""The results of a code analysis: the gate's state, coverage and counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.field_kinds import Percent, Rating
from callboard.model.facts.value import FactValue


class GateState(StrEnum):
    """The result of a quality gate."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NONE = "none"


_GATE_TONES = {GateState.PASSED: Tone.GOOD, GateState.WARNING: Tone.WARN, GateState.FAILED: Tone.BAD, GateState.NONE: Tone.NONE}


@dataclass(frozen=True, slots=True)
class QualityGate(FactValue):
    """Results of a code analysis. None: not measured."""

    is_public: ClassVar[bool] = True
    state: GateState = GateState.NONE
    analysed: datetime | None = None
    coverage: Percent | None = None
    """Percent."""
    coverage_wanted: Percent | None = None
    new_coverage: Percent | None = None
    """Percent of new code."""
    duplication: Percent | None = None
    """Percent."""
    bugs: int | None = None
    smells: int | None = None
    hotspots: int | None = None
    lines: int | None = None
    ratings: tuple[tuple[str, Rating], ...] = ()
    """Name (``reliability``, ``security``, ``maintainability``) and letter, ``A`` the best."""
    state_word: str = ""
    """The tool's word for the gate's state if it is unknown; ``state`` is ``none`` then."""

    @property
    def tone(self) -> Tone:
        """That of the gate's state."""
        return _GATE_TONES[self.state]

    def sort_key(self, observed_at: datetime | None) -> int:  # noqa: ARG002
        """Failed gates first, then warnings, passed ones, and analyses without a gate."""
        return -self.tone.rank
