"""An issue of an issue tracker: priority, state and age."""

from __future__ import annotations

import math
from datetime import datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import FactSeverity, Tone
from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class Issue(FactValue):
    """An issue in an issue tracker."""

    is_public: ClassVar[bool] = True
    title: str
    type: str = ""
    """Type in the tracker: ``bug``, ``task`` …"""
    priority: FactSeverity = FactSeverity.UNKNOWN
    opened: datetime | None = None
    state: str = ""
    """State in the tracker."""
    assignee: str = ""
    priority_word: str = ""
    """The tracker's word for the priority if the priority is unknown."""

    @property
    def tone(self) -> Tone:
        """That of its priority."""
        return self.priority.tone

    def sort_key(self, observed_at: datetime | None) -> tuple[int, float]:  # noqa: ARG002
        """The highest priority first, then the oldest; those of unknown age last."""
        return self.priority.rank, self.opened.timestamp() if self.opened else math.inf
