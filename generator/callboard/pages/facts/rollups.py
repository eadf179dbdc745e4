"""Facts about the parts of a system or domain, about what a team owns, or about all entities → panels that sum them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import unique
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.members import CONNECTABLE, members
from callboard.pages.facts.panels import panel
from callboard.pages.facts.view import Block, FactsView, PanelView


def rollup_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """The section of a system, domain or group; None if nothing was measured for any of its members."""
    panels = rollup_panels(context, tuple(dict.fromkeys((entity.ref, *members(context.catalog, entity.ref)))))
    return FactsView(panels) if panels else None


def rollup_panels(context: FactsContext, refs: Sequence[EntityRef]) -> tuple[PanelView, ...]:
    """A panel for each family with a roll-up that was measured for any of these entities."""
    if not context.knows_any(refs):
        return ()
    return tuple(made for family in context.families if (made := _panel(context, refs, family)) is not None)


def panels_of(context: FactsContext, refs: Sequence[EntityRef], families: Iterable[str]) -> tuple[PanelView, ...]:
    """The roll-ups of these families about these entities, without those that were not measured for any."""
    return tuple(made for family in families if (made := _panel(context, refs, family)) is not None)


def health_panels(context: FactsContext) -> tuple[PanelView, ...]:
    """The panels about all entities on ``/health/``."""
    refs = tuple(context.measured_by_subject)
    families = (family for family, pages in context.families.items() if pages.is_on_health)
    return tuple(
        made for family in families if (made := _panel(context, refs, family, context.families[family].need_attention)) is not None
    )


def counted(context: FactsContext, family: str, facts: Iterable[Fact]) -> list[Fact]:
    """The facts about several entities, each as often as it counts."""
    return [*facts] if context.families[family].counts_for_each_entity else unique(facts)


def _panel(
    context: FactsContext, refs: Sequence[EntityRef], family: str, need_attention: Callable[[Sequence[Fact]], Sequence[Fact]] | None = None
) -> PanelView | None:
    """The panel; with ``need_attention``, of the facts that it gives, and None if there are none."""
    renderer = context.families[family].rollup
    if renderer is None or not (context.has_any(family) and context.is_visible(family)):
        return None
    measurements = context.measured(refs, family)
    facts = counted(context, family, context.facts_about(refs, family))
    if need_attention:
        facts = [*need_attention(facts)]
    if not facts and (need_attention or not measurements):
        return None
    count = len({each.subject for each in measurements})
    measurable = len([ref for ref in refs if ref.kind in CONNECTABLE])
    note = Block("text", context.labels["n_measured"].format(count, measurable))
    made = panel(context, family, facts, measurements, renderer, refs)
    return made._replace(blocks=(*made.blocks, note))
