"""All results → ``/scorecards/``, a page for each scorecard, and their data as CSV and JSON."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from callboard.catalog import organization
from callboard.incremental.tracking import fingerprint_of
from callboard.model.data_classes import dataclass
from callboard.model.published_json import published_json
from callboard.model.ref import EntityRef, ref_of
from callboard.model.times import time_text
from callboard.pages.page import Page
from callboard.pages.scorecards.campaign import CampaignView, campaign
from callboard.pages.scorecards.context import SCORECARDS, ScorecardContext, card_path
from callboard.pages.scorecards.entity_section import CardSummary, badness, has_to_do, summary
from callboard.pages.scorecards.moves import MovesView, moved
from callboard.pages.scorecards.trends import RuleTrendView, TrendView, level_trend, rule_trend
from callboard.pages.shared_views import EntityLink, StateView
from callboard.pages.team_filter import FilterChoice, TeamFilter
from callboard.scorecards.cards import CardRule, Scorecard
from callboard.scorecards.results import CardResult, RuleOutcome

TEAMS = 60
"""Rows of the table by team; the CSV file has everything."""
ENTITIES = 300
"""Rows of the table of entities."""


@dataclass(frozen=True, slots=True)
class ScorecardIndexView:
    """``/scorecards/``."""

    cards: tuple[CardSummary, ...]
    descriptions: tuple[str, ...]
    """Of each card."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule over all entities of a card."""

    title: str
    level: str
    why: str
    fix: str
    passing: int
    failing: int
    not_measured: int
    skipped: int
    owner: EntityLink | None
    note: str
    """From when it counts; empty if it counts."""
    trend: RuleTrendView | None = None


@dataclass(frozen=True, slots=True)
class TeamResult:
    """One rule for one team."""

    passing: int
    measured: int
    not_measured: int
    tone: str
    """Empty where nothing applies."""


@dataclass(frozen=True, slots=True)
class TeamResults:
    """One team in the table team × rule."""

    team: EntityLink | None
    """None for entities without an owner."""
    entities: int
    cells: tuple[TeamResult, ...]


@dataclass(frozen=True, slots=True)
class EntityResultRow:
    """One entity in the table of a card."""

    link: EntityLink
    owner: EntityLink | None
    state: StateView
    distance: str
    failing: tuple[str, ...]
    """Titles of failing rules."""
    teams: str
    """Numbers of the teams among ``ScorecardPageView.team_choices``."""


@dataclass(frozen=True, slots=True)
class ScorecardPageView:
    """``/scorecards/<name>/``."""

    title: str
    description: str
    owner: EntityLink | None
    summary: CardSummary
    rules: tuple[RuleRow, ...]
    """The most failed first."""
    columns: tuple[str, ...]
    """Titles of the rules in the card's order: the columns of ``teams``."""
    teams: tuple[TeamResults, ...]
    more_teams: int
    rows: tuple[EntityResultRow, ...]
    """Entities with something to do, the worst first."""
    more_rows: int
    done: int
    """Number of entities without anything to do."""
    team_choices: tuple[FilterChoice, ...]
    """By which a script filters ``rows``."""
    trend: TrendView | None
    moved: tuple[MovesView, ...]
    files: tuple[str, str]
    """Paths of the CSV and the JSON file."""
    campaign: CampaignView | None = None


def plan(context: ScorecardContext) -> Iterator[Page]:
    """The page about all scorecards, and one for each."""
    labels = context.labels
    yield Page(
        SCORECARDS, "scorecards.html", "wide", SCORECARDS, labels["scorecards"], partial(index_view, context), labels["scorecards_text"]
    )
    for card in context.cards:
        view = partial(page_view, context, card)
        yield Page(card_path(card), "scorecard.html", "wide", SCORECARDS, card.title, view, card.description)


