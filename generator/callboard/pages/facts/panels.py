"""Panels of families that plugins declare: by their own template, else as names and values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup

from callboard.model.entity import Entity
from callboard.model.facts.fact import FAMILIES, Fact, Measurement
from callboard.model.facts.values import Declared
from callboard.model.ref import EntityRef
from callboard.pages.facts import delivery, operations, security
from callboard.pages.facts.context import FactsContext
from callboard.pages.facts.formatting import short, url_of
from callboard.pages.facts.view import Block, Connect, Content, FactsView, PanelView, SourceView
from callboard.pages.safe_text import web_url
from callboard.plugins.integrations.base import DeclaredFamily

FACTS = 20
PAIRS = 20


def plugin_panel(context: FactsContext, facts: Sequence[Fact]) -> Content:
    """What the facts say; a template that cannot be rendered says so in its place."""
    family = context.declared[facts[0].family]
    found = [fact for fact in facts[:FACTS] if isinstance(fact.value, Declared)]
    if family.panel:
        return Content((Block("markup", _rendered(context, family, found)),))
    return Content(tuple(Block("pairs", _pairs(fact.value.data, family)) for fact in found if isinstance(fact.value, Declared)))


def _pairs(data: Mapping[str, Any], family: DeclaredFamily) -> tuple[tuple[str, str], ...]:
    """Names as the schema's titles say them, with plain values."""
    properties = family.schema.get("properties", {})
    names = {key: str(properties.get(key, {}).get("title", key)) for key in data}
    return tuple((short(names[key], 60), short(value)) for key, value in list(data.items())[:PAIRS] if isinstance(value, str | int | float))


def _rendered(context: FactsContext, family: DeclaredFamily, facts: Sequence[Fact]) -> Markup:
    """The plugin's template sees ``facts``: value, key, environment and a checked address each. It is trusted, values are not."""
    told = [
        {"value": fact.value.data, "key": fact.key, "environment": fact.environment, "url": url_of(fact)}
        for fact in facts
        if isinstance(fact.value, Declared)
    ]
    try:
        return Markup(_template(family.panel).render(facts=told))  # noqa: S704 - escaped by the template
    except jinja2.TemplateError as error:
        return Markup("<p>{}</p>").format(context.labels["panel_broken"] % (family.name, str(error)[:200]))


@lru_cache(maxsize=64)
def _template(text: str) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(text)


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
"""Icon and words of each family."""
PAGES: Mapping[str, str] = {
    "on-call": "incidents/", "incident": "incidents/", "deployment": "deployments/", "vulnerability": "vulnerabilities/",
    "availability": "availability/",
}  # fmt: skip
"""Where a family is shown for all entities."""
WATCHED = frozenset({"component", "resource", "api"})
"""Kinds whose pages say what an annotation would bring."""


def facts_view(context: FactsContext, entity: Entity) -> FactsView | None:
    """What tools say about an entity; None where nobody asks about things of its kind."""
    panels = tuple(_panels(context, entity.ref))
    connect = tuple(_connect(context, entity)) if entity.ref.kind == "component" or (panels and entity.ref.kind in WATCHED) else ()
    if not panels and not connect:
        return None
    lines = "\n".join(("metadata:", "  annotations:", *(f"    {one.annotation}: …" for one in connect)))
    return FactsView(panels, connect, lines if connect else "")


def family_title(context: FactsContext, family: str) -> str:
    """What people call a family."""
    declared = context.declared.get(family)
    return declared.title if declared else context.labels[f"family_{family.replace('-', '_')}"]


def _panels(context: FactsContext, ref: EntityRef) -> Iterator[PanelView]:
    measured = context.measured_by_subject.get(ref, ())
    for family in (*FAMILIES, *context.declared):
        asked = [one for one in measured if one.family == family] if context.is_visible(family) else []
        facts = context.facts(ref, family)
        if asked or facts:
            yield panel(context, family, facts, asked)


def panel(context: FactsContext, family: str, facts: Sequence[Fact], asked: Sequence[Measurement]) -> PanelView:
    """One family: what is there, and whether that is all."""
    labels = context.labels
    icon, tell = RENDERERS.get(family) or (context.declared[family].icon, plugin_panel)
    sources = tuple(_sources(context, facts, asked))
    partly = sorted({one.source for one in asked if not one.complete})
    incomplete = labels["facts_incomplete"] % ", ".join(title_of(context, name) for name in partly) if partly else ""
    content = tell(context, facts) if facts else Content(())
    is_zero = not facts and not partly
    blocks = content.blocks if facts else (Block("good", _nothing(context, family)),) if is_zero else ()
    path = PAGES.get(family, "")
    return PanelView(family, family_title(context, family), icon, content.badge, blocks, sources, is_zero, incomplete, path)


def _nothing(context: FactsContext, family: str) -> str:
    """A measured zero in the family's own words."""
    key = f"nothing_{family.replace('-', '_')}"
    return context.labels.get(key) or context.labels["nothing_there"]


def _sources(context: FactsContext, facts: Sequence[Fact], asked: Sequence[Measurement]) -> Iterator[SourceView]:
    names = dict.fromkeys([*(fact.source for fact in facts), *(one.source for one in asked)])
    for name in names:
        urls = {fact.url for fact in facts if fact.source == name}
        yield SourceView(title_of(context, name), name, web_url(urls.pop()) if len(urls) == 1 else "")


def title_of(context: FactsContext, name: str) -> str:
    """What people call the tool of an integration."""
    known = context.connections.get(name)
    return known.title if known else name


def _connect(context: FactsContext, entity: Entity) -> Iterator[Connect]:
    """What the entity lacks: families of connected tools that know entities by an annotation that it does not have."""
    annotations = entity.metadata.get("annotations")
    has = annotations if isinstance(annotations, Mapping) else {}
    measured = {one.family for one in context.measured_by_subject.get(entity.ref, ())}
    wanted: dict[str, tuple[list[str], list[str]]] = {}
    for one in context.connections.values():
        missing = [family for family in one.families if family not in measured and context.is_visible(family)]
        if one.annotations and missing and not any(key in has for key in one.annotations):
            tools, families = wanted.setdefault(one.annotations[0], ([], []))
            tools.append(one.title)
            families += missing
    for annotation, (tools, families) in wanted.items():
        yield Connect(annotation, _listed(tools), _listed(family_title(context, family) for family in families))


def _listed(words: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(words))
