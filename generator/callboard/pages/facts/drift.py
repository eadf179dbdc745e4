"""Drift → the panel of an entity, its roll-up, and the page ``/drift/`` with all findings by team and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from callboard.model.data_classes import dataclass
from callboard.model.facts.drift import DriftFinding, DriftKind
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked
from callboard.pages.facts.context import FactsContext, FamilyIndex, FamilyPages
from callboard.pages.facts.formatting import (
    EVENTS,
    REST,
    at,
    joined,
    number,
    number_label,
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

FOLDER = "drift/"
_FIGURES = 4
_BY_HAND = frozenset({DriftKind.OWNER, DriftKind.EMPTY_OWNER})
"""Kinds for which people have to find a name, if none is proposed."""


@dataclass(frozen=True, slots=True)
class PatchView:
    """The difference that would correct a descriptor."""

    text: str
    path: str
    """Of the file with the changed descriptor, below the site's root."""


@dataclass(frozen=True, slots=True)
class DriftIndexView:
    """Findings by team and kind, and a list of them with their patches."""

    nav: tuple[NavLink, ...]
    count: int
    """Of open ones."""
    total: int
    kinds: tuple[str, ...]
    teams: tuple[TeamFindings, ...]
    rows: tuple[tuple[EventView, PatchView | None], ...]
    pager: Pager
    sources: tuple[SourceView, ...]


def _panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Each finding with its evidence and its patch, open ones first."""
    order = ranked(facts)
    return Content((*_blocks(context, order[: EVENTS + REST]), *_more(context, len(order) - EVENTS - REST)), _badge(context, order))


def _rollup(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """Numbers by kind, and the gravest findings, without those that are dismissed."""
    order = [fact for fact in ranked(facts) if fact.value.is_open]
    counts = Counter(fact.value.kind for fact in order if isinstance(fact.value, DriftFinding))
    figures = tuple(Figure(number(context, count), context.labels[f"drift_{_key(kind)}"]) for kind, count in counts.most_common(_FIGURES))
    rows = tuple(with_subject(context, fact, _row(context, fact)) for fact in order[:EVENTS])
    blocks = ((Block("figures4", figures),) if figures else ()) + ((Block("events", rows),) if rows else ())
    return Content((*blocks, *_more(context, len(order) - len(rows))), _badge(context, order))


def _blocks(context: FactsContext, order: Sequence[Fact]) -> Iterable[Block]:
    for fact in order:
        yield Block("events", (_row(context, fact),))
        if patch := _patch(fact):
            yield Block("patch", patch)


def _more(context: FactsContext, count: int) -> tuple[Block, ...]:
    return (Block("more", number_label(context, "n_more", count)),) if count > 0 else ()


def _badge(context: FactsContext, order: Sequence[Fact]) -> StateView | None:
    count = sum(fact.value.is_open for fact in order)
    return StateView(context.labels["n_open"].format(count), "warn", "warn") if count else None


def _patch(fact: Fact) -> PatchView | None:
    value = fact.value
    return PatchView(value.patch, FOLDER + value.proposal) if isinstance(value, DriftFinding) and value.patch and value.proposal else None


def _row(context: FactsContext, fact: Fact) -> EventView:
    """What differs, the evidence with its source and age, how sure it is, and how it is corrected or why it is dismissed."""
    value = fact.value
    assert isinstance(value, DriftFinding)  # noqa: S101 - of the family
    labels, key = context.labels, _key(value.kind)
    state = StateView(labels[f"drift_{key}"], value.tone, "warn" if value.tone == "warn" else "info")
    declared, evidence, found = (short(text, 120) for text in (value.declared, value.evidence, value.found))
    said = labels[f"drift_says_{key}"].format(declared, evidence, found)
    advice = labels[f"drift_fix_{key}"].format(found) if found or value.kind not in _BY_HAND else labels["drift_fix_by_hand"]
    sentences = said if value.dismissed else f"{said} {advice}"
    note = joined(sentences, labels[f"confidence_{value.confidence}"], _age(context, value), _dismissal(context, value))
    return EventView(state.text, state, url_of(fact), note=note, at=at(context, value.since))


def _age(context: FactsContext, value: DriftFinding) -> str:
    known = at(context, value.known_at)
    return context.labels["drift_known"].format(known.text) if known else ""


def _dismissal(context: FactsContext, value: DriftFinding) -> str:
    until = value.dismissed_until.isoformat() if value.dismissed_until else ""
    if value.dismissed:
        return context.labels["drift_dismissed"].format(until, short(value.dismissed, 160))
    return context.labels["drift_dismissal_ended"].format(until) if until else ""


def _key(kind: DriftKind) -> str:
    return kind.replace("-", "_")


def _listed(context: FactsContext) -> CountedListing[DriftKind]:
    """All findings; those that are open count."""
    return CountedListing(
        context, "drift", DriftKind, lambda fact: fact.value.kind if isinstance(fact.value, DriftFinding) and fact.value.is_open else None
    )


def _index(context: FactsContext, nav: tuple[NavLink, ...], number_of_page: int, listing: CountedListing[DriftKind]) -> DriftIndexView:
    totals = listing.totals
    return DriftIndexView(
        nav, totals.count, len(listing.order), tuple(context.labels[f"drift_{_key(kind)}"] for kind in totals.kinds), totals.teams,
        tuple((with_owner(context, fact, _row(context, fact)), _patch(fact)) for fact in rows_of_page(listing.order, number_of_page)),
        pager(FOLDER, number_of_page, listing.pages), sources_of(context, "drift"),
    )  # fmt: skip


PAGES = FamilyPages(
    icon="edit", panel=_panel, rollup=_rollup, need_attention=lambda facts: [fact for fact in facts if fact.value.is_open],
    index=FamilyIndex("drift", _index, pages=listing_pages, listing=_listed),
)  # fmt: skip
