"""What was made of texts → the same again without making it, as long as the texts together are not too long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Generic, TypeVar

from callboard.model.data_classes import dataclass

T = TypeVar("T")
Key = tuple[str, str, bool]
"""Text, type and audience."""


@dataclass(slots=True)
class KeptByText(Generic[T]):
    """Keeps results of ``make``; the oldest are forgotten when the texts have more than ``limit`` characters together."""

    make: Callable[[str, str, bool], T]
    limit: int
    results: dict[Key, T] = field(default_factory=dict)
    size: int = 0

    def __call__(self, text: str, api_type: str, is_public: bool) -> T:  # noqa: FBT001  # part of the key
        """The result for a text. One that is longer than the limit is kept alone."""
        key = (text, api_type, is_public)
        if key in self.results:
            return self.results[key]
        made = self.make(text, api_type, is_public)
        self.size += len(text)
        while self.results and self.size > self.limit:
            oldest = next(iter(self.results))
            self.size -= len(oldest[0])
            del self.results[oldest]
        self.results[key] = made
        return made

    def clear(self) -> None:
        """Forget everything."""
        self.results.clear()
        self.size = 0
