"""A team or everything → the view of its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from callboard.model.data_classes import dataclass
from callboard.model.facts.incident import Incident
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef, ref_of
from callboard.pages.facts.members import CONNECTABLE
from callboard.pages.facts.rollups import panels_of
from callboard.pages.facts.view import PanelView
from callboard.pages.reports.context import ReportContext, report_path
from callboard.pages.reports.delivery import DeliveryReport, delivery_report
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.scorecards.entity_section import CardSummary, badness, has_to_do, summary
from callboard.pages.scorecards.moves import MovesView, MoveView, moved_in_a_month
from callboard.pages.shared_views import CountView, EntityLink, StateView, catalog_path
from callboard.scorecards.results import CardResult, RuleOutcome

MOVES = 15
"""Moves that a report lists."""
WORST = 10
"""Entities with something to do that a report lists."""
FAILING = 3
"""Rules that are named for each of them."""
PANELS = ("incident", "availability")
"""Families whose roll-up a report has."""
REPORTED = (*PANELS, "delivery")
"""Families that a report names where they are not measured."""


@dataclass(frozen=True, slots=True)
class CardReport:
    """One scorecard: the distribution over its levels, its campaign, and how many moved."""

    summary: CardSummary
    moved: MovesView | None
    """None where nothing is recorded of an earlier day."""


@dataclass(frozen=True, slots=True)
class ReportedMove:
    """An entity that moved on a scorecard."""

    card: str
    move: MoveView


@dataclass(frozen=True, slots=True)
class WorstRow:
    """An entity with much to do on a scorecard."""

    link: EntityLink
    owner: EntityLink | None
    card: str
    state: StateView
    distance: str
    failing: tuple[str, ...]
    """Titles of failing rules."""


@dataclass(frozen=True, slots=True)
class TeamReportLink:
    """A report that the one about everything links to."""

    link: EntityLink
    path: str
    entities: int


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report."""

    title: str
    team: EntityLink | None
    """None for the report about everything."""
    numbers: tuple[CountView, ...]
    cards: tuple[CardReport, ...]
    has_moves: bool
    """Whether anything is recorded of an earlier day."""
    moves: tuple[ReportedMove, ...]
    more_moves: int
    worst: tuple[WorstRow, ...]
    more_worst: int
    panels: tuple[PanelView, ...]
    delivery: DeliveryReport | None
    unmeasured: tuple[str, ...]
    """Titles of families that no tool measured for any of the entities."""
    teams: tuple[TeamReportLink, ...] = ()


def report_view(context: ReportContext, team: EntityRef | None) -> ReportView:
    """The report of a team with the teams below it, or of everything."""
    refs, scorecards = context.members(team), context.scorecards
    cards = tuple(_cards(scorecards, refs)) if scorecards else ()
    moves, worst = _all_moves(cards), tuple(_worst(scorecards, refs)) if scorecards else ()
    delivery = delivery_report(context.facts, refs, with_rows=team is not None)
    measured = {each.family for ref in refs for each in context.facts.measured_by_subject.get(ref, ())}
    return ReportView(
        title=context.links.to(team).name if team else context.settings.portal.name,
        team=context.links.to(team) if team else None,
        numbers=tuple(_numbers(context, team, refs)),
        cards=tuple(_without_rows(each) for each in cards),
        has_moves=any(each.moved for each in cards),
        moves=moves[:MOVES],
        more_moves=sum(each.moved.number for each in cards if each.moved) - len(moves[:MOVES]),
        worst=worst[:WORST],
        more_worst=max(len(worst) - WORST, 0),
        panels=panels_of(context.facts, refs, PANELS),
        delivery=delivery,
        unmeasured=tuple(context.facts.family_title(name) for name in REPORTED if name not in measured and context.is_visible(name)),
        teams=tuple(_teams(context)) if team is None else (),
    )


def _numbers(context: ReportContext, team: EntityRef | None, refs: tuple[EntityRef, ...]) -> Iterator[CountView]:
    """How much there is, open incidents, and problems of descriptors."""
    facts = context.facts
    kinds = Counter(ref.kind for ref in refs)
    for kind in CONNECTABLE_ORDER:
        if kinds[kind]:
            path = catalog_path(kind=kind, team=str(team)) if team else catalog_path(kind=kind)
            yield CountView(kinds[kind], context.kind_name(kind, kinds[kind]), context.kind_icon(kind), path)
    measured = facts.measured(refs, "incident")
    if measured and context.is_visible("incident"):
        of_incidents = {(fact.source, fact.key): fact.value for ref in refs for fact in facts.facts(ref, "incident")}
        number = sum(isinstance(value, Incident) and value.is_open for value in of_incidents.values())
        is_partial = any(not each.complete for each in measured)
        yield CountView(number, context.labels["open_incidents"], "incident", "incidents/", "bad" if number else "", is_partial)
    of_members = [problem for ref in refs for problem in context.problems_by_subject.get(ref, ())]
    problems = of_members if team else context.problems  # those of files and sources too, as on the home page
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    yield CountView(len(problems), context.labels["problems"], "problems", "problems/", "warn" if errors else "")


CONNECTABLE_ORDER = tuple(kind for kind in ("component", "api", "resource") if kind in CONNECTABLE)
"""Kinds whose numbers a report begins with."""


def _cards(scorecards: ScorecardContext, refs: Iterable[EntityRef]) -> Iterator[CardReport]:
    """The scorecards that judge any of the entities."""
    names = [str(ref) for ref in refs]
    for card in scorecards.cards:
        results = [result for name in names if (result := scorecards.results(card).get(name)) is not None]
        if results:
            yield CardReport(replace(summary(scorecards, card, results), worst=()), moved_in_a_month(scorecards, card, results))


def _without_rows(card: CardReport) -> CardReport:
    return replace(card, moved=replace(card.moved, moves=())) if card.moved else card


def _all_moves(cards: Iterable[CardReport]) -> tuple[ReportedMove, ...]:
    """The moves on all scorecards: those down first, each group with the latest first."""
    found = [ReportedMove(each.summary.title, move) for each in cards if each.moved for move in each.moved.moves]
    latest = sorted(found, key=lambda each: (each.move.day, each.move.link.name), reverse=True)
    return tuple(sorted(latest, key=lambda each: each.move.direction == "up"))


def _worst(scorecards: ScorecardContext, refs: Iterable[EntityRef]) -> Iterator[WorstRow]:
    """The entities with something to do, each on the scorecard on which it is worst, the worst first."""
    found = []
    for ref in refs:
        results = [result for result in scorecards.of(str(ref)) if has_to_do(result)]
        if results:
            found.append(min(results, key=badness))
    return (_worst_row(scorecards, result) for result in sorted(found, key=badness))


def _worst_row(scorecards: ScorecardContext, result: CardResult) -> WorstRow:
    failing = tuple(each.rule.title for each in result.rules if each.outcome is RuleOutcome.FAIL and each.counts)
    link = scorecards.link_of(result)
    owner = scorecards.owner_of(ref_of(result.ref))
    return WorstRow(link, owner, result.card.title, scorecards.level_state(result), scorecards.distance(result), failing[:FAILING])


def _teams(context: ReportContext) -> Iterator[TeamReportLink]:
    """All reports of teams, by name."""
    rows = [TeamReportLink(context.links.to(team), report_path(team), len(context.members(team))) for team in context.teams()]
    return iter(sorted(rows, key=lambda row: (row.link.name.casefold(), row.link.ref)))
