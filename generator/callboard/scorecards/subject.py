"""What a condition is judged on: an entity with its fields, facts, relations, problems, files and levels, as a protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from callboard.model.data_classes import dataclass

Row = Mapping[str, Any]
"""A fact as fields: the values of its family, and ``source``, ``environment``, ``url``, ``key``, ``observed_at``. None: not reported."""


CheckAnswer = tuple[bool | None, str]
"""What a check of a plugin says: whether it passes (None: unknown), and what it found."""


@dataclass(frozen=True, slots=True)
class Query:
    """A record that a tool was queried for facts of one family about an entity."""

    source: str
    """Name of the integration."""
    complete: bool = True
    at: datetime | None = None
    """Time of the query; None if it is not known, which is not counted as old."""
    since: datetime | None = None
    """Since when the facts are whole; None: not limited."""


class Subject(Protocol):
    """An entity as conditions read it. Everything is read on demand, so that what is read can be recorded."""

    @property
    def ref(self) -> str:
        """The canonical reference."""

    @property
    def memo(self) -> dict[Any, Any]:
        """What conditions found out about the entity, for others that ask the same."""

    @property
    def now(self) -> datetime:
        """The time of judging."""

    def field(self, name: str) -> Any:
        """The value of a field of the descriptor by its name in conditions; None if it is absent."""

    def rows(self, family: str) -> Sequence[Row]:
        """The facts of a family about the entity."""

    def queries(self, family: str) -> Sequence[Query]:
        """Which tools were queried for the family about the entity; none: not measured."""

    def related(self, relation: str, kinds: frozenset[str]) -> Sequence[Subject | None]:
        """The targets of a relation, of these kinds (none: of any kind); None for one that the catalog does not have."""

    def problems(self) -> Sequence[Row]:
        """The problems of the entity, each with ``code`` and ``severity``."""

    def level(self, card: str) -> int | None:
        """The position of the level reached on another scorecard, from 1; 0 for none; None if that card does not judge the entity."""

    def check(self, digest: str) -> CheckAnswer:
        """What the check of a plugin with this digest says."""

    def has_file(self, path: str) -> bool | None:
        """Whether the entity's repository has a file; None if its files cannot be read."""

    def turns(self, moment: datetime, *, is_query: bool = False) -> None:
        """Note that a comparison has another outcome from that moment on, by the passing of time alone.

        ``is_query``: because the last query is too old then. The next build queries again, so that nobody needs to be told.
        """
