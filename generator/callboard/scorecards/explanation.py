"""Why a condition holds, does not hold, or is unknown: the condition in words, the values that were found, and its parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.times import time_text
from callboard.scorecards.truth import Truth

NAMES = ("id", "title", "name", "version")
"""Fields that name a row, in the order in which they are looked for."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, as a label with values: pages say it in the portal's language."""

    label: str
    """Key in ``templates/strings/``."""
    values: tuple[object, ...] = ()

    def text(self, labels: Mapping[str, str]) -> str:
        """The sentence in the language of the labels."""
        first = self.values[0] if self.values else None
        return label_for(labels, self.label, first, *self.values[1:]) if isinstance(first, int) else labels[self.label].format(*self.values)


@dataclass(frozen=True, slots=True)
class Explanation:
    """One condition with its outcome."""

    condition: str
    """In words."""
    truth: Truth
    found: Finding | None = None
    """The values that were found; None for a combination."""
    sources: tuple[str, ...] = ()
    """Names of the integrations that the values come from; none for the descriptor."""
    field: str = ""
    """The field of the descriptor."""
    change: str = ""
    """What would give another outcome, in words; empty: that the condition holds."""
    parts: tuple[Explanation, ...] = ()

    def deciding(self) -> Iterator[Explanation]:
        """The parts without parts of their own that led to the outcome: for a failure the false ones, for an unknown the unknown ones."""
        if not self.parts:
            yield self
            return
        for part in self._alike():
            yield from part.deciding()

    def wanted(self) -> Iterator[str]:
        """What would have to hold for another outcome: the smallest conditions that led to it."""
        if not self.parts or len(self.parts) == 1:
            yield self.change or self.condition
            return
        for part in self._alike():
            yield from part.wanted()

    def _alike(self) -> list[Explanation]:
        return [part for part in self.parts if part.truth is self.truth] or list(self.parts)


def row_text(row: Mapping[str, Any], shown: Iterable[tuple[str, str]]) -> str:
    """The name of a row, and those of its fields, as words, that are not its name: ``CVE-1 (severity "high", fixed in ?)``."""
    name_field = next((key for key in NAMES if row.get(key)), "")
    fields = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in dict(shown).items() if name != name_field)
    name = str(row.get(name_field, ""))
    return f"{name} ({fields})" if name and fields else name or fields


def shown_or_unknown(value: Any) -> str:
    """A value in words; ``?`` for one that is not known."""
    return "?" if value is None else shown_value(value)


def row_value(row: Mapping[str, Any], name: str) -> Any:
    """The value of a field of a row, or of a mapping in it by a dotted name."""
    if name in row:
        return row[name]
    start, dot, rest = name.partition(".")
    inner = row.get(start) if dot else None
    return inner.get(rest) if isinstance(inner, Mapping) else None


def shown_value(value: Any) -> str:
    """A value in words, of at most 120 characters."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, datetime):
        text = time_text(value)
    elif isinstance(value, str):
        text = f'"{" ".join(value.split())}"'
    elif isinstance(value, Mapping):
        text = ", ".join(f"{key} {shown_value(item)}" for key, item in list(value.items())[:5])
    elif isinstance(value, list | tuple):
        text = ", ".join(shown_value(item) for item in value[:5]) + (f" +{len(value) - 5}" if len(value) > 5 else "")  # noqa: PLR2004
    else:
        text = str(value).removesuffix(".0")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
