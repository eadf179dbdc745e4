"""The results of a code analysis: the gate's state, coverage and counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callboard.model.facts.validation import Validated


class GateState(StrEnum):
    """The result of a quality gate."""

    PASSED = "passed"
    WARNING = "warning"
    FAILED = "failed"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class QualityGate(Validated):
    """Results of a code analysis. None: not measured."""

    state: GateState = GateState.NONE
    analysed: datetime | None = None
    coverage: float | None = None
    """Percent."""
    coverage_wanted: float | None = None
    new_coverage: float | None = None
    """Percent of new code."""
    duplication: float | None = None
    """Percent."""
    bugs: int | None = None
    smells: int | None = None
    hotspots: int | None = None
    lines: int | None = None
    ratings: tuple[tuple[str, str], ...] = ()
    """Name (``reliability``, ``security``, ``maintainability``) and letter, ``A`` the best."""
