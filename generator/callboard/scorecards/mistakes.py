"""Mistakes in a scorecard file as they are found while it is read: all of them, each with the path to its value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.model.suggestions import nearest


@dataclass(frozen=True, slots=True)
class CardMistake:
    """One mistake."""

    path: FieldPath
    message: str
    at_key: bool = False
    """Whether the key at the end of the path is wrong, and not its value."""


@dataclass(slots=True)
class CardMistakes:
    """Collects mistakes."""

    found: list[CardMistake] = field(default_factory=list)

    def add(self, path: FieldPath, message: str, *, at_key: bool = False) -> None:
        """Note a mistake at a value, or at its key."""
        self.found.append(CardMistake(path, message, at_key))

    def unknown(self, path: FieldPath, message: str, word: str, choices: Iterable[str], *, at_key: bool = True) -> None:
        """Note a key, or a value, that is not one of the choices, with the one that was probably meant or all of them."""
        known = list(choices)
        similar = nearest(word, known)
        self.add(path, f"{message}; did you mean {similar}?" if similar else f"{message}; known: {', '.join(known)}", at_key=at_key)
