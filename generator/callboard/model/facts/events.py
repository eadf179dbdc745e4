"""The facts of one family in two builds → its events, as a family's function finds them, and how kinds of events are called and shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from callboard.model.data_classes import dataclass
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.ref import EntityRef

Identity = tuple[str, str]
"""Environment and key of a fact."""


@dataclass(frozen=True, slots=True)
class FactEvent:
    """A change of an entity that a tool reported, without its owner and time."""

    kind: str
    """A kind of event of the family: ``incident-opened``."""
    before: str = ""
    """Earlier value; empty for none."""
    after: str = ""
    """Later value; empty for none."""
    about: str = ""
    """A detail, such as the severity."""
    number: int = 0
    """Number of items that the event sums up; 0 for a single item."""


@dataclass(frozen=True, slots=True)
class EventKind:
    """How events of one kind are called and shown."""

    name: str
    """``incident opened``."""
    plural: str
    """``incidents opened``, after a number."""
    singular: str = ""
    """After the number one; empty if it is the name."""
    tone: Tone = Tone.NONE
    icon: str = "edit"
    """Name of an icon in ``icons.yaml``."""
    order: int = 2
    """Order among the changes of an entity on one day: 0 comes first."""
    is_named: bool = False
    """Whether the paragraph about a build names the entities."""


@dataclass(frozen=True, slots=True)
class FactDelta:
    """The facts of one family of one entity from one integration in two builds, both of which queried the entity."""

    subject: EntityRef
    before: Mapping[Identity, Fact]
    after: Mapping[Identity, Fact]
    since: datetime
    """Time of the earlier collection."""
    was_complete: bool
    """True if the earlier facts were complete: every other fact is new. Else only facts after ``since`` are."""
    is_complete: bool
    """True if the later facts are complete."""

    def is_new(self, at: datetime | None) -> bool:
        """Whether a fact of that time that is missing from the earlier facts is new."""
        return self.was_complete or self.is_after(at)

    def is_after(self, at: datetime | None) -> bool:
        """Whether the time is after the earlier collection."""
        return at is not None and at > self.since

    def gone(self) -> Iterator[Fact]:
        """Earlier facts that no longer exist; none if the later facts are incomplete."""
        return (fact for key, fact in self.before.items() if self.is_complete and key not in self.after)
