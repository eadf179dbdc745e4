"""A difference between a descriptor and what is known from elsewhere, with evidence and, where it can be made, a patch."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.value import FactValue


class DriftKind(StrEnum):
    """What differs, the gravest first."""

    OWNER = "owner"
    """The owner is no group or user of the catalog."""
    EMPTY_OWNER = "empty-owner"
    """The owner is a group without members."""
    LEFT = "left"
    """The descriptor names a person who is not in the directory."""
    ARCHIVED = "archived"
    """The repository is archived, and the lifecycle says that the entity is in use."""
    RENAMED = "renamed"
    """The host knows the repository by another name."""
    DEPLOYED = "deployed"
    """The lifecycle is experimental or deprecated, and production has it."""
    IDLE = "idle"
    """The lifecycle is production, and there was no deployment for half a year."""
    LINK = "link"
    """A link does not exist any more."""
    UNDECLARED = "undeclared"
    """A package of another component is used, and not declared."""


class Confidence(StrEnum):
    """How sure the finding is."""

    CERTAIN = "certain"
    """The host or the catalog says so."""
    LIKELY = "likely"
    POSSIBLE = "possible"
    """Usual for some entities: a question."""


_RANKS = {kind: rank for rank, kind in enumerate(DriftKind)}


@dataclass(frozen=True, slots=True)
class DriftFinding(FactValue):
    """One difference."""

    kind: DriftKind
    declared: str
    """What the descriptor says."""
    found: str
    """What is known: a name, a version, a status."""
    evidence: str
    """Where that is known from, such as the name of a source or integration, or a file."""
    confidence: Confidence
    since: datetime | None = None
    """When a build found it first."""
    known_at: datetime | None = None
    """Time of the evidence; None if it is as old as the build."""
    path: str = ""
    """Of the descriptor in its repository."""
    line: int = 0
    patch: str = ""
    """Unified diff of the descriptor; empty if no change can be proposed."""
    proposal: str = ""
    """Name of the file below ``drift/`` of the site that has the changed descriptor; empty if there is none."""
    dismissed: str = ""
    """Reason of the dismissal that is in force; empty if there is none."""
    dismissed_until: date | None = None
    """Its last day; with an empty ``dismissed``, that of a dismissal that has ended."""

    is_public: ClassVar[bool] = False

    @property
    def is_open(self) -> bool:
        """Whether it is not dismissed."""
        return not self.dismissed

    @property
    def tone(self) -> Tone:
        """A warning, unless it is dismissed or only a question."""
        return Tone.NONE if self.dismissed or self.confidence is Confidence.POSSIBLE else Tone.WARN

    def sort_key(self, observed_at: datetime | None) -> tuple[bool, int, str, int]:  # noqa: ARG002
        """Open ones first, by kind, then by place."""
        return bool(self.dismissed), _RANKS[self.kind], self.path, self.line
