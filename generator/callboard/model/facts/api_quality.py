"""What the definition of an API lacks or has wrong, by rule, with places; and what it describes, in numbers."""

from __future__ import annotations

from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.validation import Validated
from callboard.model.facts.value import FactValue

FAULTS = frozenset({"invalid-example", "path-parameter", "operation-id-clash", "duplicate-value", "server-address"})
"""Rules about what is wrong; the others are about what is missing."""


@dataclass(frozen=True, slots=True)
class QualityPlace(Validated):
    """A place in a definition."""

    text: str
    """``GET /orders``, or the name of a type."""
    line: int = 0
    """In the definition, from 1; 0 if it is not known."""
    detail: str = ""
    """What is wrong there; empty if the rule says it."""


@dataclass(frozen=True, slots=True)
class QualityFinding(Validated):
    """What one rule finds."""

    rule: str
    """``operation-description``: a label says it in words."""
    count: int
    of: int
    """Number of things that the rule looked at."""
    places: tuple[QualityPlace, ...] = ()
    """The first ones."""

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong, and not only missing."""
        return self.rule in FAULTS


@dataclass(frozen=True, slots=True)
class ApiQuality(FactValue):
    """The quality of one definition."""

    is_public: ClassVar[bool] = True
    format: str
    """``openapi``."""
    rules: int
    """Number of rules that apply to the definition."""
    operations: int = 0
    deprecated: int = 0
    """Operations that are deprecated."""
    tags: tuple[str, ...] = ()
    """Tags, channels, services or root types; the first 20."""
    findings: tuple[QualityFinding, ...] = ()

    @property
    def tone(self) -> Tone:
        """A warning for faults; good without any finding."""
        if any(each.is_fault for each in self.findings):
            return Tone.WARN
        return Tone.NONE if self.findings else Tone.GOOD

    def sort_key(self, observed_at: object) -> tuple[int, int]:  # noqa: ARG002
        """Definitions with faults first, then those with the most findings."""
        return -self.tone.rank, -len(self.findings)