def fingerprint(context: ScorecardContext) -> str:
    """Fingerprint of everything that these pages read: rules, results, and names of entities and their owners."""
    results = [[ref, result.letters] for card in context.cards for ref, result in context.results(card).items()]
    refs = dict.fromkeys(ref_of(ref) for card in context.cards for ref in context.results(card))
    names = [repr((context.links.to(ref), context.owner_of(ref))) for ref in refs]
    owners = [
        repr(context.links.to(ref_of(owner))) for card in context.cards for owner in (card.owner, *(r.owner for r in card.rules)) if owner
    ]
    counting = [rule.counts(context.today) for card in context.cards for rule in card.rules]
    counting += [context.today > card.deadline for card in context.cards if card.deadline is not None]
    recorded = [repr(context.record.trend(card.name)) for card in context.cards]
    moves = [
        [each.level, each.moves, each.since] for standing in context.record.standings for each in standing.cards.values() if each.moves
    ]
    return fingerprint_of([[card.digest for card in context.cards], results, names, owners, counting, recorded, moves])


def index_view(context: ScorecardContext) -> ScorecardIndexView:
    """The view of ``/scorecards/``."""
    cards = tuple(_with_trend(context, card, summary(context, card, list(context.results(card).values()))) for card in context.cards)
    return ScorecardIndexView(cards, tuple(card.description for card in context.cards))


def _with_trend(context: ScorecardContext, card: Scorecard, found: CardSummary) -> CardSummary:
    found = replace(found, campaign=campaign(context, card, list(context.results(card).values())))
    return replace(found, trend=level_trend(context, card), moved=tuple(replace(each, moves=()) for each in moved(context, card)))


def page_view(context: ScorecardContext, card: Scorecard) -> ScorecardPageView:
    """The view of a scorecard's page."""
    results = list(context.results(card).values())
    todo = sorted((result for result in results if has_to_do(result)), key=badness)
    teams = tuple(_team_rows(context, card, results))
    owners = TeamFilter(context, filter(None, (organization.owner(context.catalog, ref_of(result.ref)) for result in todo[:ENTITIES])))
    return ScorecardPageView(
        card.title,
        card.description,
        context.links.to(ref_of(card.owner)) if card.owner else None,
        summary(context, card, results),
        tuple(_rule_rows(context, card, results)),
        tuple(rule.title for rule in card.rules),
        teams[:TEAMS],
        max(len(teams) - TEAMS, 0),
        tuple(_entity_row(context, owners, result) for result in todo[:ENTITIES]),
        max(len(todo) - ENTITIES, 0),
        len(results) - len(todo),
        owners.choices,
        level_trend(context, card),
        moved(context, card),
        (f"{card_path(card)}results.csv", f"{card_path(card)}results.json"),
        campaign(context, card, results),
    )


def _rule_rows(context: ScorecardContext, card: Scorecard, results: list[CardResult]) -> list[RuleRow]:
    counts = [Counter(letters) for letters in zip(*(result.letters for result in results), strict=True)] or [Counter() for _ in card.rules]
    rows = [
        RuleRow(
            rule.title,
            card.levels[rule.level - 1].capitalize() if rule.level else str(rule.weight),
            rule.why,
            rule.fix,
            count["p"],
            count["f"],
            count["n"],
            count["s"],
            context.links.to(ref_of(rule.owner or card.owner)) if rule.owner or card.owner else None,
            _counts_from(context, rule),
            rule_trend(context, card, rule.id),
        )
        for rule, count in zip(card.rules, counts, strict=True)
    ]
    return sorted(rows, key=lambda row: (-row.failing, -row.not_measured, row.title))


def _counts_from(context: ScorecardContext, rule: CardRule) -> str:
    """From when a rule counts; empty if it does."""
    if rule.starts is None or rule.counts(context.today):
        return ""
    return context.labels["scorecard_counts_from"].format(rule.starts.isoformat())


