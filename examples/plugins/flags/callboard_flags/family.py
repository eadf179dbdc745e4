"""The family ``feature-flag``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from callboard.plugins.families import FactError, FactValue, Family, PackageTemplate


@dataclass(frozen=True, slots=True)
class Flag(FactValue):
    """A feature flag."""

    name: str
    on: bool
    percent: float = 100.0
    """Share of users for whom it is on."""

    def __post_init__(self) -> None:
        FactValue.__post_init__(self)
        if not 0 <= self.percent <= 100:
            raise FactError(f"percent is {self.percent}, not 0 to 100")

    def sort_key(self, observed_at: datetime | None) -> tuple[bool, str]:
        """Flags that are on first, then by name."""
        return not self.on, self.name


FAMILY = Family(
    name="feature-flag",
    title="Feature flags",
    description="Feature flags of components.",
    value_type=Flag,
    panel=PackageTemplate("callboard_flags", "panel.html"),
)
