"""A defect of an entity's documentation: a broken link, a missing image, a page that nobody finds, or one that has become old."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.value import FactValue


class DefectKind(StrEnum):
    """What is wrong, the worst first."""

    TEXT = "text"
    """The page is shown as plain text."""
    IMAGE = "image"
    LINK = "link"
    """To a file, page or entity that does not exist."""
    ANCHOR = "anchor"
    """To a heading that does not exist."""
    FILE = "file"
    """An image or file that cannot be published."""
    DIAGRAM = "diagram"
    """A diagram or formula that cannot be drawn."""
    OWNER = "owner"
    """Nobody is responsible for the documentation."""
    ORPHAN = "orphan"
    """The navigation does not name the page, and no page links to it."""
    OLD = "old"
    """Unchanged for two years."""


_RANKS = {kind: rank for rank, kind in enumerate(DefectKind)}
_QUIET = frozenset({DefectKind.ORPHAN, DefectKind.OLD})


@dataclass(frozen=True, slots=True)
class DocumentationDefect(FactValue):
    """One defect, with the place where it is mended."""

    is_public: ClassVar[bool] = True
    kind: DefectKind
    path: str
    """Of the file in its repository."""
    line: int = 0
    """From 1; 0 where it is not known, or where it is the file as a whole."""
    what: str = ""
    """The address as it is written, the title of the page, or why it cannot be shown."""
    changed: datetime | None = None
    """Time of the last change of the page, of one that has become old."""

    @property
    def tone(self) -> Tone:
        """Readers meet the defect, or it is only a reason to look."""
        return Tone.NONE if self.kind in _QUIET else Tone.WARN

    def sort_key(self, observed_at: datetime | None) -> tuple[int, str, int]:  # noqa: ARG002
        """By kind, then by place."""
        return _RANKS[self.kind], self.path, self.line
