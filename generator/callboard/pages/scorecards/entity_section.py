"""The results of one entity, or of what a team, system or domain contains → the section about scorecards and the field of the header."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.entity import Entity
from callboard.model.times import with_local_times
from callboard.pages.facts.members import ROLLUP_KINDS, members
from callboard.pages.scorecards.campaign import CampaignView, campaign
from callboard.pages.scorecards.context import ScorecardContext, card_path
from callboard.pages.scorecards.moves import MovesView
from callboard.pages.scorecards.trends import TrendView, bands, day_text, team_trend
from callboard.pages.section import HeaderField, Section
from callboard.pages.shared_views import EntityLink, StateView
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.explanation import Explanation
from callboard.scorecards.judging import ExplainedResult
from callboard.scorecards.recording import place_of, standing_level
from callboard.scorecards.results import CardResult, RuleOutcome, RuleResult
from callboard.state.result_history import text_days

_WORST = 5
"""Entities of a team or system that are named."""
_MOST_FOUND = 3
"""Parts of a condition whose values are shown."""
_OPEN = frozenset({RuleOutcome.FAIL, RuleOutcome.NOT_MEASURED})


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule that fails or is not measured, or one that does not apply."""

    title: str
    state: StateView
    found: str
    """The values that led to the result."""
    sources: tuple[str, ...]
    """Titles of the tools that the values come from; none for the descriptor."""
    why: str
    fix: str
    level: str
    turns: str = ""
    """The day on which the result changes if nothing happens; empty for never."""
    note: str = ""
    """From when the rule counts, or why it does not apply."""
    since: str = ""
    """Since when the result stands, or is known; empty on the first day."""


@dataclass(frozen=True, slots=True)
class CardView:
    """One scorecard on an entity's page."""

    title: str
    path: str
    deadline: str
    """The last day of a campaign; empty for none."""
    state: StateView
    distance: str
    open_rules: tuple[RuleView, ...]
    passing: tuple[str, ...]
    """Titles of the rules that pass."""
    skipped: tuple[RuleView, ...]


@dataclass(frozen=True, slots=True)
class LevelCount:
    """How many entities have reached a level."""

    state: StateView
    number: int


@dataclass(frozen=True, slots=True)
class WorstView:
    """An entity with much to do."""

    link: EntityLink
    state: StateView
    distance: str


@dataclass(frozen=True, slots=True)
class CardSummary:
    """One scorecard over several entities: a distribution and the worst ones, never an average."""

    title: str
    path: str
    total: int
    levels: tuple[LevelCount, ...]
    worst: tuple[WorstView, ...]
    trend: TrendView | None = None
    moved: tuple[MovesView, ...] = ()
    campaign: CampaignView | None = None


