"""Facts and measurements: what tools report about entities, and which entities were queried."""

from __future__ import annotations

from dataclasses import field
from datetime import UTC, datetime

from callboard.model.data_classes import dataclass
from callboard.model.facts import FAMILIES
from callboard.model.facts.validation import FactError
from callboard.model.facts.value import FactValue
from callboard.model.ref import EntityRef


@dataclass(frozen=True, slots=True)
class Fact:
    """One value that an integration reports about an entity."""

    subject: EntityRef
    family: str
    """A key of ``FAMILIES``, or the name of a plugin's family."""
    key: str
    """The vendor's id, which identifies the same item in two builds."""
    value: FactValue
    source: str
    """Name of the integration in ``sources.yaml``."""
    environment: str = ""
    """``production``; empty if environments are not distinguished."""
    url: str = ""
    """The web page of the item."""
    observed_at: datetime | None = None
    """The vendor's time; None if the vendor provides none. The time of the query is stored once for each integration and family."""

    def __post_init__(self) -> None:
        if self.observed_at is not None:
            if self.observed_at.tzinfo is None:
                raise FactError("observed_at has no time zone")
            object.__setattr__(self, "observed_at", self.observed_at.astimezone(UTC))
        expected = FAMILIES.get(self.family)
        if type(self.value) is not expected and (expected or not isinstance(self.value, FactValue)):
            name = (expected or FactValue).__name__
            raise FactError(f"a fact of the family {self.family} has a value of the class {type(self.value).__name__}, not {name}")


@dataclass(frozen=True, slots=True)
class Measurement:
    """A record that an integration was queried about an entity. Complete without facts: a measured zero. No measurement: not measured."""

    subject: EntityRef
    family: str
    source: str
    """Name of the integration in ``sources.yaml``."""
    complete: bool = True
    """False if a page limit or an error ended the query early; facts may be missing."""
    observed: datetime | None = field(default=None, compare=False)
    """Time of the query if it differs from that of the integration (``/status/collections.json``): the facts are those of an older build.
    Pages show it of incomplete measurements alone."""
    since: datetime | None = None
    """Since when the facts are whole, in UTC: of what happened earlier, some or all is missing. None: the query was not limited to a time,
    or the integration does not report its limit. It is independent of ``complete``: an incomplete query may have a ``since``, too."""

    def __post_init__(self) -> None:
        if self.since is not None:
            if self.since.tzinfo is None:
                raise FactError("since has no time zone")
            object.__setattr__(self, "since", self.since.astimezone(UTC))
