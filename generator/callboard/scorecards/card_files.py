"""Scorecard files → scorecards, and problems with the place of each mistake. A file with a mistake loses only its own scorecard."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem
from callboard.plugins.option_schemas import checked_option_schemas
from callboard.scorecards.card_data import level_names, ordered
from callboard.scorecards.card_reading import CardReader
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.check_condition import GROUP
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.needs import Needs, together
from callboard.scorecards.reading import Vocabulary
from callboard.scorecards.rules import INVALID_SCORECARD, UNREADABLE_SCORECARD
from callboard.scorecards.shapes import RowShape
from callboard.settings.document import SettingsDocument, read_document
from callboard.settings.invalid import portal_origin

LARGEST = 1_000_000
"""Bytes of a scorecard file."""


@dataclass(frozen=True, slots=True)
class CardSet:
    """The scorecards of a portal, in an order in which each comes after those whose levels it asks for."""

    cards: tuple[Scorecard, ...] = ()
    problems: tuple[Problem, ...] = ()
    sources: Mapping[str, Any] = field(default_factory=dict)
    """The data of each file, by name of its scorecard."""

    @property
    def needs(self) -> Needs:
        """What the scorecards may read of any entity."""
        return together(card.needs() for card in self.cards).of_anybody


def read_cards(root: Path, paths: Sequence[str], families: Mapping[str, RowShape], relations: Collection[str]) -> CardSet:
    """Read the files ``paths`` below ``root``, the folder of ``sources.yaml``. Never raises."""
    checks = checked_option_schemas(GROUP)
    documents = [_document(root, path) for path in paths]
    problems = [problem for document in documents for problem in document.problems]
    usable = [document for document in documents if not document.problems and isinstance(document.data, Mapping)]
    others = (document for document in documents if not document.problems and not isinstance(document.data, Mapping))
    problems += [document.problem((), "the file must be a mapping with name, levels and rules", INVALID_SCORECARD) for document in others]
    levels = {str(document.data.get("name")): level_names(document.data) for document in usable}
    cards: dict[str, Scorecard] = {}
    for document in usable:
        mistakes = CardMistakes()
        words = Vocabulary(families, relations, levels, checks=checks)
        card = CardReader(document.data, words, mistakes, document.origin.path, document.value_span).card()
        if card is not None and card.name in cards:
            mistakes.add(("name",), f"the name {card.name} is already used by another scorecard")
        problems += _problems(document, mistakes)
        if card is not None and not mistakes.found:
            cards[card.name] = card
    in_order, ring = ordered(cards)
    if ring:
        problems += [_ring_problem(document, ring) for document in usable if document.data.get("name") in ring]
    kept = tuple(card for card in in_order if card.name not in ring)
    sources = {str(document.data.get("name")): document.data for document in reversed(usable)}
    return CardSet(kept, tuple(problems), {card.name: sources[card.name] for card in kept})


def _document(root: Path, path: str) -> SettingsDocument:
    origin = portal_origin(root / path, root)
    failure = SettingsDocument(origin)
    try:
        content = (root / path).read_bytes()
        text = content.decode("utf-8-sig")
    except OSError as error:
        failure.problems.append(failure.problem_at(None, f"the file cannot be read: {error.strerror}", UNREADABLE_SCORECARD))
        return failure
    except UnicodeDecodeError:
        failure.problems.append(failure.problem_at(None, "the file is not valid UTF-8; save it as UTF-8", UNREADABLE_SCORECARD))
        return failure
    if len(content) > LARGEST:
        failure.problems.append(failure.problem_at(None, f"the file has more than {LARGEST:,} bytes", UNREADABLE_SCORECARD))
        return failure
    return read_document(text, origin, UNREADABLE_SCORECARD)


def _problems(document: SettingsDocument, mistakes: CardMistakes) -> Iterator[Problem]:
    for mistake in mistakes.found:
        yield document.problem(mistake.path, mistake.message, INVALID_SCORECARD, at_key=mistake.at_key)


def _ring_problem(document: SettingsDocument, ring: frozenset[str]) -> Problem:
    names = ", ".join(sorted(ring))
    return document.problem(
        ("name",), f"these scorecards ask for each other's levels: {names}; remove one of the level conditions", INVALID_SCORECARD
    )
