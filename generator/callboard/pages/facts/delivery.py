"""Facts about deployments, pipeline runs, quality gates and repositories → blocks of their panels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from callboard.model.counting import label_for
from callboard.model.facts.deployment import Deployment, Health
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.repository import COMMUNITY_FILES, RepositoryActivity
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import EVENTS, at, duration, events, joined, newest, percent, short, url_of
from callboard.pages.facts.view import Block, Content, EventView, Figure
from callboard.pages.safe_text import web_url
from callboard.pages.shared_views import StateView

LANGUAGES = 5
REPOSITORIES = 2
PULL_REQUESTS = 3
"""Pull requests, and good first issues, that are listed."""
RUNS = {
    RunState.SUCCEEDED: ("good", "good"),
    RunState.FAILED: ("bad", "bad"),
    RunState.RUNNING: ("info", "running"),
    RunState.WAITING: ("none", "waiting"),
    RunState.CANCELLED: ("none", "cancelled"),
    RunState.ROLLED_BACK: ("warn", "rolled-back"),
    RunState.UNKNOWN: ("none", "unknown"),
}
"""Tone and icon of each state."""
_HEALTH = {
    Health.HEALTHY: ("good", "good"), Health.PROGRESSING: ("info", "running"), Health.DEGRADED: ("bad", "bad"),
    Health.SUSPENDED: ("none", "cancelled"), Health.MISSING: ("bad", "bad"), Health.UNKNOWN: ("none", "unknown"),
}  # fmt: skip
_UNHEALTHY = frozenset({Health.DEGRADED, Health.MISSING})


def run_state(context: FactsContext, state: RunState) -> StateView:
    """The state as word, tone and icon."""
    return StateView(context.labels[f"run_{state}"], *RUNS[state])


def deployed_at(fact: Fact) -> datetime | None:
    """Time of a deployment, else the time at which the tool observed it; None if both are unknown."""
    return (fact.value.at if isinstance(fact.value, Deployment) else None) or fact.observed_at


def deployments(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Deployments, the newest first; the badge has their health."""
    order = newest(facts, deployed_at)
    rows = (deployment_row(context, fact) for fact in order[:EVENTS])
    return Content(events(context, rows, len(order)), _overall_health(context, [f.value for f in order if isinstance(f.value, Deployment)]))


def deployment_row(context: FactsContext, fact: Fact) -> EventView:
    """One deployed version in one environment."""
    value, labels = fact.value, context.labels
    assert isinstance(value, Deployment)  # noqa: S101 - callers hold the family
    ready = labels["n_ready"].format(value.ready, value.wanted) if value.ready is not None and value.wanted is not None else ""
    sync = "" if value.in_sync is None else labels["in_sync" if value.in_sync else "out_of_sync"]
    health = labels[f"health_{value.health}"] if value.health else ""
    by = labels["by_person"] % short(value.by, 60) if value.by else ""
    note = joined(labels[f"run_{value.state}"] if value.state is not RunState.UNKNOWN else "", health, sync, ready, by)
    is_unhealthy = value.health in _UNHEALTHY and value.state in {RunState.UNKNOWN, RunState.SUCCEEDED}
    is_plain = value.state is RunState.UNKNOWN and value.health is not None
    state = StateView(health, *_HEALTH[value.health]) if value.health and (is_unhealthy or is_plain) else run_state(context, value.state)
    version = short(value.version, 60) or short(value.revision[:12]) or short(fact.key, 40)
    return EventView(
        version, state, url_of(fact), is_code=True, detail=short(fact.environment, 40), note=note, at=at(context, deployed_at(fact))
    )


def _overall_health(context: FactsContext, deployed: Sequence[Deployment]) -> StateView | None:
    """The worst of all deployments: degraded or missing, out of sync, in sync; None if unknown."""
    labels = context.labels
    unhealthy = [value.health for value in deployed if value.health in _UNHEALTHY]
    if unhealthy:
        return StateView(labels[f"health_{unhealthy[0]}"], "bad", "bad")
    if any(value.in_sync is False for value in deployed):
        return StateView(labels["out_of_sync"], "warn", "warn")
    if any(value.in_sync for value in deployed):
        return StateView(labels["in_sync"], "good", "good")
    return None


