"""Facts about an entity → the view of its section: a panel for each family, built-in or of a plugin, and missing annotations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from callboard.model.entity import Entity
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.facts.context import FactsContext, Renderer
from callboard.pages.facts.formatting import EVENTS
from callboard.pages.facts.members import CONNECTABLE
from callboard.pages.facts.past import past_blocks
from callboard.pages.facts.view import Block, Content, FactsView, MissingAnnotation, PanelView, SourceView
from callboard.pages.safe_text import web_url


def facts_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """Panels of an entity, and annotations that it lacks; None if there are neither."""
    kind, panels = entity.ref.kind, tuple(_panels(context, entity.ref))
    is_connectable = kind == "component" or (kind in CONNECTABLE and _has_tool(context, panels))
    missing = tuple(_missing_annotations(context, entity)) if is_connectable else ()
    if not panels and not missing:
        return None
    lines = "\n".join(("metadata:", "  annotations:", *(f"    {each.annotation}: …" for each in missing)))
    return FactsView(panels, missing, lines if missing else "")


def _has_tool(context: FactsContext, panels: Iterable[PanelView]) -> bool:
    """Whether a panel has facts of something that an annotation connects, and not only what the build finds in every definition."""
    names = {source.name for panel in panels for source in panel.sources}
    return any(context.connections[name].annotations for name in names if name in context.connections)


def _panels(context: FactsContext, ref: EntityRef) -> Iterator[PanelView]:
    if not context.knows_any((ref,)):
        return
    for family, pages in context.families.items():
        if not (context.has_any(family) and context.is_visible(family)):
            continue
        facts, measurements = context.facts(ref, family), context.measured((ref,), family)
        if measurements or facts:
            yield panel(context, family, facts, measurements, pages.panel, (ref,), has_addresses=True)


def panel(
    context: FactsContext,
    family: str,
    facts: Sequence[Fact],
    measurements: Sequence[Measurement],
    renderer: Renderer,
    refs: Sequence[EntityRef],
    *,
    has_addresses: bool = False,
) -> PanelView:
    """The panel of one family about these entities, with a note if tools were not queried completely.

    ``has_addresses``: whether a source has a link to what its facts are about, if that is a single address.
    """
    incomplete = sorted({each.source for each in measurements if not each.complete})
    pages = context.families[family]
    past = past_blocks(context, family, refs, EVENTS - len(facts))
    content = renderer(replace(context, is_incomplete=True) if incomplete else context, facts) if facts else Content(())
    content = _without_good_news(content) if incomplete else content
    is_empty = not facts and not incomplete
    is_zero = is_empty and not context.past.has_items(refs, family)
    nothing = Block("good", _zero(context, family)) if is_zero else Block("text", context.labels["nothing_returned"])
    blocks = (nothing,) if is_empty else content.blocks
    names = dict.fromkeys([*(fact.source for fact in facts), *(each.source for each in measurements)])
    return PanelView(
        family=family,
        title=context.family_title(family),
        icon=pages.icon,
        badge=content.badge,
        blocks=(*blocks, *past),
        sources=tuple(SourceView(context.tool_title(name), name, url=_address(name, facts) if has_addresses else "") for name in names),
        is_zero=is_zero,
        incomplete=" ".join(_limits(context, family, measurements, incomplete)),
        path=pages.index_path,
    )


def _limits(context: FactsContext, family: str, measurements: Sequence[Measurement], incomplete: Sequence[str]) -> Iterator[str]:
    """Sentences about what the facts do not cover. What is recorded tells itself since when it is known."""
    if incomplete:
        yield context.labels["facts_incomplete"].format(", ".join(map(context.tool_title, incomplete)))
    read: dict[str, datetime] = {}
    for each in measurements:
        if not each.complete and each.observed is not None:
            read[each.source] = min(each.observed, read.get(each.source, each.observed))
    for source, time in sorted(read.items()):
        yield context.labels["facts_as_of"].format(context.tool_title(source), context.local(time).date().isoformat())
    since: dict[str, datetime] = {}
    for each in measurements:
        if each.since is not None and not context.past.has(each.subject, family):
            since[each.source] = max(each.since, since.get(each.source, each.since))
    for source, time in sorted(since.items()):
        yield context.labels["facts_since"].format(context.tool_title(source), context.local(time).date().isoformat())


def _without_good_news(content: Content) -> Content:
    """The content without statements such as "No open incidents", which incomplete facts do not prove."""
    badge = content.badge if content.badge and content.badge.tone != "good" else None
    return Content(tuple(block for block in content.blocks if block.kind != "good"), badge)


def _zero(context: FactsContext, family: str) -> str:
    """The text for a measured zero."""
    own = context.families[family].no_facts or context.labels.get(f"nothing_{family.replace('-', '_')}")
    return own or context.labels["nothing_there"]


def _address(source: str, facts: Sequence[Fact]) -> str:
    """The single address of a source's facts if a page may link to it; empty for none and for several."""
    urls = {fact.url for fact in facts if fact.source == source}
    return web_url(urls.pop()) if len(urls) == 1 else ""


def _missing_annotations(context: FactsContext, entity: Entity) -> Iterator[MissingAnnotation]:
    """Annotations that integrations look for and that the entity lacks, with the families that are not measured for it."""
    value = entity.metadata.get("annotations")
    annotations = value if isinstance(value, Mapping) else {}
    measured = {each.family for each in context.measured_by_subject.get(entity.ref, ())}
    by_annotation: dict[str, tuple[list[str], list[str]]] = {}
    for connection in context.connections.values():
        missing = [family for family in connection.families if family not in measured and context.is_visible(family)]
        if connection.annotations and missing and not any(key in annotations for key in connection.annotations):
            tools, families = by_annotation.setdefault(connection.annotations[0], ([], []))
            tools.append(connection.title)
            families += missing
    for annotation, (tools, families) in by_annotation.items():
        yield MissingAnnotation(annotation, _listed(tools), _listed(map(context.family_title, families)))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
