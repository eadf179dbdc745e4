"""The results of this build and what was recorded before → what is recorded now: numbers by day, since when results stand, and moves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from callboard.model.data_classes import dataclass
from callboard.scorecards.cards import CardRule, Scorecard
from callboard.scorecards.digests import digest_of
from callboard.scorecards.judging import Judgement
from callboard.scorecards.results import CardResult
from callboard.state.result_history import (
    DAILY,
    MOVES,
    CardStanding,
    CardTrend,
    ResultHistory,
    RuleTrend,
    Series,
    Standing,
    days_text,
    extended,
    kept_days,
    marked,
    thinned,
)

LETTERS = "pfns"
"""Order of the numbers of a rule: pass, fail, not measured, does not apply."""
BANDS = 3
"""Parts in which the scores of a weighted scorecard are counted: below 50 percent, below 100, and 100."""
_TENTHS, _HALF, _ALL = 10, 500, 1000


@dataclass(frozen=True, slots=True)
class ResultRecording:
    """One build."""

    today: int
    """The portal's day, as ``date.toordinal`` counts."""
    is_public: bool
    owners: Mapping[str, str]
    """The owner of each entity by reference."""
    renamed: Mapping[str, str]
    """Entities that were renamed since the last build, old to new."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Digests of what rules may read of each entity."""


def record_results(before: ResultHistory, judgement: Judgement, build: ResultRecording) -> ResultHistory:
    """What is recorded after a build. Scorecards that were not judged in it, as one with a mistake, keep what they have."""
    names = build.renamed
    old = {names.get(each.ref, each.ref): each for each in before.standings}
    trends = {each.card: each for each in before.trends if each.days and each.days[-1] > build.today - DAILY}
    cards: defaultdict[str, dict[str, CardStanding]] = defaultdict(dict)
    for card in judgement.cards:
        last, results = trends.get(card.name), judgement.results[card.name]
        trend = trends[card.name] = _trend(card, last, results, build)
        recorder = _Standings(card, trend, last, build.today)
        for ref, result in results.items():
            standing = old.get(ref)
            cards[ref][card.name] = recorder.standing(result, standing.cards.get(card.name) if standing else None)
    judged = {card.name for card in judgement.cards}
    for ref, standing in old.items():
        for name, kept in standing.cards.items():
            if name not in judged and name in trends:
                cards[ref][name] = kept
    turns, inputs = judgement.turns, build.inputs
    standings = (Standing(ref, dict(sorted(of.items())), inputs.get(ref, ""), turns.get(ref)) for ref, of in sorted(cards.items()))
    return ResultHistory(tuple(trend for _, trend in sorted(trends.items())), tuple(standings))


def grounds(card: Scorecard) -> str:
    """The digest of everything that decides results and levels: neither texts nor exemptions."""
    rules = [[rule.id, rule.digest, rule.level, rule.weight, str(rule.starts or "")] for rule in card.rules]
    return digest_of([card.filter.text(), card.levels, rules])


def standing_level(result: CardResult) -> int:
    """The level or score as it is recorded."""
    if not result.reached.applies:
        return -1
    return round((result.score.percent or 0) * _TENTHS) if result.card.is_weighted else result.reached.level


def place_of(card: Scorecard, level: int) -> int:
    """The place of a recorded level among the numbers of a team; -1 where nothing applies."""
    if not card.is_weighted or level < 0:
        return level
    return 0 if level < _HALF else 1 if level < _ALL else 2


