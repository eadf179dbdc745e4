"""A scorecard as values: whom it judges, its levels, and its rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from callboard.model.data_classes import dataclass
from callboard.model.problem import Span
from callboard.scorecards.conditions import Condition
from callboard.scorecards.needs import Needs, together


@dataclass(frozen=True, slots=True)
class Exemption:
    """An entity that a rule does not judge for a while."""

    entity: str
    """Canonical reference."""
    reason: str
    until: date
    """The last day that it counts."""
    span: Span | None = None
    """Its place in the file."""


@dataclass(frozen=True, slots=True)
class CardRule:
    """One rule of a scorecard."""

    id: str
    title: str
    check: Condition
    when: Condition | None = None
    """To whom it applies; None: to everybody on the card."""
    why: str = ""
    fix: str = ""
    level: int = 0
    """Position of its level, from 1; 0 on a weighted card."""
    weight: int = 1
    owner: str = ""
    """Canonical reference of the group that answers for the rule; empty: that of the card."""
    starts: date | None = None
    """The first day on which it counts; None: it counts."""
    exemptions: tuple[Exemption, ...] = ()
    digest: str = ""
    """Of its conditions: another one marks that results before and after cannot be compared."""

    def counts(self, today: date) -> bool:
        """Whether it counts already."""
        return self.starts is None or self.starts <= today

    def exemption(self, ref: str, today: date) -> Exemption | None:
        """The exemption of an entity that is in force."""
        return next((each for each in self.exemptions if each.entity == ref and today <= each.until), None)


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A scorecard with levels, or with weights."""

    name: str
    """The name of its page and of its data: ``production-readiness``."""
    title: str
    rules: tuple[CardRule, ...]
    filter: Condition
    """Whom the scorecard judges."""
    levels: tuple[str, ...] = ()
    """Names, the lowest first; none: a weighted card."""
    description: str = ""
    owner: str = ""
    """Canonical reference of the group that answers for the card."""
    file: str = ""
    """Its path below the folder of ``sources.yaml``."""
    digest: str = ""
    """Of everything that the file says."""
    deadline: date | None = None
    """The last day of a campaign; None for a scorecard that has no end."""

    def conditions(self) -> Iterator[Condition]:
        """Its conditions with all their parts."""
        waiting = self._whole_conditions()
        while waiting:
            condition = waiting.pop()
            yield condition
            waiting += condition.parts()

    def needs(self) -> Needs:
        """What its filter and rules may read."""
        return together(condition.needs() for condition in self._whole_conditions())

    def _whole_conditions(self) -> list[Condition]:
        return [self.filter, *(rule.check for rule in self.rules), *(rule.when for rule in self.rules if rule.when is not None)]

    @property
    def reads_levels_of_others(self) -> bool:
        """Whether a condition asks for the level of a related entity."""
        return any(need.of_anybody.levels for need in self.needs().related.values())

    @property
    def is_weighted(self) -> bool:
        """Whether it has a score in percent in place of levels."""
        return not self.levels
