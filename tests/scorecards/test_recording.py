"""What is recorded of results over time: numbers by day, then by week, with gaps and marks; since when results stand; who moved."""

from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

import pytest

from callboard.scorecards.cards import CardRule, Scorecard
from callboard.scorecards.judging import Judgement
from callboard.scorecards.recording import ResultRecording, record_results
from callboard.scorecards.results import OUTCOMES, CardResult, RuleResult, level_reached, score_of
from callboard.state.parts import PLAIN
from callboard.state.result_history import (
    DAILY,
    KEPT,
    ResultHistory,
    days_text,
    extended,
    kept_days,
    text_days,
    thinned,
    values_at,
)

FIRST = date(2026, 5, 4).toordinal()


@dataclass(frozen=True)
class Words:
    """A filter of which only its text counts."""

    words: str = "all"

    def text(self):
        return self.words


RULES = (CardRule("owned", "Owned", None, level=1, digest="o"), CardRule("watched", "Watched", None, level=2, digest="w"))
CARD = Scorecard("basics", "Basics", RULES, Words(), ("bronze", "silver"))
OWNERS = {"a": "group:one", "b": "group:one", "c": "group:two"}


def judgement(card, **letters):
    """The results of entities by the letters of their rules."""
    results = {}
    for ref, each in letters.items():
        rules = [RuleResult(rule, OUTCOMES[letter]) for rule, letter in zip(card.rules, each, strict=True)]
        results[ref] = CardResult(card, each, level_reached(rules, len(card.levels)), score_of(rules), date.fromordinal(FIRST), ref)
    return Judgement((card,), {card.name: results})


def recorded(*builds, before=None, card=CARD, is_public=False, renamed=None):
    """What is recorded after builds of a day (after the first one) and results each; it is written and read in between."""
    history = before or ResultHistory()
    for day, letters in builds:
        build = ResultRecording(FIRST + day, is_public, OWNERS, renamed or {})
        history = record_results(history, judgement(card, **letters), build)
        trends, standings = (PLAIN[name] for name in ("card_trends", "standings"))
        history = ResultHistory(
            tuple(map(trends.value, map(trends.line, history.trends))), tuple(map(standings.value, map(standings.line, history.standings)))
        )
    return history


def since(history, ref):
    return [day - FIRST for day in text_days(history.by_ref()[ref].cards["basics"].since)]


def points(series):
    return [(day - FIRST, numbers) for day, numbers in series]


def test_numbers_are_recorded_by_rule_and_by_team_where_they_change():
    trend = recorded((0, {"a": "pf", "b": "pn", "c": "fs"}), (1, {"a": "pf", "b": "pp", "c": "fs"}), (3, {"a": "pf", "b": "pp"})).trend(
        "basics"
    )
    assert [day - FIRST for day in trend.days] == [0, 1, 3]
    assert points(trend.rules["owned"].points) == [(0, (2, 1, 0, 0)), (3, (2, 0, 0, 0))]
    assert points(trend.rules["watched"].points) == [(0, (0, 1, 1, 1)), (1, (1, 1, 0, 1)), (3, (1, 1, 0, 0))]
    assert points(trend.teams["group:one"]) == [(0, (0, 2, 0, 0)), (1, (0, 1, 1, 0))]
    assert points(trend.teams["group:two"]) == [(0, (1, 0, 0, 0)), (3, ())]


def test_a_result_stands_since_the_day_on_which_it_became_so():
    history = recorded((0, {"a": "pf"}), (2, {"a": "pp"}), (4, {"a": "pp"}), (5, {"a": "np"}))
    assert since(history, "a") == [5, 2]
    again = recorded((6, {"c": "np"}), before=history, renamed={"a": "c"})
    assert since(again, "c") == [5, 2]


def test_another_condition_begins_anew_and_is_marked():
    history = recorded((0, {"a": "pf"}), (1, {"a": "pf"}))
    other = replace(CARD, rules=(RULES[1], replace(RULES[0], digest="other")))
    changed = recorded((2, {"a": "fp"}), before=history, card=other)
    trend = changed.trend("basics")
    assert since(changed, "a") == [0, 2], "results are those of the rule, wherever it stands"
    assert [mark - FIRST for mark in trend.rules["owned"].marks] == [2]
    assert trend.rules["watched"].marks == ()
    assert [mark - FIRST for mark in trend.marks] == [2]


@pytest.mark.parametrize(("builds", "moves"), [
    ([(0, "pf"), (1, "pp")], [(1, 1)]),
    ([(0, "pf"), (1, "pp"), (1, "pf")], []),
    ([(0, "pf"), (1, "pp"), (1, "ff")], [(1, 1)]),
    ([(0, "pf"), (1, "pp"), (2, "ff")], [(1, 1), (2, 2)]),
    ([(0, "pf"), (1, "pp"), (31, "pp")], []),
    ([(0, "ss"), (1, "pf")], [(1, -1)]),
])  # fmt: skip
def test_moves_of_a_month_are_kept_with_the_level_before(builds, moves):
    history = recorded(*((day, {"a": letters}) for day, letters in builds))
    assert [(day - FIRST, level) for day, level in history.by_ref()["a"].cards["basics"].moves] == moves


def test_other_levels_or_another_audience_cannot_be_compared():
    history = recorded((0, {"a": "pf"}), (1, {"a": "pp"}))
    levels = replace(CARD, levels=("stone", "silver"))
    for other in (recorded((2, {"a": "pp"}), before=history, card=levels), recorded((2, {"a": "pp"}), before=history, is_public=True)):
        assert other.by_ref()["a"].cards["basics"].moves == ()
        assert points(other.trend("basics").teams["group:one"]) == [(2, (0, 0, 1, 0))]
    assert since(recorded((2, {"a": "pp"}), before=history, is_public=True), "a") == [2, 2]


def test_a_scorecard_with_a_mistake_keeps_what_is_recorded_for_a_while():
    history = recorded((0, {"a": "pf"}))
    nothing = Judgement((), {})
    without = record_results(history, nothing, ResultRecording(FIRST + 5, False, {}, {}))
    assert without == history
    assert record_results(history, nothing, ResultRecording(FIRST + DAILY, False, {}, {})) == ResultHistory()


def test_of_earlier_weeks_one_day_is_kept_with_its_numbers():
    days, series, numbers = (), (), {}
    for day in range(FIRST, FIRST + 800):
        if day % 11 == 0:
            continue  # no build
        numbers[day] = (day // 5,)
        days, series = kept_days((*days, day), day), extended(series, day, numbers[day])
        series = thinned(series, days)
        assert list(values_at(series, days)) == [(each, numbers[each]) for each in days]
    today = days[-1]
    recent = [day for day in days if day > today - DAILY]
    assert recent == [day for day in range(today - DAILY + 1, today + 1) if day % 11]
    old = [day for day in days if day <= today - DAILY]
    assert len({(day - 1) // 7 for day in old}) == len(old)
    assert min(days) > today - KEPT
    assert max(later - earlier for earlier, later in pairwise(old)) <= 13


def test_days_are_written_in_three_letters():
    days = [FIRST, FIRST + 1, date(2020, 1, 1).toordinal(), date(2100, 12, 31).toordinal()]
    assert text_days(days_text(days)) == days
    assert len(days_text(days)) == 12
