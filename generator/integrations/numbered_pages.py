"""Listings whose pages have numbers, and end with one that is not full: Datadog, Statuspage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.integrations.answers import at
from generator.outside.http import Answer


@dataclass(frozen=True, slots=True)
class NumberedPages:
    """Asks for the next number while pages are full."""

    parameter: str
    size: int
    way: tuple[str, ...] = ()
    """Names that lead to the list; none where the answer is one."""

    def next(self, answer: Answer, asked: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The query with the next number."""
        found = at(answer.object(), *self.way) if self.way else answer.array()
        is_full = isinstance(found, list) and len(found) >= self.size
        return {**asked, self.parameter: int(asked[self.parameter]) + 1} if is_full else None
