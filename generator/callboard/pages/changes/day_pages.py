"""Change log → ``/changes/``: the last 30 days, a page for each month, and pages of days that are too long for these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby, takewhile

from callboard.catalog import organization
from callboard.model.counting import label_for
from callboard.model.ref import EntityRef
from callboard.pages.changes.context import FREQUENT_ENTITIES, LINES, ChangesContext, EntityChanges
from callboard.pages.changes.feeds import FEED
from callboard.pages.changes.groups import GROUPS, group_of
from callboard.pages.facts.context import family_title
from callboard.pages.page import Page
from callboard.pages.shared_views import CountView
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

RECENT_DAYS = 30
"""Days before the last one with changes that the first page shows."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a page shows."""

    of_day: int
    """Entities of one day."""
    frequent: int
    """Those of them that were only deployed."""
    of_page: int
    """Entities of all days. A day that does not fit any more is a heading with a link."""
    lines: int = LINES
    """Changes of one entity on one day."""


RECENT = Limits(60, FREQUENT_ENTITIES, 250)
MONTH = Limits(200, 100, 1_500)
DAY = Limits(500, 500, 500, 200)
"""A longer day has several pages."""
Day = tuple[date, tuple[Change, ...]]


@dataclass(frozen=True, slots=True)
class DayView:
    """One day that has changes."""

    id: str
    """Anchor."""
    day: str
    """ISO date in the portal's time zone."""
    entities: int
    """Number of entities that changed; the catalog as a whole counts as one more."""
    groups: tuple[EntityChanges, ...]
    more: int
    """Number of entities that are left out."""
    path: str
    """Page with the entities and lines that are left out; empty if none are."""
    first_build: str
    """Text about the first build, on the day of the first build; empty for others."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that the changes can be filtered by."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class ChangesView:
    """Days, the newest first."""

    title: str
    period: str
    """``2026-11``, ``2026-11-03``; empty for the first page, which shows the last days."""
    days: tuple[DayView, ...]
    months: tuple[CountView, ...]
    """All months that have changes, each with the sum of its days' numbers."""
    newer: str
    """Path of the next page of the same kind; empty for none."""
    older: str
    """Path of the previous page of the same kind; empty for none."""
    feed: str
    """Path of the feed."""
    teams: tuple[Choice, ...]
    """Teams of which the page has changes, in the order of their numbers: owners, and the groups above them."""
    kinds: tuple[Choice, ...]
    """Kinds of entities."""
    changes: tuple[Choice, ...]
    """Groups of changes: descriptors, problems, deployments."""


def plan(context: ChangesContext) -> Iterator[Page]:
    """The first page, one for each month that has changes, and one or more for each day that the page of its month cuts."""
    days: list[Day] = [(day, tuple(of_day)) for day, of_day in groupby(context.history.changes, key=lambda change: context.day(change.at))]
    months = {month: tuple(of_month) for month, of_month in groupby(days, key=lambda item: f"{item[0]:%Y-%m}")}
    counted = tuple(
        CountView(sum(_changed_entities(changes) for _, changes in of_month), month, "calendar", month_path(month))
        for month, of_month in months.items()
    )
    title = context.labels["changes"]
    recent = tuple(takewhile(lambda item: days[0][0] - item[0] < timedelta(days=RECENT_DAYS), days))
    view = partial(_view, context, (title, ""), recent, RECENT, counted)
    yield _page("changes/", title, view, context.labels["changes_text"])
    for month, of_month in months.items():
        name = f"{title}, {month}"
        yield _page(month_path(month), name, partial(_view, context, (name, month), of_month, MONTH, counted))
        for day, changes in _cut(of_month, MONTH):
            yield from _day_pages(context, day, changes, counted)


def month_path(month: str) -> str:
    """Path of the page of a month."""
    return f"changes/{month}/"


def day_path(day: date, number: int = 1) -> str:
    """Path of a page of a day."""
    return f"changes/{day}/{number}/" if number > 1 else f"changes/{day}/"


def _page(path: str, title: str, view: partial[ChangesView], description: str = "") -> Page:
    return Page(path, "changes.html", "wide", "changes/", title, view, description)


def _day_pages(context: ChangesContext, day: date, changes: Sequence[Change], months: tuple[CountView, ...]) -> Iterator[Page]:
    refs = sorted({change.ref for change in changes if change.kind != "baseline"}, key=lambda ref: ref or ())
    parts = [frozenset(refs[at : at + DAY.of_day]) for at in range(0, len(refs), DAY.of_day)]
    for number, part in enumerate(parts, 1):
        name = f"{context.labels['changes']}, {day}" + (f" ({number}/{len(parts)})" if len(parts) > 1 else "")
        of_part = tuple(change for change in changes if change.ref in part)
        neighbors = day_path(day, number - 1) if number > 1 else "", day_path(day, number + 1) if number < len(parts) else ""
        yield _page(day_path(day, number), name, partial(_view, context, (name, str(day)), ((day, of_part),), DAY, months, neighbors))


