"""A plugin's family → what it brings for pages: its templates, or lists of its fields; what they raise is shown in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache, partial

import jinja2
from markupsafe import Markup

from callboard.incremental.fingerprint import module_digest
from callboard.model.data_classes import dataclass
from callboard.model.errors import FOREIGN_EXCEPTIONS, PluginError
from callboard.model.facts.enumerations import Tone
from callboard.model.facts.fact import Fact
from callboard.model.facts.order import ranked, unique
from callboard.model.facts.value import FactValue
from callboard.model.problem import Problem
from callboard.pages.facts.context import HEALTH, FactsContext, FamilyIndex, FamilyPages
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
from callboard.pages.facts.view import Block, ChangeDetails, Content, EventView, NavLink, SourceView
from callboard.pages.pager import Pager, pager
from callboard.pages.shared_views import StateView
from callboard.plugins.containment.family_process import FamilyProcess
from callboard.plugins.families import Family, FamilyIndexPage, PackageTemplate
from callboard.plugins.integrations.collector import panel_failed
from callboard.plugins.value_types import field_names
from callboard.state.values import Change

FACTS = 20
"""Facts that a panel on an entity's page shows."""
FIELDS = 20
"""Fields of one fact that are listed."""
_UP = "%callboard-root%/"
_ICONS = {Tone.BAD: "bad", Tone.WARN: "warn", Tone.GOOD: "good", Tone.INFO: "info", Tone.NONE: ""}


@dataclass(frozen=True, slots=True)
class _PluginFamily:
    """A family, the package that brings it, and the process that renders its templates."""

    family: Family
    package: str
    process: FamilyProcess | None


_failures: dict[Problem, None] = {}
"""Panels that could not be rendered, until ``take_family_failures``."""
MOST_FAILURES = 100


@dataclass(frozen=True, slots=True)
class PluginMarkup:
    """What a plugin's template made; pages of several depths show it."""

    html: str
    """With a placeholder for the way to the site's root."""

    def at(self, up: str) -> Markup:
        """The same on a page from which ``up`` leads to the site's root."""
        return Markup(self.html.replace(_UP, up))  # noqa: S704 - escaped by the plugin's template


@dataclass(frozen=True, slots=True)
class FamilyView:
    """The facts of a plugin's family about all entities."""

    title: str
    text: str
    nav: tuple[NavLink, ...]
    count: int
    blocks: tuple[Block, ...]
    pager: Pager
    sources: tuple[SourceView, ...]


def plugin_pages(family: Family, package: str, process: FamilyProcess | None = None) -> FamilyPages:
    """The family for the tables of pages; ``package``: name and version of the package that brings it.

    ``process`` renders its templates; without one, this process does.
    """
    source = _PluginFamily(family, package, process)
    return FamilyPages(
        icon=family.icon,
        panel=_guarded(source, partial(_panel, source)),
        rollup=_guarded(source, partial(_rollup, source)) if family.has_rollup else None,
        index=_family_index(source, family.index) if family.index else None,
        change=_change,
        title=family.title,
        urgent_title=family.urgent_title,
        no_facts=family.no_facts,
        fingerprint=f"{package} {module_digest(family.value_type.__module__)}",
    )


def _family_index(plugin: _PluginFamily, index: FamilyIndexPage) -> FamilyIndex:
    view, pages = partial(_index, plugin, index), partial(_page_count, plugin.family)
    return FamilyIndex(f"{HEALTH}{plugin.family.name}", view, title=index.title, text=index.text, template="family.html", pages=pages)


def _guarded(
    plugin: _PluginFamily, render: Callable[[FactsContext, Sequence[Fact]], Content]
) -> Callable[[FactsContext, Sequence[Fact]], Content]:
    """The renderer with a note in place of what the plugin's code raises: it costs this panel, and nothing else."""

    def guarded(context: FactsContext, facts: Sequence[Fact]) -> Content:
        try:
            return render(context, facts)
        except FOREIGN_EXCEPTIONS as error:  # a plugin may raise anything
            _note_failure(plugin, error)
            return Content((Block("text", _failure(context, plugin, error)),))

    return guarded


def _failure(context: FactsContext, plugin: _PluginFamily, error: BaseException) -> str:
    return context.labels["panel_broken"].format(f"{plugin.family.name} ({plugin.package})", short(_words(error), 200))


def _words(error: BaseException) -> str:
    """The errors of the family's process are sentences about the plugin."""
    return str(error) if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"


def _note_failure(plugin: _PluginFamily, error: BaseException) -> None:
    if len(_failures) < MOST_FAILURES:
        _failures[panel_failed(plugin.family.name, plugin.package, _words(error))] = None


