"""Change log → ``/changes/``: the last 30 days, a page for each month, and pages of days that are too long for these."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import groupby, takewhile

from callboard.model.counting import label_for
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.pages.changes.context import FREQUENT_ENTITIES, LINES, ChangesContext, EntityChanges
from callboard.pages.changes.feeds import FEED
from callboard.pages.changes.groups import GROUPS, group_of
from callboard.pages.facts.context import family_title
from callboard.pages.page import Page
from callboard.pages.shared_views import CountView
from callboard.pages.team_filter import FilterChoice, TeamFilter
from callboard.state.change_log import FREQUENT
from callboard.state.values import Change

RECENT_DAYS = 30
"""Days before the last one with changes that the first page shows."""


@dataclass(frozen=True, slots=True)
class ChangeLimits:
    """How much a page shows."""

    of_day: int
    """Entities of one day."""
    frequent: int
    """Those of them that were only deployed."""
    of_page: int
    """Entities of all days. A day that does not fit any more is a heading with a link."""
    lines: int = LINES
    """Changes of one entity on one day."""


RECENT = ChangeLimits(60, FREQUENT_ENTITIES, 250)
MONTH = ChangeLimits(200, 100, 1_500)
DAY = ChangeLimits(500, 500, 500, 200)
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
    teams: tuple[FilterChoice, ...]
    """Teams of which the page has changes, in the order of their numbers: owners, and the groups above them."""
    kinds: tuple[FilterChoice, ...]
    """Kinds of entities."""
    changes: tuple[FilterChoice, ...]
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
    limits: ChangeLimits,
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
    owners = _owners(every)
    teams = TeamFilter(context, (team for each in owners.values() for team in each))
    return ChangesView(
        title, period, tuple(_with_teams(day, owners, teams) for day in shown), months, newer, older, FEED,
        teams.choices, _kinds(context, every), tuple(_groups(context, every)),
    )  # fmt: skip


def _neighbors(months: tuple[CountView, ...], month: str) -> tuple[str, str]:
    paths = [count.path for count in months]
    at = paths.index(month_path(month)) if month else -1
    return paths[at - 1] if at > 0 else "", paths[at + 1] if month and at + 1 < len(paths) else ""


def _cut(days: Iterable[Day], limits: ChangeLimits) -> Iterator[Day]:
    """The days of which a page with these limits leaves something out."""
    left = limits.of_page
    for day, changes in days:
        lines = Counter(change.ref for change in changes if change.kind != "baseline")
        often = lines.keys() - {change.ref for change in changes if change.kind not in FREQUENT}
        shown = min(limits.of_day, left, len(lines) - len(often) + min(len(often), limits.frequent))
        left -= shown
        if shown < len(lines) or max(lines.values(), default=0) > limits.lines:
            yield day, changes


def _day(context: ChangesContext, day: date, of_day: Sequence[Change], limits: ChangeLimits, path: str) -> DayView:
    changes = [change for change in of_day if change.kind != "baseline"]
    first = next((label_for(context.labels, "first_build", int(c.after)) for c in of_day if c.kind == "baseline" and c.after.isdigit()), "")
    entities = _changed_entities(changes)
    groups = context.by_entity(changes, limits.of_day, limits.frequent, limits.lines)
    return DayView(f"d-{day}", day.isoformat(), entities, groups, entities - len(groups), path, first)


def _changed_entities(changes: Sequence[Change]) -> int:
    """Number of entities that changed; the catalog as a whole counts as one."""
    return len({change.ref for change in changes if change.kind != "baseline"})


def _kinds(context: ChangesContext, changes: Iterable[Change]) -> tuple[FilterChoice, ...]:
    kinds = {change.ref.kind for change in changes if change.ref}
    return tuple(
        FilterChoice(*each) for each in sorted(((kind, context.kind_name(kind)) for kind in kinds), key=lambda each: each[1].casefold())
    )


def _groups(context: ChangesContext, changes: Iterable[Change]) -> Iterator[FilterChoice]:
    found = {group_of(kind) for kind in {change.kind for change in changes}}
    for group in GROUPS:
        if group in found:
            yield FilterChoice(group, context.labels[f"changes_of_{group}"])
    for family in (*context.families, *sorted(found - context.families.keys() - {*GROUPS})):
        if family in found:
            yield FilterChoice(family, family_title(context.families, context.labels, family))


def _owners(changes: Iterable[Change]) -> Mapping[str, frozenset[EntityRef]]:
    """The teams of each entity by its reference: its owner at the time of each change, and a group itself."""
    found: defaultdict[str, set[EntityRef]] = defaultdict(set)
    for change in changes:
        group = change.ref if change.ref and change.ref.kind == "group" else None
        found[str(change.ref)].update(team for team in (change.owner, group) if team)
    return {ref: frozenset(teams) for ref, teams in found.items()}


def _with_teams(day: DayView, owners: Mapping[str, frozenset[EntityRef]], teams: TeamFilter) -> DayView:
    """The day with the numbers of the teams of each entity."""
    marked = (replace(group, teams=teams.numbers(owners[group.subject.ref])) if group.subject else group for group in day.groups)
    return replace(day, groups=tuple(marked))
