"""The family ``carbon``: what a service emits in a month, and whether it keeps its budget."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from callboard.plugins.families import (
    EventKind,
    FactDelta,
    FactError,
    FactEvent,
    FactValue,
    Family,
    FamilyIndexPage,
    PackageTemplate,
    Tone,
)

NEAR = 0.9
"""Share of the budget from which emissions are shown as a warning."""


@dataclass(frozen=True, slots=True)
class Emissions(FactValue):
    """The carbon emissions of a service in one month."""

    name: str
    """Name of the service at the provider."""
    month: str
    """``2026-11``."""
    emitted: float
    budget: float | None = None
    """None: there is no budget."""
    unit: str = "kg"

    def __post_init__(self) -> None:
        FactValue.__post_init__(self)
        if self.emitted < 0 or (self.budget is not None and self.budget < 0):
            raise FactError("emissions or a budget are negative")

    @property
    def share(self) -> float | None:
        """The share of the budget that is used up; infinite if the budget is zero; None without a budget."""
        if self.budget is None:
            return None
        return self.emitted / self.budget if self.budget else math.inf if self.emitted else 0.0

    @property
    def is_urgent(self) -> bool:
        """Whether the budget is exceeded."""
        return self.share is not None and self.share > 1

    @property
    def tone(self) -> Tone:
        """``bad`` if the budget is exceeded, ``warn`` if nearly all of it is used up; ``none`` without a budget."""
        if self.share is None:
            return Tone.NONE
        return Tone.BAD if self.share > 1 else Tone.WARN if self.share >= NEAR else Tone.GOOD

    def sort_key(self, observed_at: datetime | None) -> tuple[float, float, str]:
        """The largest share of a budget first, then the largest emissions."""
        return -(self.share or 0.0), -self.emitted, self.name


EXCEEDED, KEPT = "carbon-budget-exceeded", "carbon-budget-kept"


def events(delta: FactDelta) -> Iterator[FactEvent]:
    """Budgets that are exceeded since the last build, and those that are kept again."""
    for key, fact in delta.after.items():
        old, value = delta.before.get(key), fact.value
        if old is None or not isinstance(value, Emissions) or value.is_urgent == old.value.is_urgent:
            continue
        amount = f"{value.emitted:,.0f} of {value.budget or 0:,.0f} {value.unit}"
        yield FactEvent(EXCEEDED if value.is_urgent else KEPT, after=value.name, about=amount)


FAMILY = Family(
    name="carbon",
    title="Emissions",
    description="Carbon emissions and budgets.",
    value_type=Emissions,
    icon="leaf",
    fields={"name": "Service", "emitted": "Emitted", "budget": "Budget", "unit": "Unit", "month": "Month"},
    panel=PackageTemplate("callboard_carbon", "templates/panel.html"),
    index=FamilyIndexPage("Emissions", "Emissions of this month, the most exceeded budgets first."),
    urgent_title="Budgets exceeded",
    no_facts="No emissions.",
    kinds={
        EXCEEDED: EventKind("budget exceeded", "budgets exceeded", tone=Tone.BAD, icon="bad", order=1, is_named=True),
        KEPT: EventKind("budget kept again", "budgets kept again", tone=Tone.GOOD, icon="good"),
    },
    events=events,
)
