"""What pages about scorecards are made from: the shared context with the results, and the words for levels and outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.ref import ref_of
from callboard.pages.context import PageContext, shared_values
from callboard.pages.shared_views import EntityLink, StateView
from callboard.scorecards.cards import Scorecard
from callboard.scorecards.portal_scorecards import JudgedCatalog
from callboard.scorecards.results import CardResult, RuleOutcome
from callboard.state.result_history import CardStanding, ResultHistory, Standing

SCORECARDS = "scorecards/"
"""Path of the page about all scorecards."""
_OUTCOMES = {
    RuleOutcome.PASS: ("good", "good"), RuleOutcome.FAIL: ("bad", "bad"), RuleOutcome.SKIPPED: ("none", "cancelled"),
    RuleOutcome.NOT_MEASURED: ("warn", "unknown"),
}  # fmt: skip
"""Tone and icon of each outcome."""
_HALF = 50
SCORE_BANDS = ("scorecard_below_half", "scorecard_below_all", "scorecard_all")
"""Labels of the bands of scores: below 50, below 100, and 100 percent."""


@dataclass(frozen=True, slots=True)
class ScorecardContext(PageContext):
    """The context of all pages about scorecards."""

    judged: JudgedCatalog
    tools: Mapping[str, str]
    """Titles of the tools by the names of their integrations."""
    standings: Mapping[str, Standing]
    """What is recorded of each entity, by reference."""

    def link_of(self, result: CardResult) -> EntityLink:
        """The link to the entity that was judged."""
        return self.links.to(ref_of(result.ref))

    @property
    def cards(self) -> tuple[Scorecard, ...]:
        """All scorecards."""
        return self.judged.judgement.cards

    @property
    def today(self) -> date:
        """The day of judging, in the portal's zone."""
        return self.local(self.judged.world.clock.now).date()

    def results(self, card: Scorecard) -> Mapping[str, CardResult]:
        """The results of a card by reference."""
        return self.judged.judgement.results[card.name]

    def of(self, ref: str) -> Iterator[CardResult]:
        """The results of an entity on all cards."""
        return self.judged.judgement.of(ref)

    @property
    def record(self) -> ResultHistory:
        """What is recorded over time."""
        return self.judged.record

    def standing(self, ref: str, card: Scorecard) -> CardStanding | None:
        """Since when the results of an entity stand."""
        found = self.standings.get(ref)
        return found.cards.get(card.name) if found else None

    def recorded_level(self, card: Scorecard, level: int) -> StateView:
        """A level or score as it was recorded."""
        if level < 0:
            return StateView(self.labels["scorecard_nothing_applies"], "none", "")
        return self._score(level / 10) if card.is_weighted else self.named_level(card, level)

    def level_state(self, result: CardResult) -> StateView:
        """The level or score as a word with tone and icon."""
        if not result.reached.applies:
            return StateView(self.labels["scorecard_nothing_applies"], "none", "")
        if result.card.is_weighted:
            return self._score_state(result)
        return self.named_level(result.card, result.reached.level)

    def named_level(self, card: Scorecard, level: int) -> StateView:
        """A level by its position; 0 is the state without a level."""
        if not level:
            return StateView(self.labels["scorecard_no_level"], "warn", "warn")
        is_highest = level == len(card.levels)
        return StateView(card.levels[level - 1].capitalize(), "good" if is_highest else "info", "good" if is_highest else "info")

    def _score_state(self, result: CardResult) -> StateView:
        return self._score(result.score.percent or 0.0)

    def _score(self, percent: float) -> StateView:
        tone = "good" if percent == 100 else "info" if percent >= _HALF else "warn"  # noqa: PLR2004 - all of it
        return StateView(f"{percent:g} %", tone, tone)

    def distance(self, result: CardResult) -> str:
        """What is missing to the next level: ``2 checks and 1 measurement to Silver``; for weights the share that is measured."""
        reached, labels = result.reached, self.labels
        if result.card.is_weighted:
            coverage = result.score.coverage
            return "" if coverage is None or coverage == 100 else labels["scorecard_measured"].format(f"{coverage:g} %")  # noqa: PLR2004
        if not reached.next:
            return ""
        parts = [
            label_for(labels, key, number)
            for key, number in (("scorecard_checks", reached.to_pass), ("scorecard_measurements", reached.to_measure))
            if number
        ]
        level = result.card.levels[reached.next - 1].capitalize()
        return labels["scorecard_distance"].format(labels["scorecard_and"].join(parts), level)

    def outcome_state(self, outcome: RuleOutcome) -> StateView:
        """The outcome of a rule as a word with tone and icon."""
        return StateView(self.labels[f"scorecard_{outcome.value.replace(' ', '_')}"], *_OUTCOMES[outcome])


def card_path(card: Scorecard) -> str:
    """Path of the page of a scorecard."""
    return f"{SCORECARDS}{card.name}/"


def scorecard_context(page: PageContext, judged: JudgedCatalog | None, tools: Mapping[str, str]) -> ScorecardContext | None:
    """The context; None for a portal without scorecards."""
    if judged is None:
        return None
    return ScorecardContext(**shared_values(page), judged=judged, tools=tools, standings=judged.record.by_ref())
