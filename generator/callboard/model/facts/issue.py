"""An issue of an issue tracker: priority, state and age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.validation import Validated


@dataclass(frozen=True, slots=True)
class Issue(Validated):
    """An issue in an issue tracker."""

    title: str
    type: str = ""
    """Type in the tracker: ``bug``, ``task`` …"""
    priority: FactSeverity = FactSeverity.UNKNOWN
    opened: datetime | None = None
    state: str = ""
    """State in the tracker."""
    assignee: str = ""
