"""A run of a pipeline: state, duration and test results."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import RunState, Tone
from callboard.model.facts.recorded import RecordedValue


@dataclass(frozen=True, slots=True)
class PipelineRun(RecordedValue):
    """One run of a pipeline, with its test results if known."""

    is_public: ClassVar[bool] = True
    name: str
    """Name of the pipeline or workflow."""
    at: datetime | None
    """Time of the start."""
    state: RunState = RunState.UNKNOWN
    branch: str = ""
    seconds: float | None = None
    by: str = ""
    tests: int | None = None
    tests_failed: int | None = None
    tests_skipped: int | None = None
    state_word: str = ""
    """The tool's word for the state if the state is unknown."""

    @property
    def tone(self) -> Tone:
        """That of its state."""
        return self.state.tone

    def happened_at(self, observed_at: datetime | None) -> datetime | None:
        """Its start, else the time at which the tool observed it."""
        return self.at or observed_at

    @property
    def outcome(self) -> str:
        """Its state."""
        return self.state

    @property
    def is_over(self) -> bool:
        """Whether its state is final."""
        return self.state.is_over

    def sort_key(self, observed_at: datetime | None) -> float:  # noqa: ARG002
        """The newest first, those without a time last."""
        return -self.at.timestamp() if self.at else 0.0
