"""Defects of documentation → the panel of an entity, its roll-up, and the page ``/documentation/`` with all of them by team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from callboard.model.data_classes import dataclass
from callboard.model.facts.documentation import DefectKind, DocumentationDefect
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    at,
    events,
    joined,
    rows_of_page,
    short,
    sources_of,
    url_of,
    with_owner,
    with_subject,
)
from callboard.pages.facts.team_totals import CountedListing, TeamFindings, listing_pages
from callboard.pages.facts.view import Block, Content, EventView, Figure, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import StateView

_FIGURES = 4
"""Kinds that a panel counts, the most frequent ones."""
_REASONED = frozenset({DefectKind.TEXT, DefectKind.FILE, DefectKind.DIAGRAM})
"""Kinds that say why: in English, in every portal."""


@dataclass(frozen=True, slots=True)
class DocumentationDefectsView:
    """Defects by team and kind, and a list of them."""

    nav: tuple[NavLink, ...]
    count: int
    kinds: tuple[str, ...]
    """Names of the kinds that exist."""
    teams: tuple[TeamFindings, ...]
    rows: tuple[EventView, ...]
    pager: Pager
    sources: tuple[SourceView, ...]


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Numbers by kind, and the worst defects."""
    order = ranked(facts)
    return _content(context, order, (_row(context, fact) for fact in order[:EVENTS]))


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The same for several entities."""
    order = ranked(facts)
    return _content(context, order, (with_subject(context, fact, _row(context, fact)) for fact in order[:EVENTS]))


def _content(context: FactsContext, order: Sequence[Fact], rows: Iterable[EventView]) -> Content:
    counts = Counter(fact.value.kind for fact in order if isinstance(fact.value, DocumentationDefect))
    named = [(context.labels[f"docs_defects_{kind}"], count) for kind, count in counts.most_common(_FIGURES)]
    figures = tuple(Figure(formatting.number(context, count), name) for name, count in named)
    blocks = (Block("figures4", figures),) if figures else ()
    return Content((*blocks, *events(context, rows, len(order))))


def _row(context: FactsContext, fact: Fact) -> EventView:
    """One defect: what it is, where it is fixed, and how."""
    value = fact.value
    assert isinstance(value, DocumentationDefect)  # noqa: S101 - of the family
    labels, place = context.labels, short(value.path, 160) + (f":{value.line}" if value.line else "")
    state = StateView(labels[f"docs_defect_{value.kind}"], value.tone, "warn" if value.tone == "warn" else "info")
    what = short(value.what, 160)
    note = joined(place, "" if value.kind in _REASONED else what, labels[f"docs_fix_{value.kind}"])
    reason = what if value.kind in _REASONED else ""
    return EventView(state.text, state, url_of(fact), note=note, reason=reason, at=at(context, value.changed))


def _listed(context: FactsContext) -> CountedListing[DefectKind]:
    return CountedListing(
        context, "documentation", DefectKind, lambda fact: fact.value.kind if isinstance(fact.value, DocumentationDefect) else None
    )


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, listing: CountedListing[DefectKind]) -> DocumentationDefectsView:
    totals = listing.totals
    return DocumentationDefectsView(
        nav, len(listing.order), tuple(context.labels[f"docs_defects_{kind}"] for kind in totals.kinds), totals.teams,
        tuple(with_owner(context, fact, _row(context, fact)) for fact in rows_of_page(listing.order, number)),
        pager("documentation/", number, listing.pages), sources_of(context, "documentation"),
    )  # fmt: skip


PAGES = FamilyPages(
    icon="docs", panel=_panel, rollup=_rollup, index=FamilyIndex("documentation", _index, pages=listing_pages, listing=_listed)
)  # fmt: skip
