"""The base class of values of families whose items are recorded over time: when an item happened, how it went, and what corrects it."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from callboard.model.facts.value import FactValue


class RecordedValue(FactValue):
    """The value of a family whose items are kept longer than tools return them: deployments, incidents and pipeline runs."""

    __slots__ = ()

    def happened_at(self, observed_at: datetime | None) -> datetime | None:
        """The time by which the item is counted; None if it is unknown: such an item is not recorded."""
        raise NotImplementedError

    @property
    def outcome(self) -> str:
        """How the item went, by which the items of a day are counted."""
        raise NotImplementedError

    @property
    def is_over(self) -> bool:
        """Whether the item can no longer change by itself: it is not running, waiting or open."""
        raise NotImplementedError

    def is_another_item(self, later: Self) -> bool:  # noqa: ARG002 - for tools whose keys are not those of single items
        """Whether a later value with the same key is another item, and not a correction of this one."""
        return False
