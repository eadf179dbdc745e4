"""Scorecards, a catalog and facts → the result of every entity on every card, and the next moment at which one turns by time alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime, time, timedelta, tzinfo

from callboard.model.data_classes import dataclass
from callboard.scorecards.cards import CardRule, Scorecard
from callboard.scorecards.entity_subject import EntitySubject, JudgedWorld, JudgingTime
from callboard.scorecards.explanation import Explanation
from callboard.scorecards.results import CardResult, CardTally, RuleOutcome, RuleResult, judge_letters, judge_rule
from callboard.scorecards.subject import Subject

NOTICE = timedelta(days=14)
"""How long before its end an exemption is announced."""
_MOST_TURNS = 12
"""Moments that are tried in the search for the one at which a result turns."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The results of all scorecards."""

    cards: tuple[Scorecard, ...] = ()
    results: Mapping[str, Mapping[str, CardResult]] = field(default_factory=dict)
    """By name of the card, then by canonical reference; in the catalog's order."""
    next_turn: datetime | None = None
    """No result differs before this moment as long as nothing but the time changes; None: never."""
    next_announced: datetime | None = None
    """The same without the moments at which a query becomes too old: the next build queries again."""
    turns: Mapping[str, datetime] = field(default_factory=dict)
    """The moment at which the first result of an entity turns by time alone, by reference."""
    judged: int = 0
    """Number of results that were judged, and not kept from the last build."""

    def of(self, ref: str) -> Iterator[CardResult]:
        """The results of one entity, in the order of the cards."""
        for card in self.cards:
            found = self.results[card.name].get(ref)
            if found is not None:
                yield found


def judge_all(cards: Sequence[Scorecard], world: JudgedWorld, zone: tzinfo, kept: KeptResults | None = None) -> Judgement:
    """Judge all entities; ``zone`` is that of the days in rules. The cards are in an order in which each follows those it asks for.

    ``kept``: results of the last build, which are used for entities of which nothing changed that their rules may read.
    """
    today = world.clock.now.astimezone(zone).date()
    results: dict[str, dict[str, CardResult]] = {}
    subjects = [world.subject(entity) for entity in world.catalog.entities.values()]
    judge = _Judge(world, today, kept)
    for card in cards:
        results[card.name] = judge.card(card, subjects)
        world.levels[card.name] = {ref: result.reached.level for ref, result in results[card.name].items()}
    now = world.clock.now
    moments = [*judge.turns.values(), *_days_of(cards, today, zone)]
    announced = min(moments, default=None)
    moments += [turn for turn in world.clock.stale if turn > now]
    return Judgement(tuple(cards), results, min(moments, default=None), announced, judge.turns, judge.judged)


@dataclass(frozen=True, slots=True)
class KeptResults:
    """Results of the last build for entities of which nothing changed that their rules may read."""

    letters: Mapping[str, Mapping[str, str]]
    """By scorecard and reference, for scorecards whose conditions did not change; an entity that is missing was not on the card."""
    unchanged: Mapping[str, datetime | None]
    """References of these entities, with the moment at which the first of their results turns."""


class _Judge:
    def __init__(self, world: JudgedWorld, today: date, kept: KeptResults | None) -> None:
        now = world.clock.now
        self.world, self.today = world, today
        self.letters = kept.letters if kept else {}
        turns = kept.unchanged if kept else {}
        self.unchanged = frozenset(ref for ref, turn in turns.items() if turn is None or turn > now)
        self.turns: dict[str, datetime] = {ref: turn for ref, turn in turns.items() if turn is not None and turn > now}
        """When the first result of an entity turns by time."""
        self.judged = 0
        """Number of results that were not kept."""

    def card(self, card: Scorecard, subjects: Sequence[EntitySubject]) -> dict[str, CardResult]:
        clock, tally = self.world.clock, CardTally(card, self.today)
        kept = self.letters.get(card.name) if not card.reads_levels_of_others else None
        exempt = {each.entity for rule in card.rules for each in rule.exemptions}
        results = {}
        for subject in subjects:
            ref = subject.ref
            if kept is not None and ref in self.unchanged and ref not in exempt:
                letters = kept.get(ref)
            else:
                noted = clock.turns = set()
                letters = judge_letters(card, subject, self.today)
                self.judged += len(letters or "")
                if noted and (later := [turn for turn in noted if turn > clock.now]):
                    self.turns[ref] = min(self.turns.get(ref, later[0]), *later)
            if letters is not None:
                results[ref] = tally.result(ref, letters)
        clock.turns = set()
        return results


def _days_of(cards: Iterable[Scorecard], today: date, zone: tzinfo) -> Iterator[datetime]:
    """The midnights at which a rule begins to count, an exemption is announced, or one ends."""
    for rule in (rule for card in cards for rule in card.rules):
        days = [rule.starts] if rule.starts else []
        for each in rule.exemptions:
            days += [each.until + timedelta(days=1), each.until - NOTICE]
        yield from (datetime.combine(day, time(), zone) for day in days if day > today)


@dataclass(frozen=True, slots=True)
class ExplainedResult:
    """A result with why, and when it turns by time alone."""

    result: RuleResult
    explanation: Explanation | None
    """None for a rule that does not apply."""
    turns: date | None = None
    """The day on which the result becomes another one if nothing happens; None: it does not by itself."""


def explained_card(clock: JudgingTime, subject: Subject, result: CardResult, zone: tzinfo) -> tuple[ExplainedResult, ...]:
    """Why each rule of a scorecard has its result for an entity."""
    return tuple(explained(clock, subject, each, zone) for each in result.rules)


def explained(clock: JudgingTime, subject: Subject, result: RuleResult, zone: tzinfo) -> ExplainedResult:
    """Why a rule has its result, and when that turns."""
    is_skipped = result.outcome is RuleOutcome.SKIPPED
    condition = result.rule.when if is_skipped and result.exemption is None else result.rule.check
    explanation = condition.explain(subject) if condition is not None and result.exemption is None else None
    return ExplainedResult(result, explanation, turning_day(clock, subject, result.rule, zone))


def turning_day(clock: JudgingTime, subject: Subject, rule: CardRule, zone: tzinfo) -> date | None:
    """The first day on which the rule has another outcome for the subject if nothing but the time changes."""
    now, noted = clock.now, clock.turns
    try:
        moment, first = now, _outcome(clock, subject, rule, now, zone)
        for _ in range(_MOST_TURNS):
            later = [turn for turn in clock.turns if turn > moment]
            if not later:
                return None
            moment = min(later)
            if _outcome(clock, subject, rule, moment, zone) != first:
                return moment.astimezone(zone).date()
        return None
    finally:
        clock.now, clock.turns = now, noted


def _outcome(clock: JudgingTime, subject: Subject, rule: CardRule, moment: datetime, zone: tzinfo) -> RuleOutcome:
    clock.now, clock.turns = moment, set()
    return judge_rule(rule, subject, moment.astimezone(zone).date()).outcome
