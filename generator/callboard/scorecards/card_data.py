"""Scorecards as plain data, as a portal publishes them → scorecards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from callboard.scorecards.card_reading import CardReader
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.reading import Vocabulary
from callboard.scorecards.shapes import RowShape


def cards_of(items: Sequence[Mapping[str, Any]], families: Mapping[str, RowShape], relations: Collection[str]) -> tuple[Scorecard, ...]:
    """The scorecards, in the order of the data. Raises ``ValueError`` for one with a mistake: a newer version may say more."""
    words = Vocabulary(families, relations, {str(item.get("name")): level_names(item) for item in items})
    cards = []
    for item in items:
        mistakes = CardMistakes()
        card = CardReader(item, words, mistakes).card()
        if card is None or mistakes.found:
            raise ValueError(f"scorecard {item.get('name')}: {mistakes.found[0].message if mistakes.found else 'it has no rules'}")
        cards.append(card)
    in_order, ring = ordered({card.name: card for card in cards})
    if ring:
        raise ValueError(f"these scorecards ask for each other's levels: {', '.join(sorted(ring))}")
    return tuple(in_order)


def level_names(data: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of the levels of a scorecard."""
    levels = data.get("levels")
    return tuple(str(level) for level in levels) if isinstance(levels, list) else ()


def ordered(cards: Mapping[str, Scorecard]) -> tuple[list[Scorecard], frozenset[str]]:
    """The cards, those that others ask for first; and the names of those that ask for each other in a ring."""
    needs = {name: (card.needs().of_anybody.levels & set(cards)) for name, card in cards.items()}
    ring: set[str] = set()
    while True:
        try:
            order = list(TopologicalSorter({name: need - ring for name, need in needs.items() if name not in ring}).static_order())
        except CycleError as error:
            ring |= set(error.args[1])
            continue
        return [cards[name] for name in order if name in cards], frozenset(ring)
