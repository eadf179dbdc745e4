"""The base class of the values of families: what is open, what is urgent, in which order and in which tone facts are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from callboard.model.facts.enumerations import Tone
from callboard.model.facts.validation import Validated

PERSONAL: Mapping[str, bool] = {"is_personal": True}
"""Metadata of a field that names people: rules of scorecards cannot read it, so that it is in no published file."""


class FactValue(Validated):
    """The value of a fact. A family's class is a frozen dataclass that extends this one, and decides once for all pages.

    Fields are strings, numbers, booleans, dates, aware times, ``StrEnum``, dataclasses that extend ``Validated``, tuples of these, or
    None; so that values can be read from files of facts, compared and saved.
    """

    __slots__ = ()
    is_public: ClassVar[bool] = False
    """Whether a public site shows facts of the family. If False, it does so only if ``portal.expose`` lists the family."""

    @property
    def is_open(self) -> bool:
        """Whether it still holds: False for what is over, such as a resolved incident."""
        return True

    @property
    def is_urgent(self) -> bool:
        """Whether it needs attention now. ``/health/`` and the home page count such facts."""
        return False

    @property
    def tone(self) -> Tone:
        """How it is judged, for the color and the icon of its state."""
        return Tone.NONE

    def sort_key(self, observed_at: datetime | None) -> Any:  # noqa: ARG002 - for families whose values have no time of their own
        """Sort key within the family: lists show the smallest first, and cut off the largest.

        ``observed_at`` is the time at which the tool observed the fact; None if the tool provides none.
        """
        return ()
