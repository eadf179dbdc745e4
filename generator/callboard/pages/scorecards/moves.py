"""What is recorded of each entity's levels → which entities moved since the last day with a build, and in the last month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import StrEnum

from callboard.model.data_classes import dataclass
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.scorecards.trends import day_text
from callboard.pages.shared_views import EntityLink, StateView
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.recording import standing_level
from callboard.scorecards.results import CardResult
from callboard.state.result_history import MOVES, CardStanding, CardTrend, text_days

SHOWN = 40
"""Rows of the table of moves."""
_CAUSES = 3


class MoveDirection(StrEnum):
    """How a level changed."""

    UP = "up"
    DOWN = "down"
    UNMEASURED = "unmeasured"
    """It is lower, because results are missing that were there before: nothing has become worse that is known."""


@dataclass(frozen=True, slots=True)
class MoveView:
    """An entity that moved."""

    link: EntityLink
    before: StateView
    after: StateView
    direction: MoveDirection
    day: str
    causes: tuple[str, ...]
    """Titles of the rules whose results changed with it."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MovesView:
    """The moves in one time."""

    since: str
    up: int
    down: int
    unmeasured: int
    moves: tuple[MoveView, ...]
    more: int

    @property
    def number(self) -> int:
        """How many entities moved."""
        return self.up + self.down + self.unmeasured


def moved(context: ScorecardContext, card: Scorecard) -> tuple[MovesView, ...]:
    """Since the last day with a build, and in 30 days; none where nothing is recorded of an earlier day."""
    trend = context.record.trend(card.name)
    if trend is None or len(trend.days) < 2:  # noqa: PLR2004 - today, and a day before
        return ()
    today, before = trend.days[-1], trend.days[-2]
    month = next((day for day in trend.days if day >= max(today - 30, trend.start)), before)
    results = tuple(context.results(card).values())
    views = tuple(_view(context, results, trend, start) for start in dict.fromkeys((before, min(month, before))))
    return views if views[0].number else views[-1:]


def moved_in_a_month(context: ScorecardContext, card: Scorecard, results: Sequence[CardResult]) -> MovesView | None:
    """The moves of these entities in the last 30 days; ``since`` is empty, or the first recorded day if that is later.

    None where nothing is recorded of an earlier day.
    """
    trend = context.record.trend(card.name)
    if trend is None or len(trend.days) < 2:  # noqa: PLR2004 - today, and a day before
        return None
    found = _view(context, results, trend, month_start(trend))
    return found if is_young(trend) else replace(found, since="")


def month_start(trend: CardTrend) -> int:
    """The day after which moves are of the last 30 days, or of the time since the first recorded day if that is later."""
    return max(trend.days[-1] - MOVES, trend.start)


def is_young(trend: CardTrend) -> bool:
    """Whether less than 30 days are recorded that can be compared."""
    return trend.start > trend.days[-1] - MOVES


def _view(context: ScorecardContext, results: Sequence[CardResult], trend: CardTrend, start: int) -> MovesView:
    found = sorted(_moves(context, results, trend, start), key=lambda move: (move.direction is MoveDirection.UP, move.link.name))
    up, down, unmeasured = (sum(move.direction is direction for move in found) for direction in MoveDirection)
    return MovesView(day_text(start), up, down, unmeasured, tuple(found[:SHOWN]), max(len(found) - SHOWN, 0))


def _moves(context: ScorecardContext, results: Sequence[CardResult], trend: CardTrend, start: int) -> Iterator[MoveView]:
    for result in results:
        card = result.card
        standing = context.standing(result.ref, card)
        moves = [move for move in standing.moves if move[0] > start] if standing else []
        if standing is None or not moves or moves[0][1] == standing_level(result):
            continue
        (first, before), last = moves[0], moves[-1][0]
        is_changed = any(first <= mark <= last for mark in trend.marks)
        yield MoveView(
            context.link_of(result),
            context.recorded_level(card, before),
            context.level_state(result),
            _direction(result, before),
            day_text(last),
            tuple(_causes(card, result, standing, first)),
            context.labels["scorecard_rules_changed"] if is_changed else "",
        )


def _direction(result: CardResult, before: int) -> MoveDirection:
    after = standing_level(result)
    if after > before:
        return MoveDirection.UP
    is_missing = "n" in result.letters and (not result.reached.to_pass if not result.card.is_weighted else "f" not in result.letters)
    return MoveDirection.UNMEASURED if is_missing else MoveDirection.DOWN


def _causes(card: Scorecard, result: CardResult, standing: CardStanding, first: int) -> Sequence[str]:
    days = text_days(standing.since)
    changed = [
        rule.title for rule, day, letter in zip(card.rules, days, result.letters, strict=True) if day >= first and letter in "pfn"
    ]  # fmt: skip
    return changed[:_CAUSES]