def take_family_failures() -> tuple[Problem, ...]:
    """The problems of panels that could not be rendered in this process since the last call."""
    found = tuple(_failures)
    _failures.clear()
    return found


def _panel(plugin: _PluginFamily, context: FactsContext, facts: Sequence[Fact]) -> Content:
    family, order = plugin.family, ranked(facts)
    if family.panel:
        return Content((_rendered(plugin, context, family.panel, order[:FACTS]), *_rest(context, len(order) - FACTS)))
    blocks = [Block("pairs", tuple(_listed_fields(family, fact.value))) for fact in order[:FACTS]]
    return Content((*blocks, *_rest(context, len(order) - FACTS)))


def _rest(context: FactsContext, more: int) -> tuple[Block, ...]:
    """The number of facts that a panel leaves out, if there are any."""
    return (Block("more", context.labels["n_more"].format(more)),) if more > 0 else ()


def _rollup(plugin: _PluginFamily, context: FactsContext, facts: Sequence[Fact]) -> Content:
    family, order = plugin.family, ranked(facts)
    if family.rollup:
        return Content((_rendered(plugin, context, family.rollup, order[:EVENTS]), *_rest(context, len(order) - EVENTS)))
    return Content(events(context, (with_subject(context, fact, _row(family, context, fact)) for fact in order[:EVENTS]), len(order)))


def _page_count(family: Family, context: FactsContext) -> int:
    return page_count(len(unique(context.of_family(family.name))))


def _index(plugin: _PluginFamily, index: FamilyIndexPage, context: FactsContext, nav: tuple[NavLink, ...], number: int = 1) -> FamilyView:
    family = plugin.family
    facts = unique(context.of_family(family.name))
    content = _guarded(plugin, partial(_index_content, plugin, index, number))(context, facts)
    pages = pager(f"{HEALTH}{family.name}/", number, page_count(len(facts)))
    return FamilyView(index.title, index.text, nav, len(facts), content.blocks, pages, sources_of(context, family.name))


def _index_content(plugin: _PluginFamily, index: FamilyIndexPage, number: int, context: FactsContext, facts: Sequence[Fact]) -> Content:
    order = rows_of_page(ranked(facts), number)
    if index.template:
        return Content((_rendered(plugin, context, index.template, order),))
    return Content((Block("rows", tuple(with_owner(context, fact, _row(plugin.family, context, fact)) for fact in order)),))


def _row(family: Family, context: FactsContext, fact: Fact) -> EventView:
    """One fact in a list: its first field, then the others with their labels."""
    listed = [*_listed_fields(family, fact.value)]
    title = listed[0][1] if listed else short(fact.key, 60)
    note = joined(*(f"{label} {value}" for label, value in listed[1:]))
    state = StateView("", fact.value.tone, _ICONS[fact.value.tone])
    return EventView(title, state, url_of(fact), detail=short(fact.environment, 40), note=note, at=at(context, fact.observed_at))


def _listed_fields(family: Family, value: FactValue) -> Iterator[tuple[str, str]]:
    """Labels and values of the fields that panels list, without fields that are empty or have parts of their own."""
    labels = family.fields or {name: name for name in field_names(family.value_type)}
    for name, label in [*labels.items()][:FIELDS]:
        text = _text(getattr(value, name))
        if text:
            yield short(label, 60), text


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, tuple):
        return short(", ".join(filter(None, map(_text, value))))
    return short(value) if isinstance(value, str | bool | date) else ""


def _rendered(plugin: _PluginFamily, context: FactsContext, template: PackageTemplate, facts: Sequence[Fact]) -> Block:
    """The plugin's template with the facts. It is trusted, values are not: they are escaped."""
    if plugin.process:
        sent = [(fact, url_of(fact), context.links.to(fact.subject)._asdict()) for fact in facts]
        return Block("plugin", PluginMarkup(plugin.process.render(template.package, template.path, sent, _UP)))
    rows = [
        {
            "value": fact.value,
            "key": fact.key,
            "environment": fact.environment,
            "url": url_of(fact),
            "subject": context.links.to(fact.subject),
        }
        for fact in facts
    ]
    return Block("plugin", PluginMarkup(_template(template).render(facts=rows, up=_UP)))


@lru_cache(maxsize=64)
def _template(template: PackageTemplate) -> jinja2.Template:
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(template.read())


def _change(_: Mapping[str, str], change: Change) -> ChangeDetails:
    """The values before and after if there are both, and the detail."""
    return ChangeDetails(short(change.about), has_values=bool(change.before and change.after))
