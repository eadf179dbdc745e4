"""References → bounded lists, tables and numbers of entities, and the texts about what they leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from callboard.catalog import presentation
from callboard.model.counting import label_for
from callboard.model.ref import EntityRef
from callboard.pages.entities.context import LIST_LIMIT, EntityContext
from callboard.pages.entities.view import EntityRow, ListView, TableRow, TableView
from callboard.pages.safe_text import text_of
from callboard.pages.shared_views import CountView, EntityLink, lifecycle_of


def more(context: EntityContext, count: int, shown: int) -> str:
    """``1,950 more`` for what a list leaves out; empty if nothing is."""
    return context.labels["n_more_entities"].format(count - shown) if count > shown else ""


def first_lines(text: str, limit: int) -> str:
    """The first lines of at most ``limit`` characters together; the first line is cut only if it alone is longer.

    A line is never cut otherwise, because a secret that is cut is not recognized and so not masked.
    """
    if len(text) <= limit:
        return text
    end = text.rfind("\n", 0, limit)
    return text[: end if end > 0 else limit]


def numbered(context: EntityContext, key: str, number: int) -> str:
    """The label with the number; ``<key>_1`` for 1, if there is such a label."""
    return label_for(context.labels, key, number)


def row(context: EntityContext, ref: EntityRef, role: str = "") -> EntityRow:
    """One entity with its role and owner."""
    return EntityRow(context.links.to(ref), role, *_ownership(context, ref))


def _ownership(context: EntityContext, ref: EntityRef) -> tuple[EntityLink | None, bool]:
    """The owner, and whether one is missing."""
    owner = context.owner_of(ref)
    return owner, owner is None and context.is_unowned(ref)


def list_view(
    context: EntityContext, title: str, icon: str, entities: Sequence[tuple[EntityRef, str]], more_path: str = ""
) -> ListView | None:
    """A card with a list of entities and their roles; None for none. If it is cut, existing entities come first."""
    if not entities:
        return None
    count, is_cut = len(entities), len(entities) > LIST_LIMIT
    listed = sorted(entities, key=lambda pair: pair[0] not in context.catalog.entities)[:LIST_LIMIT] if is_cut else entities
    rows = tuple(row(context, ref, role) for ref, role in listed)
    return ListView(title, icon, rows, count, more(context, count, len(rows)), more_path if is_cut else "")


def table_view(
    context: EntityContext,
    caption: str,
    entities: Sequence[tuple[EntityRef, str]],
    counts: tuple[CountView, ...] = (),
    more_path: str = "",
    without: frozenset[str] = frozenset(),
) -> TableView:
    """A table of entities and their roles; ``without`` names columns that are left out."""
    rows = tuple(_table_row(context, ref, role) for ref, role in entities[:LIST_LIMIT])
    rest = more(context, len(entities), len(rows))
    return TableView(caption, counts, tuple(name for name in _columns(rows) if name not in without), rows, rest, more_path if rest else "")


def _table_row(context: EntityContext, ref: EntityRef, role: str) -> TableRow:
    """The row, made once for all tables: an entity is in those of its owner, of each member of it, and of its system."""
    return context.catalog.once(("table row", ref, role), _new_table_row, context, ref, role)


def _new_table_row(context: EntityContext, ref: EntityRef, role: str) -> TableRow:
    entity = context.catalog.get(ref)
    owner, is_unowned = _ownership(context, ref)
    return TableRow(
        link=context.links.to(ref),
        role=role,
        type=text_of(presentation.type_of(entity), 60) if entity else "",
        lifecycle=lifecycle_of(entity) if entity else None,
        owner=owner,
        is_unowned=is_unowned,
        problems=len(context.problems_by_subject.get(ref, ())),
    )


def _columns(rows: Iterable[TableRow]) -> tuple[str, ...]:
    filled: set[str] = set()
    for r in rows:
        owner = r.owner or r.is_unowned
        cells = (("role", r.role), ("type", r.type), ("lifecycle", r.lifecycle), ("owner", owner), ("problems", r.problems))
        filled.update(name for name, value in cells if value)
    return tuple(sorted(filled))


def counts_by_kind(context: EntityContext, refs: Iterable[EntityRef]) -> tuple[CountView, ...]:
    """Number of entities of each kind, the most frequent first."""
    numbers = Counter(ref.kind for ref in refs)
    ordered = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return tuple(CountView(number, context.kind_name(kind, number), context.kind_icon(kind), "") for kind, number in ordered)
