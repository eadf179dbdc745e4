"""A scorecard and a subject → the result of each rule, and the level or score that they add up to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from enum import StrEnum

from callboard.model.data_classes import dataclass
from callboard.scorecards.cards import CardRule, Exemption, Scorecard
from callboard.scorecards.subject import Subject


class RuleOutcome(StrEnum):
    """The result of a rule."""

    PASS = "pass"  # noqa: S105 - not a password
    FAIL = "fail"
    SKIPPED = "skipped"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The result of one rule for one entity."""

    rule: CardRule
    outcome: RuleOutcome
    counts: bool = True
    """False before the rule's first day: it is shown, and changes neither level nor score."""
    exemption: Exemption | None = None


@dataclass(frozen=True, slots=True)
class LevelReached:
    """A level, and what is missing to the next one."""

    level: int
    """Position from 1; 0: none."""
    next: int = 0
    """Position of the next level; 0: there is none, or no rule of it applies."""
    to_pass: int = 0
    """Failing rules up to the next level."""
    to_measure: int = 0
    """Rules up to the next level that are not measured."""
    applies: bool = True
    """Whether a rule counts for the entity."""


@dataclass(frozen=True, slots=True)
class Score:
    """The score of a weighted card in percent."""

    percent: float | None
    """Weight of the passing rules; rules that are not measured count as not passing. None: no rule applies."""
    coverage: float | None
    """Weight of the rules that are measured."""


@dataclass(frozen=True, slots=True)
class CardResult:
    """One entity on one scorecard."""

    card: Scorecard
    letters: str
    """The outcome of each rule as a letter of ``OUTCOMES``: a portal with 10,000 entities has 600,000 of them."""
    reached: LevelReached
    score: Score
    today: date
    ref: str

    @property
    def rules(self) -> tuple[RuleResult, ...]:
        """The result of each rule, in the card's order."""
        pairs = zip(self.card.rules, self.letters, strict=True)
        return tuple(self._result(rule, OUTCOMES[letter]) for rule, letter in pairs)

    def _result(self, rule: CardRule, outcome: RuleOutcome) -> RuleResult:
        exemption = rule.exemption(self.ref, self.today) if outcome is RuleOutcome.SKIPPED else None
        return RuleResult(rule, outcome, rule.counts(self.today), exemption)


OUTCOMES = {"p": RuleOutcome.PASS, "f": RuleOutcome.FAIL, "s": RuleOutcome.SKIPPED, "n": RuleOutcome.NOT_MEASURED}
"""Outcomes by their letters in data."""


def judge_card(card: Scorecard, subject: Subject, today: date) -> CardResult | None:
    """All results of an entity on a card; None if the card does not judge it."""
    letters = judge_letters(card, subject, today)
    return None if letters is None else CardTally(card, today).result(subject.ref, letters)


def judge_letters(card: Scorecard, subject: Subject, today: date) -> str | None:
    """The letters of all results; None if the card does not judge the entity."""
    if card.filter.judge(subject) is not True:
        return None
    return "".join([_letter(rule, subject, today) for rule in card.rules])


def _letter(rule: CardRule, subject: Subject, today: date) -> str:
    applies = True if rule.when is None else rule.when.judge(subject)
    if applies is False or (rule.exemptions and rule.exemption(subject.ref, today) is not None):
        return "s"
    truth = rule.check.judge(subject) if applies else None
    return "n" if truth is None else "p" if truth else "f"


class CardTally:
    """The levels and scores of a card, each computed once for the same letters: of ten thousand entities many have the same."""

    def __init__(self, card: Scorecard, today: date) -> None:
        self._card, self._today = card, today
        self._known: dict[str, tuple[LevelReached, Score]] = {}

    def result(self, ref: str, letters: str) -> CardResult:
        """The result of an entity."""
        known = self._known.get(letters)
        if known is None:
            pairs = zip(self._card.rules, letters, strict=True)
            rules = [RuleResult(rule, OUTCOMES[letter], rule.counts(self._today)) for rule, letter in pairs]
            known = self._known[letters] = level_reached(rules, len(self._card.levels)), score_of(rules)
        return CardResult(self._card, letters, *known, self._today, ref)


def judge_rule(rule: CardRule, subject: Subject, today: date) -> RuleResult:
    """The result of a rule; an exemption in force comes before everything but a rule that does not apply."""
    outcome = OUTCOMES[_letter(rule, subject, today)]
    exemption = rule.exemption(subject.ref, today) if rule.exemptions and outcome is RuleOutcome.SKIPPED else None
    return RuleResult(rule, outcome, rule.counts(today), exemption)


_BLOCKING = frozenset({RuleOutcome.FAIL, RuleOutcome.NOT_MEASURED})


def level_reached(results: Sequence[RuleResult], levels: int) -> LevelReached:
    """The highest level up to which no counting rule fails or is not measured, and that has a counting rule of its own."""
    counting = [each for each in results if each.counts and each.outcome is not RuleOutcome.SKIPPED]
    blocked = min((each.rule.level for each in counting if each.outcome in _BLOCKING), default=0)
    reached = max((each.rule.level for each in counting if not blocked or each.rule.level < blocked), default=0)
    if not counting or not levels:
        return LevelReached(0, applies=bool(counting))
    below = [each.outcome for each in counting if each.rule.level <= blocked]
    return LevelReached(reached, blocked, below.count(RuleOutcome.FAIL), below.count(RuleOutcome.NOT_MEASURED))


def score_of(results: Sequence[RuleResult]) -> Score:
    """Weight of what passes and of what is measured, each as a share of the weight of the counting rules that apply."""
    counting = [each for each in results if each.counts and each.outcome is not RuleOutcome.SKIPPED]
    total = sum(each.rule.weight for each in counting)
    if not total:
        return Score(None, None)
    passing = sum(each.rule.weight for each in counting if each.outcome is RuleOutcome.PASS)
    missing = sum(each.rule.weight for each in counting if each.outcome is RuleOutcome.NOT_MEASURED)
    return Score(round(100 * passing / total, 1), round(100 * (total - missing) / total, 1))
