"""What is known about whom to ask → the pages about it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from callboard.pages.insights.context import INNERSOURCE, INSIGHTS, UNOWNED, InsightsContext
from callboard.pages.insights.view import knowledge_view, unowned_view, welcome_view
from callboard.pages.page import Page

_PAGES = {
    INSIGHTS: ("knowledge.html", "insights", knowledge_view),
    UNOWNED: ("unowned.html", "insights_unowned", unowned_view),
    INNERSOURCE: ("innersource.html", "insights_innersource", welcome_view),
}


def plan(context: InsightsContext) -> Iterator[Page]:
    """The pages for which there is content."""
    for path in context.paths:
        template, label, view = _PAGES[path]
        title, text = context.labels[label], context.labels[f"{label}_text"]
        yield Page(path, template, "wide", "teams/", title, partial(view, context), text)