def _team_rows(context: ScorecardContext, card: Scorecard, results: list[CardResult]) -> Iterator[TeamResults]:
    groups: defaultdict[EntityRef | None, list[CardResult]] = defaultdict(list)
    for result in results:
        groups[organization.owner(context.catalog, ref_of(result.ref))].append(result)
    for team, of_team in sorted(groups.items(), key=lambda item: (item[0] is None, item[0] or ())):
        columns = zip(*(result.letters for result in of_team), strict=True)
        cells = tuple(_cell(Counter(letters)) for letters in columns) or tuple(_cell(Counter()) for _ in card.rules)
        yield TeamResults(context.links.to(team) if team else None, len(of_team), cells)


def _cell(counts: Mapping[str, int]) -> TeamResult:
    passing, failing, missing = counts.get("p", 0), counts.get("f", 0), counts.get("n", 0)
    if not passing + failing + missing:
        tone = ""
    elif failing:
        tone = "bad" if failing > passing else "warn"
    else:
        tone = "none" if missing else "good"
    return TeamResult(passing, passing + failing, missing, tone)


def _entity_row(context: ScorecardContext, teams: TeamFilter, result: CardResult) -> EntityResultRow:
    failing = tuple(each.rule.title for each in result.rules if each.outcome is RuleOutcome.FAIL and each.counts)
    link = context.link_of(result)
    owner = organization.owner(context.catalog, ref_of(result.ref))
    numbers = teams.numbers((owner,) if owner else ())
    return EntityResultRow(
        link, context.owner_of(ref_of(result.ref)), context.level_state(result), context.distance(result), failing, numbers
    )


def data_files(context: ScorecardContext) -> Iterator[tuple[str, bytes]]:
    """The results of each card as CSV and JSON, and those of all cards in one small file."""
    for card in context.cards:
        yield f"{card_path(card)}results.csv", _csv(context, card)
        yield f"{card_path(card)}results.json", published_json(_json(context, card))
    every = {card.name: {ref: result.letters for ref, result in context.results(card).items()} for card in context.cards}
    rules = {card.name: [rule.id for rule in card.rules] for card in context.cards}
    yield "api/scorecards/results.json", published_json({"version": 1, "rules": rules, "results": every})


def _json(context: ScorecardContext, card: Scorecard) -> Mapping[str, object]:
    turn = context.judged.judgement.next_announced
    return {
        "version": 1,
        "name": card.name,
        "title": card.title,
        "levels": list(card.levels),
        "next_turn": time_text(turn) if turn else None,
        "rules": [{"id": rule.id, "title": rule.title, "level": card.levels[rule.level - 1] if rule.level else None,
                   "weight": None if rule.level else rule.weight, "from": rule.starts.isoformat() if rule.starts else None}
                  for rule in card.rules],
        "outcomes": {"p": "pass", "f": "fail", "s": "skipped", "n": "not measured"},
        "entities": {ref: _entity_json(card, result) for ref, result in context.results(card).items()},
    }  # fmt: skip


def _entity_json(card: Scorecard, result: CardResult) -> Mapping[str, object]:
    if card.is_weighted:
        return {"results": result.letters, "score": result.score.percent, "coverage": result.score.coverage}
    level = card.levels[result.reached.level - 1] if result.reached.level else None
    return {"results": result.letters, "level": level, "applies": result.reached.applies}


def _csv(context: ScorecardContext, card: Scorecard) -> bytes:
    """A row for each entity; a value that a spreadsheet would take for a formula is preceded by an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(["entity", "owner", "score" if card.is_weighted else "level", *(rule.id for rule in card.rules)])
    for ref, result in context.results(card).items():
        owner = organization.owner(context.catalog, ref_of(ref))
        outcomes = [each.outcome.value for each in result.rules]
        writer.writerow([_cell_text(ref), _cell_text(str(owner or "")), _reached(card, result), *outcomes])
    return text.getvalue().encode()


def _reached(card: Scorecard, result: CardResult) -> str:
    if card.is_weighted:
        return "" if result.score.percent is None else f"{result.score.percent:g}"
    return card.levels[result.reached.level - 1] if result.reached.level else ""


def _cell_text(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
