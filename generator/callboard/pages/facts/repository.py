"""Activity of repositories → the panel of an entity."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from callboard.model.counting import label_for
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.model.facts.repository import COMMUNITY_FILES, RepositoryActivity
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyPages
from callboard.pages.facts.formatting import at, percent, short
from callboard.pages.facts.view import Block, Content, EventView, Figure
from callboard.pages.safe_text import web_url

LANGUAGES = 5
REPOSITORIES = 2
PULL_REQUESTS = 3
"""Pull requests, and good first issues, that are listed."""


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Activity of repositories, oldest pull requests, languages and community files."""
    found = [(fact, fact.value) for fact in ranked(facts) if isinstance(fact.value, RepositoryActivity)]
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
    documented = at(context, value.documented)
    rows += [EventView(labels["documentation_changed"], at=documented)] if documented else []
    pairs: tuple[tuple[str, str], ...] = ((labels["repository"], labels["repository_archived"]),) if value.is_archived else ()
    if value.is_protected is not None:
        pairs += ((labels["default_branch"], labels["branch_protected" if value.is_protected else "branch_not_protected"]),)
    return [*blocks, *([Block("events", tuple(rows))] if rows else []), *([Block("pairs", pairs)] if pairs else [])]


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
        files = labels["none_missing"] if not missing else labels["missing_files"].format(", ".join(missing))
        blocks.append(Block("pairs", ((labels["community_files"], files),)))
    if value.good_first_issues:
        rows = tuple(EventView(short(each.title), url=web_url(each.url)) for each in value.good_first_issues[:PULL_REQUESTS])
        blocks += [Block("heading", labels["good_first_issues"]), Block("events", rows)]
    return blocks


PAGES = FamilyPages(icon="source", panel=_panel)
