"""A dashboard of a tool that measures: its name and where it is kept; the fact's URL leads to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class Dashboard(FactValue):
    """A dashboard about an entity."""

    title: str
    folder: str = ""
    """The folder in which the tool keeps it; empty for none."""

    def sort_key(self, observed_at: datetime | None) -> tuple[str, str]:  # noqa: ARG002
        """By title."""
        return self.title.casefold(), self.folder
