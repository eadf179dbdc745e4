"""All pages of the reference, by path below its folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import click

from generator import plugins
from generator.cli.manual import commands, kinds, problems, settings
from generator.cli.manual.facts import facts_page
from generator.cli.manual.plugins import plugins_page
from generator.descriptors.kinds import builtin_kinds, envelope_schema
from generator.linting.rules import all_rules
from generator.settings.shape import sources_schema


def reference_pages(shown: Mapping[str, click.Command], group: click.Group) -> dict[str, str]:
    """Markdown by path, such as ``kinds/component.md``; of what Callboard brings, not of what happens to be installed."""
    return dict(_pages(shown, group))


def _pages(shown: Mapping[str, click.Command], group: click.Group) -> Iterator[tuple[str, str]]:
    yield "commands.md", commands.commands_page(shown, group)
    groups = ("callboard.sources", "callboard.integrations", "callboard.publishers")
    yield "settings.md", settings.settings_page(sources_schema(), *map(_schemas, groups))
    tables = {name: [plugins.described(plugin) for plugin in _built_in(name)] for name in plugins.GROUPS}
    yield "facts.md", facts_page()
    yield "plugins.md", plugins_page(plugins.GROUPS, tables)
    known = list(builtin_kinds().by_name.values())
    yield "kinds/index.md", kinds.index_page(known, envelope_schema())
    for kind in known:
        yield f"kinds/{kind.name.lower()}.md", kinds.kind_page(kind)
    rules = all_rules()
    yield "problems/index.md", problems.index_page(rules)
    for code, rule in rules.items():
        yield f"problems/{code.lower()}.md", problems.code_page(rule)


def _built_in(group: str) -> tuple[plugins.Plugin, ...]:
    return tuple(plugins.load(group, installed=lambda **_: ()).values())


def _schemas(group: str) -> Mapping[str, Mapping[str, Any]]:
    return {plugin.type: plugin.load().schema for plugin in _built_in(group)}
