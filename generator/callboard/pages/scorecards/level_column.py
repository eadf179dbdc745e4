"""Results → the levels of each entity as a column of the catalog's table, as JSON for ``columns.json``.

``names`` and ``titles`` of the scorecards with levels, ``levels`` with the names of each in their order, and ``of``: for each scorecard a
number for each entity: the position of its level from 1, 0 for none yet, -1 where the scorecard does not judge it or nothing applies.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from callboard.pages.scorecards.context import ScorecardContext
from callboard.scorecards.cards import Scorecard


def level_column(context: ScorecardContext) -> Mapping[str, Any] | None:
    """The column; None for a portal whose scorecards have weights only."""
    cards = [card for card in context.cards if not card.is_weighted]
    if not cards:
        return None
    return {
        "names": [card.name for card in cards],
        "titles": [card.title for card in cards],
        "levels": [[level.capitalize() for level in card.levels] for card in cards],
        "of": [list(_levels(context, card)) for card in cards],
    }


def _levels(context: ScorecardContext, card: Scorecard) -> Iterator[int]:
    results = context.results(card)
    for ref in context.catalog.entities:
        result = results.get(str(ref))
        yield result.reached.level if result is not None and result.reached.applies else -1
