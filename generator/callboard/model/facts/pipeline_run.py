"""A run of a pipeline: state, duration and test results."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.model.facts.enumerations import RunState
from callboard.model.facts.validation import Validated


@dataclass(frozen=True, slots=True)
class PipelineRun(Validated):
    """One run of a pipeline, with its test results if known."""

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
