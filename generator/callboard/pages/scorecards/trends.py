"""What is recorded of scorecards by day → charts with the same numbers as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from markupsafe import Markup

from callboard.diagrams.bands import BandChart, BandSegment, draw_bands
from callboard.model.data_classes import dataclass
from callboard.pages.scorecards.context import SCORE_BANDS, ScorecardContext
from callboard.pages.shared_views import StateView
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.recording import BANDS
from callboard.state.result_history import DAILY, CardTrend, Point, RuleTrend, Series, values_at

ROWS = 26
"""Rows of a table of numbers: the latest days on which one changed."""
_AFTER = 14
"""Days that a chart of a team shows after its last change: its page stays as it is while nothing changes."""
_LEAST = 2
"""Recorded days from which on there is something to draw."""
_RULE_TONES = ("good", "bad", "none")


@dataclass(frozen=True, slots=True)
class TrendRow:
    """The numbers of a day."""

    day: str
    numbers: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TrendView:
    """A chart over time, and its numbers as a table."""

    chart: Markup
    first: str
    last: str
    """The first and the last day of the chart."""
    bands: tuple[StateView, ...]
    rows: tuple[TrendRow, ...]
    changes: tuple[str, ...]
    """Days on which rules changed."""


def segments_of(points: Iterable[Point], today: int) -> tuple[BandSegment, ...]:
    """The numbers of recorded days as segments: a day counts for itself, of earlier weeks a day for its week.

    Days without numbers are left out.
    """
    segments: list[BandSegment] = []
    for day, numbers in points:
        is_daily = day > today - DAILY
        start = day if is_daily else day - (day - 1) % 7
        end = day + 1 if is_daily else min(start + 7, today - DAILY + 1)
        last = segments[-1] if segments else None
        if not numbers:
            continue
        if last is not None and last.end >= start and last.numbers == numbers:
            segments[-1] = BandSegment(last.first, end, numbers)
        else:
            segments.append(BandSegment(max(start, last.end) if last else start, end, numbers))
    return tuple(segments)


def level_trend(context: ScorecardContext, card: Scorecard) -> TrendView | None:
    """How the entities of a card were distributed over its levels; None where there are no two days."""
    trend = context.record.trend(card.name)
    if trend is None or len(trend.days) < _LEAST:
        return None
    return _trend_view(context, card, trend, _sums(trend), trend.days[-1] + 1)


def team_trend(context: ScorecardContext, card: Scorecard, team: str) -> TrendView | None:
    """The same of what a team owns; None where nothing changed. It ends soon after the last change."""
    trend = context.record.trend(card.name)
    points = trend.teams.get(team, ()) if trend else ()
    if trend is None or len(points) < _LEAST:
        return None
    end = min(points[-1][0] + _AFTER, trend.days[-1] + 1)
    return _trend_view(context, card, trend, values_at(points, trend.days), end)


def _sums(trend: CardTrend) -> Iterator[Point]:
    """The numbers of all teams together."""
    columns = [[numbers for _, numbers in values_at(points, trend.days)] for points in trend.teams.values()]
    for index, day in enumerate(trend.days):
        present = [column[index] for column in columns if column[index]]
        yield day, tuple(map(sum, zip(*present, strict=True)))


def _trend_view(context: ScorecardContext, card: Scorecard, trend: CardTrend, points: Iterable[Point], end: int) -> TrendView | None:
    days = list(points)
    segments = tuple(
        BandSegment(each.first, min(each.end, end), each.numbers)
        for each in segments_of(days, trend.days[-1])
        if each.first < end
    )  # fmt: skip
    if not segments:
        return None
    states, marks = bands(context, card), tuple(mark for mark in trend.marks if mark < end)
    first, last = segments[0].first, segments[-1].end - 1
    words = context.labels["scorecard_trend_words"].format(card.title, day_text(first), day_text(last))
    chart = draw_bands(BandChart(segments, tuple(state.tone for state in states), marks, words))
    changes = tuple(map(day_text, marks))
    return TrendView(chart, day_text(first), day_text(last), states, tuple(_rows(segments, marks, context)), changes)


def _rows(segments: Sequence[BandSegment], marks: Sequence[int], context: ScorecardContext) -> Iterator[TrendRow]:
    """The latest days on which a number changed."""
    note = context.labels["scorecard_rules_changed"]
    for segment in reversed(segments[-ROWS:]):
        is_marked = any(segment.first <= mark < segment.end for mark in marks)
        yield TrendRow(day_text(segment.first), tuple(map(str, segment.numbers)), note if is_marked else "")


def bands(context: ScorecardContext, card: Scorecard) -> tuple[StateView, ...]:
    """The levels from none to the highest, each in a colour of its own, and what nothing applies to."""
    labels = context.labels
    if card.is_weighted:
        named = tuple(StateView(labels[name], tone, "") for name, tone in zip(SCORE_BANDS, ("warn", "info", "good"), strict=True))
        assert len(named) == BANDS  # noqa: S101 - the numbers are recorded in these bands
    else:
        named = tuple(context.named_level(card, level) for level in range(len(card.levels) + 1))
    return (*_distinct(named), StateView(labels["scorecard_nothing_applies"], "l0", ""))


def _distinct(states: Sequence[StateView]) -> tuple[StateView, ...]:
    """The levels between the lowest and the highest in shades of one colour."""
    shades = ("l1", "l2", "l3")
    between = len(states) - 2
    return tuple(
        StateView(state.text, shades[min(2, (index - 1) * 3 // max(between, 1))], state.icon) if 0 < index <= between else state
        for index, state in enumerate(states)
    )


@dataclass(frozen=True, slots=True)
class RuleTrendView:
    """The chart of a rule in a table, and what it was a month ago."""

    chart: Markup
    words: str
    """Numbers of a month ago, or since when there are any."""


def rule_trend(context: ScorecardContext, card: Scorecard, rule: str) -> RuleTrendView | None:
    """How many entities passed and failed a rule; None where there are no two days."""
    trend = context.record.trend(card.name)
    recorded = trend.rules.get(rule) if trend else None
    if trend is None or recorded is None or len(trend.days) < _LEAST or not recorded.points:
        return None
    today = trend.days[-1]
    segments = segments_of(_measured(values_at(recorded.points, trend.days)), today)
    words = _rule_words(context, recorded, trend.days)
    marks = tuple(mark for mark in recorded.marks if mark > recorded.points[0][0])
    return RuleTrendView(draw_bands(BandChart(segments, _RULE_TONES, marks, words), "small"), words)


def _measured(points: Iterable[Point]) -> Iterator[Point]:
    """Passing, failing and not measured; nothing for a day on which nothing was measured."""
    for day, numbers in points:
        yield day, numbers[:3] if sum(numbers[:2]) else ()


def _rule_words(context: ScorecardContext, rule: RuleTrend, days: Sequence[int]) -> str:
    """``12 failed on 1 November``, a month ago or on the first day that can be compared."""
    labels, wanted = context.labels, days[-1] - 30
    day = next((day for day in days if day >= max(wanted, rule.start)), days[-1])
    numbers = number_at(rule.points, day)
    text = labels["scorecard_failed_on"].format(numbers[1], day_text(day)) if sum(numbers[:2]) else ""
    if rule.start > days[0] and rule.marks and rule.marks[-1] == rule.start:
        text = f"{text}; {labels['scorecard_rule_changed'].format(day_text(rule.start))}" if text else ""
    return text


def number_at(points: Series, day: int) -> tuple[int, ...]:
    """The numbers of a day."""
    return next(values_at(points, [day]))[1]


def day_text(day: int) -> str:
    """A day as it is written on pages."""
    return date.fromordinal(day).isoformat()
