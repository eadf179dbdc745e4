"""Reports → their pages, and fingerprints of what each is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from callboard.incremental.key_digests import DependencyKey
from callboard.incremental.tracking import DependencyTracker, fingerprint_of
from callboard.model.ref import EntityRef
from callboard.pages.page import Page
from callboard.pages.reports.context import REPORTS, ReportContext, report_path
from callboard.pages.reports.view import report_view
from callboard.pages.scorecards.context import ScorecardContext
from callboard.pages.scorecards.moves import is_young, month_start

ALL_TEAMS = "everything"
_TAB = "teams/"


def plan(context: ReportContext | None, tracker: DependencyTracker | None = None) -> Iterator[Page]:
    """The report about everything, and one for each team that owns anything; each is made again when what it reads has changed."""
    if context is None:
        return
    for team in (None, *context.teams()):
        yield replace(_page(context, team), tracker=tracker, extra_keys=(_key(team),))


def _page(context: ReportContext, team: EntityRef | None) -> Page:
    title = context.labels["report_of"].format(context.links.to(team).name if team else context.settings.portal.name)
    text = context.labels["report_text"]
    return Page(report_path(team) if team else REPORTS, "report.html", "wide", _TAB, title, partial(report_view, context, team), text)


def _key(team: EntityRef | None) -> DependencyKey:
    return "report", team or ALL_TEAMS


def fingerprints(context: ReportContext | None) -> Iterator[tuple[DependencyKey, str]]:
    """The fingerprint of all that each report reads: names, facts, problems, results, moves, and the ends of campaigns."""
    if context is None:
        return
    shared = _shared(context.scorecards) if context.scorecards else ""
    own = {ref: _of_entity(context, ref) for ref in context.members(None)}
    teams = [*context.teams()]
    members = {team: context.members(team) for team in teams}
    sizes = [[context.links.to(team).name, str(team), len(members[team])] for team in teams]
    yield _key(None), fingerprint_of([shared, [*own.values()], sizes, [problem.severity.value for problem in context.problems]])
    for team in teams:
        link = context.links.to(team)
        yield _key(team), fingerprint_of([shared, link.name, link.path, [own[ref] for ref in members[team]]])


def _of_entity(context: ReportContext, ref: EntityRef) -> str:
    link, owner = context.links.to(ref), context.owner_of(ref)
    severities = [problem.severity.value for problem in context.problems_by_subject.get(ref, ())]
    results = [] if context.scorecards is None else [*_results(context.scorecards, str(ref))]
    return fingerprint_of([repr(link), repr(owner), context.fact_digests.get(ref, ""), severities, results])


def _results(scorecards: ScorecardContext, ref: str) -> Iterator[object]:
    """Of each scorecard the results, and since when they stand if the level moved."""
    for result in scorecards.of(ref):
        standing, trend = scorecards.standing(ref, result.card), scorecards.record.trend(result.card.name)
        first = month_start(trend) if trend else 0
        moves = [move for move in standing.moves if move[0] > first] if standing else []
        yield result.card.name, result.letters, moves, standing.since if standing and moves else ""


def _shared(scorecards: ScorecardContext) -> str:
    """What all reports read of the scorecards: rules, which of these count, whether a campaign has ended, and recorded marks."""
    cards, today = scorecards.cards, scorecards.today
    state = [
        (card.digest, [rule.counts(today) for rule in card.rules], card.deadline is not None and today > card.deadline) for card in cards
    ]
    trends = [
        (trend.start, trend.marks, len(trend.days) > 1, is_young(trend)) for card in cards if (trend := scorecards.record.trend(card.name))
    ]
    return fingerprint_of([state, trends])
