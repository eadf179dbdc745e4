"""An entity → the status strip of its page: what tools report, and the problems of its metadata."""

from __future__ import annotations

from callboard.model.counting import label_for
from callboard.model.entity import Entity
from callboard.pages.entities.context import EntityContext
from callboard.pages.section import StatusStrip, StripItem
from callboard.pages.severity import PROBLEM_STYLES
from callboard.pages.shared_views import StateView


def status(context: EntityContext, entity: Entity) -> StatusStrip | None:
    """The strip; None if there is nothing to say."""
    reported = next((strip for provider in context.status if (strip := provider(entity)) is not None), StatusStrip(()))
    items = (*reported.items, *_problems(context, entity))
    return StatusStrip(items, reported.missing) if items or reported.missing else None


def _problems(context: EntityContext, entity: Entity) -> tuple[StripItem, ...]:
    """The number of problems, with the tone of the worst; nothing if there are none."""
    found = context.problems_by_subject.get(entity.ref, ())
    if not found:
        return ()
    style = PROBLEM_STYLES[min((problem.severity for problem in found), key=lambda severity: severity.rank)]
    words = label_for(context.labels, "n_problems", len(found))
    return (StripItem(context.labels["problems"], StateView(words, style.tone, style.icon), "problems"),)