@dataclass(frozen=True, slots=True)
class ScorecardsView:
    """The section: own results, or those of members."""

    cards: tuple[CardView, ...] = ()
    summaries: tuple[CardSummary, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackedScorecards:
    """Provider of the section (``Fingerprinted``)."""

    context: ScorecardContext
    reads_input_of_others: ClassVar = True
    """The results are those of the build."""

    def __call__(self, entity: Entity) -> Section | None:
        """The section; None for an entity that no scorecard judges."""
        context = self.context
        cards = tuple(card_view(context, result) for result in context.of(str(entity.ref)))
        summaries = tuple(_summaries(context, entity)) if entity.ref.kind in ROLLUP_KINDS else ()
        if not cards and not summaries:
            return None
        return Section("scorecards", context.labels["scorecards"], "scorecards", ScorecardsView(cards, summaries))

    @property
    def base(self) -> str:
        """The scorecards themselves."""
        return fingerprint_of([card.digest for card in self.context.cards])

    def fingerprint(self, entity: Entity) -> str:
        """The results, since when they stand and when they turn, and the digest of everything that explanations read."""
        own = [self._own(result) for result in self.context.of(str(entity.ref))]
        if entity.ref.kind not in ROLLUP_KINDS:
            return fingerprint_of(own) if own else ""
        refs = members(self.context.catalog, entity.ref)
        below = [(str(ref), self.context.links.to(ref).name, [each.letters for each in self.context.of(str(ref))]) for ref in refs]
        return fingerprint_of([own, below, [repr(team_trend(self.context, card, str(entity.ref))) for card in self.context.cards]])

    def _own(self, result: CardResult) -> list[object]:
        judged, standing = self.context.judged, self.context.standing(result.ref, result.card)
        turn = judged.judgement.turns.get(result.ref)
        return [result.card.name, result.letters, standing.since if standing else "", judged.inputs.digests.get(result.ref), str(turn)]


def card_view(context: ScorecardContext, result: CardResult) -> CardView:
    """The view of an entity's results on a card."""
    explained = context.judged.explain(result)
    return CardView(
        result.card.title,
        card_path(result.card),
        result.card.deadline.isoformat() if result.card.deadline else "",
        context.level_state(result),
        context.distance(result),
        tuple(_rule_view(context, result, each) for each in _worst_first(explained)),
        tuple(each.result.rule.title for each in explained if each.result.outcome is RuleOutcome.PASS),
        tuple(_rule_view(context, result, each) for each in explained if each.result.outcome is RuleOutcome.SKIPPED),
    )


def _worst_first(explained: tuple[ExplainedResult, ...]) -> list[ExplainedResult]:
    """Rules that fail or are not measured: those of the lowest level first, failing ones before the others."""
    found = [each for each in explained if each.result.outcome in _OPEN]
    return sorted(found, key=lambda each: (each.result.rule.level, each.result.outcome is RuleOutcome.NOT_MEASURED))


def _rule_view(context: ScorecardContext, of: CardResult, each: ExplainedResult) -> RuleView:
    rule, labels, card = each.result.rule, context.labels, of.card
    deciding = tuple(each.explanation.deciding()) if each.explanation else ()
    note = ""
    if each.result.exemption is not None:
        note = labels["scorecard_exempt"].format(each.result.exemption.until.isoformat(), each.result.exemption.reason)
    elif each.result.outcome is RuleOutcome.SKIPPED:
        note = labels["scorecard_does_not_apply"]
    elif not each.result.counts and rule.starts:
        note = labels["scorecard_counts_from"].format(rule.starts.isoformat())
    return RuleView(
        rule.title,
        context.outcome_state(each.result.outcome),
        _found(context, deciding),
        tuple(dict.fromkeys(_tool(context, source) for found in deciding for source in found.sources)),
        rule.why,
        rule.fix,
        card.levels[rule.level - 1].capitalize() if rule.level else "",
        each.turns.isoformat() if each.turns else "",
        note,
        _since(context, of, each.result) if each.result.outcome in _OPEN else "",
    )


def _since(context: ScorecardContext, of: CardResult, result: RuleResult) -> str:
    """Since when a result stands; of one that was there on the rule's first recorded day, that it may be older."""
    standing, trend = context.standing(of.ref, of.card), context.record.trend(of.card.name)
    recorded = trend.rules.get(result.rule.id) if trend else None
    if standing is None or trend is None or recorded is None:
        return ""
    place = list(trend.rules).index(result.rule.id)
    day = text_days(standing.since[3 * place : 3 * place + 3])[0]
    label = "scorecard_since_known" if day <= recorded.start else "scorecard_since"
    return context.labels[label].format(day_text(day))


def _found(context: ScorecardContext, deciding: tuple[Explanation, ...]) -> str:
    found = "; ".join(dict.fromkeys(each.found.text(context.labels) for each in deciding[:_MOST_FOUND] if each.found))
    return with_local_times(found, context.zone)


def _tool(context: ScorecardContext, source: str) -> str:
    return context.tools.get(source, source)


def _summaries(context: ScorecardContext, entity: Entity) -> Iterator[CardSummary]:
    refs = [str(ref) for ref in members(context.catalog, entity.ref)]
    for card in context.cards:
        results = [result for ref in refs if (result := context.results(card).get(ref)) is not None]
        if results:
            yield replace(summary(context, card, results), trend=team_trend(context, card, str(entity.ref)))


def summary(context: ScorecardContext, card: Scorecard, results: list[CardResult]) -> CardSummary:
    """The distribution of results over levels, and the worst of them."""
    reached = Counter(place_of(card, standing_level(result)) for result in results)
    states = bands(context, card)
    levels = tuple(LevelCount(states[place], reached[place]) for place in sorted(reached, key=lambda at: (at < 0, -at)))
    worst = [result for result in sorted(results, key=badness) if has_to_do(result)]
    views = tuple(WorstView(context.link_of(result), context.level_state(result), context.distance(result)) for result in worst[:_WORST])
    return CardSummary(card.title, card_path(card), len(results), levels, views, campaign=campaign(context, card, results))


def badness(result: CardResult) -> tuple[float, int, int, str]:
    """Sort key, the worst first: lowest level or score, then most to do."""
    place = result.score.percent if result.card.is_weighted else result.reached.level
    return (1_000.0 if place is None else place), -result.reached.to_pass, -result.reached.to_measure, result.ref


def has_to_do(result: CardResult) -> bool:
    """Whether a rule that counts fails or is not measured."""
    return result.reached.applies and ("f" in result.letters or "n" in result.letters)


@dataclass(frozen=True, slots=True)
class ScorecardField:
    """Provider of the field of the header (``Fingerprinted``): the levels by name."""

    context: ScorecardContext
    reads_input_of_others: ClassVar = True
    """The results, which are in the fingerprint of ``TrackedScorecards``."""

    def __call__(self, entity: Entity) -> HeaderField | None:
        """The field; None for an entity that no scorecard judges."""
        results = [result for result in self.context.of(str(entity.ref)) if result.reached.applies]
        if not results:
            return None
        first = min(results, key=badness)
        distance = self.context.distance(first)
        text = f"{first.card.title}: {self.context.level_state(first).text}" + (f", {distance}" if distance else "")
        return HeaderField(self.context.labels["scorecards"], text=text)

    @property
    def base(self) -> str:
        """Empty: ``TrackedScorecards`` has what all entities share."""
        return ""

    def fingerprint(self, entity: Entity) -> str:  # noqa: ARG002
        """Empty: that of ``TrackedScorecards`` has the results."""
        return ""
