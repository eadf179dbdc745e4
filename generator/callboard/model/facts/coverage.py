"""The share of code that tests run: lines and branches of the last measurement."""

from __future__ import annotations

import math
from datetime import datetime
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.field_kinds import Percent
from callboard.model.facts.validation import FactError, validated
from callboard.model.facts.value import FactValue

ALL = 100.0


@dataclass(frozen=True, slots=True)
class Coverage(FactValue):
    """Coverage of one report or one repository. None: not measured."""

    is_public: ClassVar[bool] = True
    name: str
    """Name of the report or repository."""
    lines: Percent | None = None
    """Percent of lines."""
    branches: Percent | None = None
    """Percent of branches."""
    covered: int | None = None
    """Lines that tests run."""
    total: int | None = None
    """Lines that tests could run."""
    measured: datetime | None = None
    revision: str = ""
    """Commit."""

    def __post_init__(self) -> None:
        validated(self)
        for name, share in (("lines", self.lines), ("branches", self.branches)):
            if share is not None and not 0 <= share <= ALL:
                raise FactError(f"{name} is {share:g}, not 0 to 100 percent")

    def sort_key(self, observed_at: datetime | None) -> tuple[float, str]:  # noqa: ARG002
        """The lowest coverage first, unknown ones last."""
        return math.inf if self.lines is None else self.lines, self.name