def _trend(card: Scorecard, last: CardTrend | None, results: Mapping[str, CardResult], build: ResultRecording) -> CardTrend:
    today, digest = build.today, grounds(card)
    if last is None or last.is_public != build.is_public or (last.days and last.days[-1] > today):
        last = CardTrend(card.name, digest, card.levels, build.is_public, today, ())
    days = kept_days(last.days if last.days[-1:] == (today,) else (*last.days, today), today)
    is_thinned = days[: len(last.days)] != last.days
    is_changed = digest != last.digest
    marks = marked((*last.marks, *((today,) if is_changed else ())), days)
    is_comparable = last.levels == card.levels
    known = {build.renamed.get(team, team): points for team, points in last.teams.items()} if is_comparable else {}
    teams = dict(_teams(card, known, results, build))
    rules = {rule.id: each for rule, each in _rules(card, last, results, today)}
    if is_thinned:
        teams = {team: thinned(points, days) for team, points in teams.items()}
        rules = {name: replace(each, points=thinned(each.points, days), marks=marked(each.marks, days)) for name, each in rules.items()}
    teams = {team: points for team, points in sorted(teams.items()) if any(numbers for _, numbers in points)}
    return CardTrend(card.name, digest, card.levels, build.is_public, last.start if is_comparable else today, days, rules, teams, marks)


def _rules(
    card: Scorecard, last: CardTrend, results: Mapping[str, CardResult], today: int
) -> Iterator[tuple[CardRule, RuleTrend]]:  # fmt: skip
    columns = list(zip(*(result.letters for result in results.values()), strict=True)) or [()] * len(card.rules)
    for rule, column in zip(card.rules, columns, strict=True):
        counts = Counter(column)
        numbers = tuple(counts[letter] for letter in LETTERS) if counts else ()
        known = last.rules.get(rule.id)
        start, marks = (known.start, known.marks) if known else (today, ())
        if known and known.digest != rule.digest:
            start, marks = today, (*marks, today) if today not in marks else marks
        yield rule, RuleTrend(rule.digest, start, extended(known.points if known else (), today, numbers), marks)


def _teams(
    card: Scorecard, last: Mapping[str, Series], results: Mapping[str, CardResult], build: ResultRecording
) -> Iterator[tuple[str, Series]]:
    size = (BANDS if card.is_weighted else len(card.levels) + 1) + 1
    numbers: defaultdict[str, list[int]] = defaultdict(lambda: [0] * size)
    for ref, result in results.items():
        numbers[build.owners.get(ref, "")][place_of(card, standing_level(result))] += 1
    for team in {*last, *numbers}:
        yield team, extended(last.get(team, ()), build.today, tuple(numbers[team]) if team in numbers else ())


class _Standings:
    """Continues the standings on one scorecard."""

    def __init__(self, card: Scorecard, trend: CardTrend, last: CardTrend | None, today: int) -> None:
        self.today = today
        self.new = days_text([today])
        self.is_comparable = last is not None and last.levels == trend.levels and last.is_public == trend.is_public
        old = list(last.rules) if last and last.is_public == trend.is_public else []
        same = last and [(name, each.digest) for name, each in last.rules.items()] == [(rule.id, rule.digest) for rule in card.rules]
        self.is_same = bool(same) and self.is_comparable
        self.places = [
            old.index(rule.id) if rule.id in old and last and last.rules[rule.id].digest == rule.digest else -1 for rule in card.rules
        ]
        """The place of each rule among the letters before; -1 for one that is new or has other conditions."""

    def standing(self, result: CardResult, before: CardStanding | None) -> CardStanding:
        """The standing of an entity after this build."""
        level = standing_level(result)
        if before is None:
            return CardStanding(result.letters, self.new * len(result.letters), level)
        since = before.since if self.is_same and before.letters == result.letters else self._since(result.letters, before)
        return CardStanding(result.letters, since, level, self._moves(level, before))

    def _since(self, letters: str, before: CardStanding) -> str:
        parts = []
        for place, letter in zip(self.places, letters, strict=True):
            is_same = 0 <= place < len(before.letters) and before.letters[place] == letter
            parts.append(before.since[3 * place : 3 * place + 3] if is_same else self.new)
        return "".join(parts)

    def _moves(self, level: int, before: CardStanding) -> tuple[tuple[int, int], ...]:
        """The moves of the last month: of several on one day only whether the day ended at another level counts."""
        if not self.is_comparable:
            return ()
        moves = tuple(move for move in before.moves if move[0] > self.today - MOVES)
        start = moves[-1][1] if moves and moves[-1][0] == self.today else before.level
        earlier = moves[:-1] if moves and moves[-1][0] == self.today else moves
        return earlier if level == start else (*earlier, (self.today, start))
