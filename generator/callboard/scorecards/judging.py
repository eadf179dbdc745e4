"""Scorecards, a catalog and facts → the result of every entity on every card, and the next moment at which one turns by time alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from callboard.model.entity import Entity
from callboard.scorecards.cards import CardRule, Scorecard
from callboard.scorecards.entity_subject import JudgedWorld
from callboard.scorecards.explanation import Explanation
from callboard.scorecards.results import CardResult, RuleOutcome, RuleResult, judge_card, judge_rule
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

    def of(self, ref: str) -> Iterator[CardResult]:
        """The results of one entity, in the order of the cards."""
        for card in self.cards:
            found = self.results[card.name].get(ref)
            if found is not None:
                yield found


def judge_all(cards: Sequence[Scorecard], world: JudgedWorld, zone: tzinfo) -> Judgement:
    """Judge all entities; ``zone`` is that of the days in rules. The cards are in an order in which each follows those it asks for."""
    today = world.clock.now.astimezone(zone).date()
    results: dict[str, dict[str, CardResult]] = {}
    subjects = [world.subject(entity) for entity in world.catalog.entities.values()]
    for card in cards:
        judged = ((subject.ref, judge_card(card, subject, today)) for subject in subjects)
        results[card.name] = {ref: result for ref, result in judged if result is not None}
        world.levels[card.name] = {ref: result.reached.level for ref, result in results[card.name].items()}
    clock = world.clock
    moments = [*(turn for turn in clock.turns if turn > clock.now), *_days_of(cards, today, zone)]
    announced = min(moments, default=None)
    moments += [turn for turn in clock.stale if turn > clock.now]
    return Judgement(tuple(cards), results, min(moments, default=None), announced)


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


def explained(world: JudgedWorld, entity: Entity, result: RuleResult, zone: tzinfo) -> ExplainedResult:
    """Why a rule has its result, and when that turns."""
    subject = world.subject(entity)
    is_skipped = result.outcome is RuleOutcome.SKIPPED
    condition = result.rule.when if is_skipped and result.exemption is None else result.rule.check
    explanation = condition.explain(subject) if condition is not None and result.exemption is None else None
    turn = turning_day(world, subject, result.rule, zone)
    return ExplainedResult(result, explanation, turn)


def turning_day(world: JudgedWorld, subject: Subject, rule: CardRule, zone: tzinfo) -> date | None:
    """The first day on which the rule has another outcome for the subject if nothing but the time changes."""
    clock = world.clock
    now, noted = clock.now, clock.turns
    try:
        moment, first = now, _outcome(world, subject, rule, now, zone)
        for _ in range(_MOST_TURNS):
            later = [turn for turn in clock.turns if turn > moment]
            if not later:
                return None
            moment = min(later)
            if _outcome(world, subject, rule, moment, zone) != first:
                return moment.astimezone(zone).date()
        return None
    finally:
        clock.now, clock.turns = now, noted


def _outcome(world: JudgedWorld, subject: Subject, rule: CardRule, moment: datetime, zone: tzinfo) -> RuleOutcome:
    world.clock.now, world.clock.turns = moment, set()
    return judge_rule(rule, subject, moment.astimezone(zone).date()).outcome