def _view(
    context: ChangesContext,
    name: tuple[str, str],
    days: Sequence[Day],
    limits: Limits,
    months: tuple[CountView, ...],
    neighbors: tuple[str, str] | None = None,
) -> ChangesView:
    """``name``: title and period; ``neighbors``: paths of the newer and the older page, None for those of months."""
    title, period = name
    newer, older = neighbors or _neighbors(months, period)
    cut = {day for day, _ in _cut(days, limits)}
    shown: list[DayView] = []
    left = limits.of_page
    for day, changes in days:
        path = "" if day not in cut else f"{month_path(f'{day:%Y-%m}')}#d-{day}" if limits is RECENT else day_path(day)
        shown.append(_day(context, day, changes, replace(limits, of_day=min(limits.of_day, left)), path))
        left -= len(shown[-1].groups)
    every = [change for _, changes in days for change in changes if change.kind != "baseline"]
    numbered = _Teams(context, every)
    return ChangesView(
        title, period, tuple(numbered.marked(day) for day in shown), months, newer, older, FEED,
        numbered.choices(), _kinds(context, every), tuple(_groups(context, every)),
    )  # fmt: skip


def _neighbors(months: tuple[CountView, ...], month: str) -> tuple[str, str]:
    paths = [count.path for count in months]
    at = paths.index(month_path(month)) if month else -1
    return paths[at - 1] if at > 0 else "", paths[at + 1] if month and at + 1 < len(paths) else ""


def _cut(days: Iterable[Day], limits: Limits) -> Iterator[Day]:
    """The days of which a page with these limits leaves something out."""
    left = limits.of_page
    for day, changes in days:
        lines = Counter(change.ref for change in changes if change.kind != "baseline")
        often = lines.keys() - {change.ref for change in changes if change.kind not in FREQUENT}
        shown = min(limits.of_day, left, len(lines) - len(often) + min(len(often), limits.frequent))
        left -= shown
        if shown < len(lines) or max(lines.values(), default=0) > limits.lines:
            yield day, changes


def _day(context: ChangesContext, day: date, of_day: Sequence[Change], limits: Limits, path: str) -> DayView:
    changes = [change for change in of_day if change.kind != "baseline"]
    first = next((label_for(context.labels, "first_build", int(c.after)) for c in of_day if c.kind == "baseline" and c.after.isdigit()), "")
    entities = _changed_entities(changes)
    groups = context.by_entity(changes, limits.of_day, limits.frequent, limits.lines)
    return DayView(f"d-{day}", day.isoformat(), entities, groups, entities - len(groups), path, first)


def _changed_entities(changes: Sequence[Change]) -> int:
    """Number of entities that changed; the catalog as a whole counts as one."""
    return len({change.ref for change in changes if change.kind != "baseline"})


def _kinds(context: ChangesContext, changes: Iterable[Change]) -> tuple[Choice, ...]:
    kinds = {change.ref.kind for change in changes if change.ref}
    return tuple(Choice(*each) for each in sorted(((kind, context.kind_name(kind)) for kind in kinds), key=lambda each: each[1].casefold()))


def _groups(context: ChangesContext, changes: Iterable[Change]) -> Iterator[Choice]:
    found = {group_of(kind) for kind in {change.kind for change in changes}}
    for group in GROUPS:
        if group in found:
            yield Choice(group, context.labels[f"changes_of_{group}"])
    for family in (*context.families, *sorted(found - context.families.keys() - {*GROUPS})):
        if family in found:
            yield Choice(family, family_title(context.families, context.labels, family))


class _Teams:
    """The teams of a page's changes: the owner at that time, a group itself, and all groups above them."""

    def __init__(self, context: ChangesContext, changes: Iterable[Change]) -> None:
        above: dict[EntityRef, tuple[EntityRef, ...]] = {}
        of_entities: dict[str, set[EntityRef]] = {}
        for change in changes:
            for team in {change.owner, change.ref if change.ref and change.ref.kind == "group" else None} - {None}:
                if team not in above:
                    above[team] = (*organization.ancestors_of(context.catalog, team), team) if team.kind == "group" else (team,)
                of_entities.setdefault(str(change.ref), set()).update(above[team])
        named = {team: context.links.to(team).name for teams in above.values() for team in teams}
        self._choices = tuple(Choice(str(team), named[team]) for team in sorted(named, key=lambda team: (named[team].casefold(), team)))
        numbers = {choice.value: str(number) for number, choice in enumerate(self._choices)}
        self._numbers: Mapping[str, str] = {
            ref: " ".join(sorted((numbers[str(team)] for team in teams), key=int)) for ref, teams in of_entities.items()
        }

    def choices(self) -> tuple[Choice, ...]:
        """All of them by name."""
        return self._choices

    def marked(self, day: DayView) -> DayView:
        """The day with the numbers of the teams of each entity."""
        marked = (replace(group, teams=self._numbers.get(group.subject.ref, "")) if group.subject else group for group in day.groups)
        return replace(day, groups=tuple(marked))