def runs(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Pipeline runs, the newest first, with tests if known; the badge is for the newest finished run."""
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, PipelineRun)]
    order = newest((fact for fact, _ in found), lambda fact: fact.value.at if isinstance(fact.value, PipelineRun) else None)
    rows = (_run_row(context, fact, fact.value) for fact in order[:EVENTS] if isinstance(fact.value, PipelineRun))
    finished = [f.value for f in order if isinstance(f.value, PipelineRun) and f.value.state in {RunState.SUCCEEDED, RunState.FAILED}]
    labels = context.labels
    blocks = [*events(context, rows, len(order))]
    if len(finished) > 1:
        good = sum(value.state is RunState.SUCCEEDED for value in finished)
        blocks.append(Block("pairs", ((labels["succeeded"], labels["n_of_m"].format(good, len(finished))),)))
    badge = StateView(labels["last_run_failed"], "bad", "bad") if finished and finished[0].state is RunState.FAILED else None
    return Content(tuple(blocks), badge)


def _run_row(context: FactsContext, fact: Fact, value: PipelineRun) -> EventView:
    labels = context.labels
    tests = ""
    if value.tests is not None:
        failed = value.tests_failed or 0
        tests = labels["tests_failed"].format(failed, value.tests) if failed else label_for(labels, "tests_passed", value.tests)
    took = duration(context, value.seconds) if value.seconds is not None else ""
    note = joined(short(value.branch, 60), took, tests)
    return EventView(short(value.name, 80), run_state(context, value.state), url_of(fact), note=note, at=at(context, value.at))


def quality(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Quality gate, coverage and its threshold, ratings and numbers."""
    blocks: list[Block] = []
    badge, labels = None, context.labels
    for value in (fact.value for fact in facts):
        if isinstance(value, QualityGate):
            blocks += _analysis(context, value)
            if value.state is not GateState.NONE and (badge is None or badge.tone == "good"):
                tone = {"passed": "good", "warning": "warn", "failed": "bad"}[value.state]
                badge = StateView(labels[f"gate_{value.state}"], tone, tone)
    return Content(tuple(blocks), badge)


def _analysis(context: FactsContext, value: QualityGate) -> list[Block]:
    labels = context.labels
    shares = (("coverage", value.coverage), ("duplication", value.duplication))
    counts = (("bugs", value.bugs), ("smells", value.smells), ("hotspots", value.hotspots))
    figures = [Figure(percent(share, 1), labels[label]) for label, share in shares if share is not None]
    figures += [
        Figure(f"{count:,}", labels[label], "warn" if label == "bugs" and count else "") for label, count in counts if count is not None
    ]
    blocks = [Block("figures4", tuple(figures[:4]))] if figures else []
    threshold = labels["gate_wants"] % percent(value.coverage_wanted, 0) if value.coverage_wanted is not None else ""
    for label, share in (("coverage", value.coverage), ("new_coverage", value.new_coverage)):
        if share is not None:
            tone = "good" if value.coverage_wanted is None or share >= value.coverage_wanted else "warn"
            words = f"{labels[label]} {percent(share, 1)}"
            blocks.append(Block("bar", formatting.bar(labels[label], joined(percent(share, 1), threshold), [(tone, share)], words)))
    if value.ratings:
        ratings = joined(
            *(f"{labels.get(f'rating_{name}', '') or short(name, 30)} {short(letter, 10)}" for name, letter in value.ratings[:6])
        )
        blocks.append(Block("text", ratings))
    return blocks


def repositories(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Activity of repositories, oldest pull requests, languages and community files."""
    found = [(fact, fact.value) for fact in facts if isinstance(fact.value, RepositoryActivity)]
    blocks: list[Block] = []
    for _, value in found[:REPOSITORIES]:
        if len({other.name for _, other in found}) > 1:
            blocks.append(Block("heading", short(value.name)))
        blocks += [*_activity(context, value), *_pull_requests(context, value), *_languages_and_community(context, value)]
    return Content(tuple(blocks))


def _activity(context: FactsContext, value: RepositoryActivity) -> list[Block]:
    labels = context.labels
    weeks = len(value.commits)
    named = (
        ("commits", sum(value.commits) if weeks else None), ("contributors", value.contributors),
        ("open_pull_requests", value.open_pull_requests), ("open_issues", value.open_issues),
    )  # fmt: skip
    figures = tuple(Figure(f"{count:,}", labels[label]) for label, count in named if count is not None)
    words = label_for(labels, "commits_words", weeks, min(value.commits, default=0), max(value.commits, default=0))
    line = formatting.spark(labels["commits_by_week"], label_for(labels, "n_weeks", weeks), value.commits, words)
    blocks = [Block("figures4", figures)] if figures else []
    blocks += [Block("spark", line)] if line else []
    last = at(context, value.last_commit)
    rows = [EventView(labels["last_commit"], at=last)] if last else []
    rows += [
        EventView(short(each.name, 60), url=web_url(each.url), is_code=True, detail=labels["latest_release"], at=at(context, each.at))
        for each in value.releases[:1]
    ]
    return [*blocks, *([Block("events", tuple(rows))] if rows else [])]


def _pull_requests(context: FactsContext, value: RepositoryActivity) -> list[Block]:
    labels = context.labels
    waiting = sorted(
        (each for each in value.pull_requests if not each.draft), key=lambda each: (each.opened is None, each.opened, each.title)
    )
    blocks: list[Block] = []
    if waiting:
        blocks.append(Block("heading", labels["oldest_pull_requests"]))
        rows = tuple(
            EventView(short(each.title), url=web_url(each.url), note=short(each.author, 60), at=at(context, each.opened))
            for each in islice(waiting, PULL_REQUESTS)
        )
        blocks.append(Block("events", rows))
    return blocks


def _languages_and_community(context: FactsContext, value: RepositoryActivity) -> list[Block]:
    labels = context.labels
    blocks: list[Block] = []
    if value.languages:
        tones = ("l3", "l2", "l1", "info", "none")
        languages = value.languages[:LANGUAGES]
        words = ", ".join(f"{short(name, 40)} {percent(share, 0)}" for name, share in languages)
        parts = [(tones[index], share) for index, (_, share) in enumerate(languages)]
        blocks.append(Block("bar", formatting.bar(labels["languages"], words, parts, f"{labels['languages']}: {words}")))
    if value.community is not None:
        missing = [labels[f"community_{name}"] for name in COMMUNITY_FILES if name not in value.community]
        files = labels["none_missing"] if not missing else labels["missing_files"] % ", ".join(missing)
        blocks.append(Block("pairs", ((labels["community_files"], files),)))
    if value.good_first_issues:
        rows = tuple(EventView(short(each.title), url=web_url(each.url)) for each in value.good_first_issues[:PULL_REQUESTS])
        blocks += [Block("heading", labels["good_first_issues"]), Block("events", rows)]
    return blocks
