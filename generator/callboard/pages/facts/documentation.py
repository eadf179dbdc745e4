"""Defects of documentation → the panel of an entity, its roll-up, and the page ``/documentation/`` with all of them by team."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from callboard.catalog import organization
from callboard.model.data_classes import dataclass
from callboard.model.facts.documentation import DefectKind, DocumentationDefect
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.model.ref import EntityRef
from callboard.pages.facts import formatting
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    at,
    events,
    joined,
    page_count,
    rows_of_page,
    short,
    sources_of,
    url_of,
    with_owner,
    with_subject,
)
from callboard.pages.facts.view import Block, Content, EventView, Figure, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import EntityLink, StateView

_FIGURES = 4
"""Kinds that a panel counts, the most frequent ones."""
_REASONED = frozenset({DefectKind.TEXT, DefectKind.FILE, DefectKind.DIAGRAM})
"""Kinds that say why: in English, in every portal."""


@dataclass(frozen=True, slots=True)
class TeamDefects:
    """Numbers of defects in what one team owns."""

    team: EntityLink | None
    counts: tuple[str, ...]
    """By kind, in the order of ``DocumentationDefectsView.kinds``; empty strings for 0."""


@dataclass(frozen=True, slots=True)
class DocumentationDefectsView:
    """Defects by team and kind, and a list of them."""

    nav: tuple[NavLink, ...]
    count: int
    kinds: tuple[str, ...]
    """Names of the kinds that exist."""
    teams: tuple[TeamDefects, ...]
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


def _listed(context: FactsContext) -> list[Fact]:
    return ranked(context.of_family("documentation"))


def _index(context: FactsContext, nav: tuple[NavLink, ...], number: int, order: Sequence[Fact]) -> DocumentationDefectsView:
    values = [(fact.subject, fact.value.kind) for fact in order if isinstance(fact.value, DocumentationDefect)]
    kinds = [kind for kind in DefectKind if any(found is kind for _, found in values)]
    by_team: defaultdict[EntityRef | None, Counter[DefectKind]] = defaultdict(Counter)
    for ref, kind in values:
        by_team[organization.owner(context.catalog, ref)][kind] += 1
    most = sorted(by_team.items(), key=lambda each: (-each[1].total(), str(each[0])))
    return DocumentationDefectsView(
        nav, len(order), tuple(context.labels[f"docs_defects_{kind}"] for kind in kinds),
        tuple(
            TeamDefects(context.links.to(team) if team else None, tuple(f"{counts[kind]:,}" if counts[kind] else "" for kind in kinds))
            for team, counts in most
        ),
        tuple(with_owner(context, fact, _row(context, fact)) for fact in rows_of_page(order, number)),
        pager("documentation/", number, page_count(len(order))), sources_of(context, "documentation"),
    )  # fmt: skip


def _page_count(_: FactsContext, order: Sequence[Fact]) -> int:
    return page_count(len(order))


PAGES = FamilyPages(
    icon="docs", panel=_panel, rollup=_rollup, index=FamilyIndex("documentation", _index, pages=_page_count, listing=_listed)
)  # fmt: skip
