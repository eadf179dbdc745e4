"""Results → the levels and scores of each entity as columns of the catalog's table, as JSON for ``columns.json``.

``names`` and ``titles`` of the scorecards, ``levels`` with the names of each in their order, and ``of``: for each scorecard a number for
each entity: the position of its level from 1, 0 for none yet, -1 where the scorecard does not judge it or nothing applies. A scorecard
with weights is listed in ``scores`` by its position: its numbers are percent, its ``levels`` the bands below 50, below 100, and 100.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.pages.scorecards.context import SCORE_BANDS, ScorecardContext
from callboard.scorecards.cards import Scorecard


def level_column(context: ScorecardContext) -> Mapping[str, Any] | None:
    """The columns; None for a portal whose scorecards all have mistakes."""
    cards = context.cards
    if not cards:
        return None
    bands = [context.labels[label] for label in SCORE_BANDS]
    return {
        "names": [card.name for card in cards],
        "titles": [card.title for card in cards],
        "levels": [bands if card.is_weighted else [level.capitalize() for level in card.levels] for card in cards],
        "scores": [place for place, card in enumerate(cards) if card.is_weighted],
        "of": [list(_numbers(context, card)) for card in cards],
    }


def _numbers(context: ScorecardContext, card: Scorecard) -> Iterator[float]:
    results = context.results(card)
    for ref in context.catalog.entities:
        result = results.get(str(ref))
        if result is None or not result.reached.applies:
            yield -1
        else:
            yield (result.score.percent or 0) if card.is_weighted else result.reached.level
