"""What is known about whom to ask → the pages about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from callboard.incremental.fingerprint import content_digest
from callboard.incremental.key_digests import DependencyKey
from callboard.incremental.tracking import DependencyTracker
from callboard.pages.insights.context import INNERSOURCE, INSIGHTS, UNOWNED, InsightsContext
from callboard.pages.insights.view import knowledge_view, unowned_view, welcome_view
from callboard.pages.page import Page

_PAGES = {
    INSIGHTS: ("knowledge.html", "insights", knowledge_view),
    UNOWNED: ("unowned.html", "insights_unowned", unowned_view),
    INNERSOURCE: ("innersource.html", "insights_innersource", welcome_view),
}


def plan(context: InsightsContext, tracker: DependencyTracker | None = None) -> Iterator[Page]:
    """The pages for which there is content, each of which is made again when its view changes."""
    for path in context.paths:
        template, label, view = _PAGES[path]
        title, text = context.labels[label], context.labels[f"{label}_text"]
        page = Page(path, template, "wide", "teams/", title, partial(view, context), text)
        yield replace(page, tracker=tracker, extra_keys=(_key(path),))


def fingerprints(context: InsightsContext) -> Iterator[tuple[DependencyKey, str]]:
    """The fingerprint of the view of each page."""
    for path in context.paths:
        yield _key(path), content_digest(_PAGES[path][2](context))


def _key(path: str) -> DependencyKey:
    return "insights", path
