"""``/changes/``: by day, with a page for each month."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby, islice

from generator.model.counting import label_for
from generator.pages.changes.feeds import FEED
from generator.pages.changes.past import EntityChanges, Past
from generator.pages.page import Page
from generator.pages.parts import CountView
from generator.snapshot.values import Change

RECENT_DAYS = 14
"""Days with changes on the first page."""
ENTITIES = 200
"""Entities of one day that are shown."""


@dataclass(frozen=True, slots=True)
class DayView:
    """One day that has changes."""

    id: str
    """Anchor."""
    day: str
    """ISO date in the portal's time zone."""
    entities: int
    """That changed; what concerns the catalog as a whole is one more."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Entities that are left out."""
    first_build: str
    """Said of the day on which the history begins; empty for others."""


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Days, the newest first."""

    title: str
    month: str
    """``2026-11``; empty for the first page, which shows the last days of all."""
    days: tuple[DayView, ...]
    months: tuple[CountView, ...]
    """All months that have changes, each with the sum of its days' numbers."""
    newer: str
    """Path of the next month's page; empty for none."""
    older: str
    feed: str
    """Path of the feed."""


Days = Sequence[tuple[date, tuple[Change, ...]]]


def plan(past: Past) -> Iterator[Page]:
    """The first page, and one for each month that has changes."""
    days: Days = [(day, tuple(found)) for day, found in groupby(past.history.changes, key=lambda change: past.day(change.at))]
    months = {month: tuple(found) for month, found in groupby(days, key=lambda item: f"{item[0]:%Y-%m}")}
    counted = tuple(
        CountView(sum(_touched(found) for _, found in of), month, "calendar", month_path(month)) for month, of in months.items()
    )
    title = past.labels["changes"]
    recent = partial(_view, past, title, "", tuple(islice(days, RECENT_DAYS)), counted)
    yield Page("changes/", "changes.html", "wide", "-", title, recent, past.labels["changes_text"])
    for month, of in months.items():
        name = f"{title}, {month}"
        yield Page(month_path(month), "changes.html", "wide", "-", name, partial(_view, past, name, month, of, counted))


def month_path(month: str) -> str:
    """The page of a month."""
    return f"changes/{month}/"


def _view(past: Past, title: str, month: str, days: Days, months: tuple[CountView, ...]) -> ChangesView:
    paths = [count.path for count in months]
    at = paths.index(month_path(month)) if month else -1
    newer = paths[at - 1] if at > 0 else ""
    older = paths[at + 1] if month and at + 1 < len(paths) else ""
    return ChangesView(title, month, tuple(_day(past, day, found) for day, found in days), months, newer, older, FEED)


def _day(past: Past, day: date, found: Sequence[Change]) -> DayView:
    changes = [change for change in found if change.kind != "baseline"]
    first = next((label_for(past.labels, "first_build", int(c.after)) for c in found if c.kind == "baseline" and c.after.isdigit()), "")
    entities = _touched(changes)
    groups = past.by_entity(changes, ENTITIES)
    return DayView(f"d-{day}", day.isoformat(), entities, groups, entities - len(groups), first)


def _touched(found: Sequence[Change]) -> int:
    """What changed on a day: entities, and the catalog as a whole."""
    return len({change.ref for change in found if change.kind != "baseline"})
