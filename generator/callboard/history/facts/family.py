"""What a family brings for the history: the function that finds its events, and the words for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from callboard.model.data_classes import dataclass
from callboard.model.facts.events import EventKind, FactDelta, FactEvent
from callboard.state.values import Change


def _same(about: str) -> str:
    return about


@dataclass(frozen=True, slots=True)
class FamilyEvents:
    """The events of one family; a family without a function has none."""

    events: Callable[[FactDelta], Iterable[FactEvent]] | None = None
    kinds: Mapping[str, EventKind] = field(default_factory=dict)
    """Every kind of event that the function finds."""
    about: Callable[[str], str] = _same
    """The detail of an event in words: ``severity 1``."""
    sentence: Callable[[Change, EventKind], str] | None = None
    """An event in words, if they are not the name, the value and the detail."""
    is_shared: bool = False
    """Whether equal events of several entities count once in the paragraph about a build."""
    has_lasting_keys: bool = False
    """Whether all keys of an integration never change at once, unless the tool has renamed its items: then nothing was found or fixed."""
    package: str = ""
    """The package of a plugin's family; empty for a built-in one."""
