"""Lists and tables of entities, bounded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from callboard.catalog import presentation
from callboard.model.counting import label_for
from callboard.model.ref import EntityRef
from callboard.pages.entities.context import LIST_LIMIT, EntityContext
from callboard.pages.entities.view import EntityRow, ListView, TableRow, TableView
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import CountView, lifecycle_of


def more(context: EntityContext, count: int, shown: int) -> str:
    """``1,950 more`` for what a list leaves out; empty for nothing."""
    return context.labels["n_more_entities"].format(count - shown) if count > shown else ""


def numbered(context: EntityContext, key: str, number: int) -> str:
    """A label with a number in it; ``<key>_1`` for one, if there is such a label."""
    return label_for(context.labels, key, number)


def row(context: EntityContext, ref: EntityRef, how: str = "") -> EntityRow:
    """One entity with its owner."""
    return EntityRow(context.links.to(ref), how, context.owner_of(ref), context.is_unowned(ref))


def list_view(
    context: EntityContext, title: str, icon: str, found: Sequence[tuple[EntityRef, str]], more_path: str = "", limit: int = LIST_LIMIT
) -> ListView | None:
    """A card with these entities, existing ones first; None for none. ``found``: with a word how each is tied to the page."""
    if not found:
        return None
    kept = sorted(found, key=lambda pair: pair[0] not in context.catalog.entities)[:limit] if len(found) > limit else found
    rows = tuple(row(context, ref, how) for ref, how in kept)
    return ListView(title, icon, rows, len(found), more(context, len(found), len(rows)), more_path if len(found) > limit else "")


def table_view(
    context: EntityContext,
    caption: str,
    found: Sequence[tuple[EntityRef, str]],
    counts: tuple[CountView, ...] = (),
    more_path: str = "",
    without: frozenset[str] = frozenset(),
) -> TableView:
    """A table of these entities. ``found``: with a word how each is tied to the page, or an empty text; ``without``: columns left out."""
    rows = tuple(_table_row(context, ref, role) for ref, role in found[:LIST_LIMIT])
    rest = more(context, len(found), len(rows))
    return TableView(caption, counts, tuple(name for name in _columns(rows) if name not in without), rows, rest, more_path if rest else "")


def _table_row(context: EntityContext, ref: EntityRef, role: str) -> TableRow:
    entity = context.catalog.get(ref)
    return TableRow(
        link=context.links.to(ref),
        role=role,
        type=text_of(presentation.type_of(entity), 60) if entity else "",
        lifecycle=lifecycle_of(entity) if entity else None,
        owner=context.owner_of(ref),
        unowned=context.is_unowned(ref),
        problems=len(context.problems_by_subject.get(ref, ())),
    )


def _columns(rows: Iterable[TableRow]) -> tuple[str, ...]:
    found: set[str] = set()
    for r in rows:
        said = (("role", r.role), ("type", r.type), ("lifecycle", r.lifecycle), ("owner", r.owner or r.unowned), ("problems", r.problems))
        found.update(name for name, value in said if value)
    return tuple(sorted(found))


def counts_by_kind(context: EntityContext, refs: Iterable[EntityRef]) -> tuple[CountView, ...]:
    """How many of each kind, the most frequent first."""
    numbers = Counter(ref.kind for ref in refs)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CountView(number, context.kind_name(kind, number), context.kind_icon(kind), "") for kind, number in ordered)
