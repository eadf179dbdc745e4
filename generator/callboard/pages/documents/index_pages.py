"""All documentation sets → the pages that list them: by team, by system, by tag, and by last change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from callboard.catalog import organization, structure
from callboard.documentation.model import DocumentationSet
from callboard.incremental.key_digests import ALL
from callboard.incremental.tracking import DependencyTracker
from callboard.model.data_classes import dataclass
from callboard.model.ref import EntityRef
from callboard.model.urls import docs_path
from callboard.pages.documents.context import DocumentsContext
from callboard.pages.page import Page
from callboard.pages.shared_views import EntityLink, TimeView, catalog_path
from callboard.pages.team_filter import FilterChoice, TeamFilter

DOCS = "docs/"
"""Path of the page about all documentation, and its tab."""
RECENT = 200
"""Sets on the page of the last changes."""


@dataclass(frozen=True, slots=True)
class SetRow:
    """A set in a list."""

    title: str
    path: str
    """Below the site's root."""
    entity: EntityLink
    owner: EntityLink | None
    pages: int
    changed: TimeView | None


@dataclass(frozen=True, slots=True)
class SetGroup:
    """Sets of a team, a system or a tag."""

    id: str
    title: str
    path: str
    """Of the team, the system, or the tag in the catalog; empty for sets that have none."""
    rows: tuple[SetRow, ...]


@dataclass(frozen=True, slots=True)
class SetIndexView:
    """One of the pages that list all sets."""

    order: str
    """``teams``, ``systems``, ``tags`` or ``recent``."""
    orders: tuple[tuple[str, str], ...]
    """Names of all orders, with the path of the page of each."""
    count: int
    pages: int
    groups: tuple[SetGroup, ...]
    teams: tuple[FilterChoice, ...]
    """By which a script filters the rows."""
    team_numbers: Mapping[str, str]
    """Of each set, by its path: the numbers of its teams."""


def plan(context: DocumentsContext, tracker: DependencyTracker | None = None) -> Iterator[Page]:
    """The pages; ``tracker`` records what is read of ``context``."""
    for order in _ORDERS:
        yield Page(
            _path(order), "docs.html", "wide", DOCS, context.labels["docs"], partial(index_view, context, order),
            tracker=tracker, extra_keys=(("document", ALL),),
        )  # fmt: skip


def index_view(context: DocumentsContext, order: str) -> SetIndexView:
    """The sets in one of the orders."""
    sets = [made for made in context.documentation.sets.values() if made.start is not None]
    pages = sum(len(made.pages) for made in sets)
    orders = tuple((name, _path(name)) for name in _ORDERS)
    owners = {docs_path(made.ref): organization.owner(context.catalog, made.ref) for made in sets}
    teams = TeamFilter(context, filter(None, owners.values()))
    numbers = {path: teams.numbers((owner,) if owner else ()) for path, owner in owners.items()}
    return SetIndexView(order, orders, len(sets), pages, tuple(_ORDERS[order](context, sets)), teams.choices, numbers)


def set_row(context: DocumentsContext, made: DocumentationSet) -> SetRow:
    """A set in a list."""
    changed = made.last_change
    at = TimeView(changed.astimezone(UTC).isoformat(timespec="seconds"), f"{context.local(changed):%Y-%m-%d}") if changed else None
    return SetRow(context.title(made), docs_path(made.ref), context.links.to(made.ref), context.owner_of(made.ref), len(made.pages), at)


def _by_team(context: DocumentsContext, sets: Sequence[DocumentationSet]) -> Iterator[SetGroup]:
    return _by_entity(context, sets, "no_owner", lambda ref: organization.owner(context.catalog, ref))


def _by_system(context: DocumentsContext, sets: Sequence[DocumentationSet]) -> Iterator[SetGroup]:
    def system(ref: EntityRef) -> EntityRef | None:
        return ref if ref.kind in {"system", "domain"} else structure.system_of(context.catalog, ref)

    return _by_entity(context, sets, "docs_no_system", system)


def _by_entity(
    context: DocumentsContext, sets: Sequence[DocumentationSet], without: str, group_of: Callable[[EntityRef], EntityRef | None]
) -> Iterator[SetGroup]:
    grouped: dict[EntityRef | None, list[DocumentationSet]] = {}
    for made in sets:
        grouped.setdefault(group_of(made.ref), []).append(made)
    links = {ref: context.links.to(ref) for ref in grouped if ref is not None}
    for ref in sorted(links, key=lambda ref: (links[ref].name.lower(), ref)):
        yield SetGroup(f"g-{ref.kind}-{ref.namespace}-{ref.name}", links[ref].name, links[ref].path, _rows(context, grouped[ref]))
    if None in grouped:
        yield SetGroup("g-none", context.labels[without], "", _rows(context, grouped[None]))


def _by_tag(context: DocumentsContext, sets: Sequence[DocumentationSet]) -> Iterator[SetGroup]:
    grouped: dict[str, list[DocumentationSet]] = {}
    for made in sets:
        for tag in dict.fromkeys(context.tags.get(made.ref, ())) or [""]:
            grouped.setdefault(tag, []).append(made)
    for number, tag in enumerate(sorted(filter(None, grouped)), 1):
        yield SetGroup(f"g-{number}", tag, catalog_path(tag=tag), _rows(context, grouped[tag]))
    if "" in grouped:
        yield SetGroup("g-none", context.labels["docs_no_tag"], "", _rows(context, grouped[""]))


def _by_change(context: DocumentsContext, sets: Sequence[DocumentationSet]) -> Iterator[SetGroup]:
    known = [made for made in sets if made.last_change is not None]
    rest = [made for made in sets if made.last_change is None]
    newest = sorted(known, key=lambda made: made.last_change or datetime.min.replace(tzinfo=UTC), reverse=True)[:RECENT]
    if newest:
        yield SetGroup("g-recent", context.labels["docs_recent"], "", tuple(set_row(context, made) for made in newest))
    if rest:
        yield SetGroup("g-none", context.labels["docs_no_history"], "", _rows(context, rest[:RECENT]))


def _rows(context: DocumentsContext, sets: Iterable[DocumentationSet]) -> tuple[SetRow, ...]:
    return tuple(sorted((set_row(context, made) for made in sets), key=lambda row: (row.title.lower(), row.path)))


def _path(order: str) -> str:
    return DOCS if order == "teams" else f"{DOCS}{order}/"


_ORDERS = {"teams": _by_team, "systems": _by_system, "tags": _by_tag, "recent": _by_change}
