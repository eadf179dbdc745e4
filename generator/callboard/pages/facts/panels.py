"""Facts about an entity → the view of its section: a panel for each family, built-in or of a plugin, and missing annotations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup

from callboard.model.entity import Entity
from callboard.model.facts import FAMILIES
from callboard.model.facts.declared import Declared
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.ref import EntityRef
from callboard.pages.facts import delivery, operations, security
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short, url_of
from callboard.pages.facts.view import Block, Content, FactsView, MissingAnnotation, PanelView, SourceView
from callboard.pages.safe_text import web_url
from callboard.plugins.integrations.base import DeclaredFamily

FACTS = 20
"""Facts of a plugin's family that are shown."""
PAIRS = 20
"""Names and values of one such fact."""
Renderer = Callable[[FactsContext, Sequence[Fact]], Content]
RENDERERS: Mapping[str, tuple[str, Renderer]] = {
    "on-call": ("on-call", operations.on_call),
    "incident": ("incident", operations.incidents),
    "availability": ("availability", operations.availability),
    "deployment": ("deployment", delivery.deployments),
    "pipeline-run": ("pipeline", delivery.runs),
    "vulnerability": ("vulnerability", security.vulnerabilities),
    "quality-gate": ("quality", delivery.quality),
    "repository": ("source", delivery.repositories),
    "alert": ("alert", operations.alerts),
    "error-trend": ("error-trend", operations.errors),
    "issue": ("issue", security.issues),
}
"""Icon and renderer of the panel of each built-in family."""
PAGES: Mapping[str, str] = {
    "on-call": "incidents/", "incident": "incidents/", "deployment": "deployments/", "vulnerability": "vulnerabilities/",
    "availability": "availability/",
}  # fmt: skip
"""Pages about a family for all entities."""
CONNECTABLE = frozenset({"component", "resource", "api"})
"""Kinds whose pages list missing annotations."""


def facts_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """Panels of an entity, and annotations that it lacks; None if there are neither."""
    kind, panels = entity.ref.kind, tuple(_panels(context, entity.ref))
    missing = tuple(_missing_annotations(context, entity)) if kind == "component" or (panels and kind in CONNECTABLE) else ()
    if not panels and not missing:
        return None
    lines = "\n".join(("metadata:", "  annotations:", *(f"    {each.annotation}: …" for each in missing)))
    return FactsView(panels, missing, lines if missing else "")


def family_title(context: FactsContext, family: str) -> str:
    """The title of a family."""
    declared = context.declared.get(family)
    return declared.title if declared else context.labels[f"family_{family.replace('-', '_')}"]


def title_of(context: FactsContext, name: str) -> str:
    """The title of the tool of an integration; the integration's name if it is unknown."""
    connection = context.connections.get(name)
    return connection.title if connection else name


def _panels(context: FactsContext, ref: EntityRef) -> Iterator[PanelView]:
    measured = context.measured_by_subject.get(ref, ())
    for family in (*FAMILIES, *context.declared):
        if not context.is_visible(family):
            continue
        facts, measurements = context.facts(ref, family), [each for each in measured if each.family == family]
        if measurements or facts:
            _, renderer = RENDERERS.get(family) or ("", plugin_panel)
            made = panel(context, family, facts, measurements, renderer)
            yield replace(made, sources=tuple(_with_address(source, facts) for source in made.sources))


def panel(context: FactsContext, family: str, facts: Sequence[Fact], measurements: Sequence[Measurement], renderer: Renderer) -> PanelView:
    """The panel of one family, with a note if tools were not queried completely."""
    incomplete = sorted({each.source for each in measurements if not each.complete})
    note = context.labels["facts_incomplete"] % ", ".join(title_of(context, name) for name in incomplete) if incomplete else ""
    content = renderer(context, facts) if facts else Content(())
    is_zero = not facts and not incomplete
    names = dict.fromkeys([*(fact.source for fact in facts), *(each.source for each in measurements)])
    return PanelView(
        family=family,
        title=family_title(context, family),
        icon=RENDERERS[family][0] if family in RENDERERS else context.declared[family].icon,
        badge=content.badge,
        blocks=(Block("good", _zero(context, family)),) if is_zero else content.blocks,
        sources=tuple(SourceView(title_of(context, name), name) for name in names),
        is_zero=is_zero,
        incomplete=note,
        path=PAGES.get(family, ""),
    )


def _zero(context: FactsContext, family: str) -> str:
    """The text for a measured zero."""
    return context.labels.get(f"nothing_{family.replace('-', '_')}") or context.labels["nothing_there"]


def _with_address(source: SourceView, facts: Sequence[Fact]) -> SourceView:
    """The source with a link to the entity at its tool, if its facts have a single address."""
    urls = {fact.url for fact in facts if fact.source == source.name}
    return replace(source, url=web_url(urls.pop())) if len(urls) == 1 else source


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
        yield MissingAnnotation(annotation, _listed(tools), _listed(family_title(context, family) for family in families))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))


def plugin_panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """The facts of a plugin's family: by its template, else as names and values; an error of the template is shown in its place."""
    family = context.declared[facts[0].family]
    values = [(fact, fact.value) for fact in facts[:FACTS] if isinstance(fact.value, Declared)]
    if family.panel:
        return Content((Block("markup", _rendered(context, family, values)),))
    return Content(tuple(Block("pairs", _pairs(value.data, family)) for _, value in values))


def _pairs(data: Mapping[str, Any], family: DeclaredFamily) -> tuple[tuple[str, str], ...]:
    """Properties with plain values, named by the titles of the schema."""
    properties = family.schema.get("properties", {})
    names = {key: str(properties.get(key, {}).get("title", key)) for key in data}
    return tuple((short(names[key], 60), short(value)) for key, value in list(data.items())[:PAIRS] if isinstance(value, str | int | float))


def _rendered(context: FactsContext, family: DeclaredFamily, facts: Sequence[tuple[Fact, Declared]]) -> Markup:
    """The plugin's template, with ``facts``: value, key, environment and a checked address each. It is trusted, values are not."""
    rows = [{"value": value.data, "key": fact.key, "environment": fact.environment, "url": url_of(fact)} for fact, value in facts]
    try:
        return Markup(_template(family.panel).render(facts=rows))  # noqa: S704 - escaped by the template
    except jinja2.TemplateError as error:
        return Markup("<p>{}</p>").format(context.labels["panel_broken"] % (family.name, str(error)[:200]))


@lru_cache(maxsize=64)
def _template(text: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text)
