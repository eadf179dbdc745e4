"""What a comparison finds: one change at one place, its level, and the operations that it reaches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from callboard.model.data_classes import dataclass

Level = Literal["breaking", "may break", "planned", "addition", "none"]
"""``planned`` is a removal that was announced; ``none`` changes nothing for consumers."""
LEVELS: tuple[Level, ...] = ("breaking", "may break", "planned", "addition", "none")
"""From the worst to the least."""
Direction = Literal["request", "response"]
"""Who writes the value: consumers (``request``) or the API (``response``)."""


@dataclass(frozen=True, slots=True)
class ApiFinding:
    """One change."""

    rule: str
    """Name of the rule, as in ``RULES``."""
    level: Level
    place: str
    """The operation (``POST /orders``) or the named type (``Order``) in which it stands; empty for the whole API."""
    part: str = ""
    """Where in it: ``request body items[].sku``, ``query limit``; empty for the place itself."""
    detail: str = ""
    """What was and what is: ``string → integer``; masked."""
    is_type: bool = False
    """Whether ``place`` is a named type."""
    operations: tuple[str, ...] = ()
    """The operations that it reaches, sorted; empty for a type that none uses."""

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The same for the same change in both directions."""
        return self.place, self.part, self.rule, self.detail


@dataclass(frozen=True, slots=True)
class ApiComparison:
    """Everything that changed between two versions of a definition."""

    findings: tuple[ApiFinding, ...] = ()
    """Worst first, then by place; each change once, at the worse of its levels."""
    before: str = ""
    """Version before (``info.version``); empty if none is said."""
    after: str = ""

    def of(self, level: Level) -> tuple[ApiFinding, ...]:
        """The findings of one level."""
        return tuple(each for each in self.findings if each.level == level)

    @property
    def is_breaking(self) -> bool:
        """Whether a consumer may have to change."""
        return bool(self.of("breaking"))

    @property
    def is_version_unchanged(self) -> bool:
        """Whether the version that the definition states stayed the same although a change breaks consumers."""
        return self.is_breaking and bool(self.before) and self.before == self.after


def worst_first(findings: Iterable[ApiFinding]) -> tuple[ApiFinding, ...]:
    """Each change once, at its worst level and with all operations, sorted by level and place."""
    kept: dict[tuple[str, str, str, str], ApiFinding] = {}
    for each in findings:
        known = kept.get(each.key)
        worse = known is None or LEVELS.index(each.level) < LEVELS.index(known.level)
        operations = tuple(sorted({*each.operations, *(known.operations if known else ())}))
        kept[each.key] = replace(each if worse or known is None else known, operations=operations)
    return tuple(sorted(kept.values(), key=lambda each: (LEVELS.index(each.level), each.place, each.part, each.rule, each.detail)))
