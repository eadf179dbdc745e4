"""Panels of families that plugins declare: by their own template, else as names and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import jinja2
from markupsafe import Markup

from generator.integrations.contract import DeclaredFamily
from generator.model.facts import Declared, Fact
from generator.pages.facts.context import FactsContext
from generator.pages.facts.telling import short, url_of
from generator.pages.facts.view import Block, Content

FACTS = 20
PAIRS = 20


def foreign(context: FactsContext, facts: Sequence[Fact]) -> Content:
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
