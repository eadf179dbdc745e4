"""Figures about delivery of several entities → their spread, and a row with the figures of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from callboard.model.data_classes import dataclass
from callboard.model.facts.delivery import Delivery
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.delivery import FAMILY, FIGURES, figure_text, known_since, spread
from callboard.pages.facts.view import SourceView
from callboard.pages.shared_views import EntityLink

ROWS = 15
"""Entities whose figures a report lists."""


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """The figures of one entity, each with those of the periods before."""

    link: EntityLink
    figures: tuple[str, ...]
    known: str
    """Since when what the figures are made of is known."""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """The figures of a team or of everything."""

    names: tuple[str, ...]
    """Of the figures."""
    spreads: tuple[str, ...]
    """Lowest, highest and median value of each figure, and of how many entities; no figure of the whole."""
    rows: tuple[DeliveryRow, ...]
    """By name; none in the report about everything."""
    more: int
    """Entities with figures that are not listed."""
    measured: int
    """Entities with figures."""
    source: SourceView


def delivery_report(context: FactsContext, refs: Iterable[EntityRef], *, with_rows: bool) -> DeliveryReport | None:
    """The figures of these entities; None where no tool reports deployments of any of them."""
    found = [(ref, fact.value) for ref in refs for fact in context.facts(ref, FAMILY) if isinstance(fact.value, Delivery)]
    if not found:
        return None
    names = tuple(context.labels[f"delivery_{name}"] for name, *_ in FIGURES)
    spreads = tuple(
        spread(context, [number for _, value in found if (number := read(value)) is not None], show) for _, show, read, _ in FIGURES
    )
    rows = _rows(context, found) if with_rows else ()
    more = max(len(found) - ROWS, 0) if with_rows else 0
    return DeliveryReport(names, spreads, rows, more, len(found), SourceView(context.tool_title(FAMILY), FAMILY))


def _rows(context: FactsContext, found: Sequence[tuple[EntityRef, Delivery]]) -> tuple[DeliveryRow, ...]:
    """The first by name."""
    named = sorted(((context.links.to(ref), value) for ref, value in found), key=lambda pair: (pair[0].name.casefold(), pair[0].ref))
    return tuple(
        DeliveryRow(
            link, tuple(figure_text(context, value, show, read, earlier) for _, show, read, earlier in FIGURES), known_since(context, value)
        )
        for link, value in named[:ROWS]
    )
