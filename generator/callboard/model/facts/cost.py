"""What an entity costs: an amount of money in a period, and by day."""

from __future__ import annotations

from datetime import date, datetime

from callboard.model.data_classes import dataclass
from callboard.model.facts.value import FactValue


@dataclass(frozen=True, slots=True)
class Cost(FactValue):
    """Costs of one entity by one meter, such as its resources with a tag, or its share of a cluster."""

    name: str
    """What was measured: ``component=checkout``, or a cluster."""
    amount: float
    """Of the whole period, in ``currency``; negative if credits exceed the costs."""
    currency: str = ""
    """``USD``; empty if the tool does not say."""
    first: date | None = None
    """First day of the period."""
    last: date | None = None
    """Last day of the period."""
    previous: float | None = None
    """Amount of the period of the same length before; None if it is not known."""
    days: tuple[float, ...] = ()
    """Amounts by day, oldest first."""
    is_estimated: bool = False
    """Whether the last days may still change."""

    def sort_key(self, observed_at: datetime | None) -> tuple[float, str]:  # noqa: ARG002
        """The most expensive first."""
        return -self.amount, self.name
