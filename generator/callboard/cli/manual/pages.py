"""Commands, schemas, kinds, plugins and rules → the reference pages of the manual, by path."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

import yaml
from callboard.cli.manual import settings
from callboard.cli.manual.api_changes import api_changes_page
from callboard.cli.manual.facts import facts_page
from callboard.cli.manual.output_schemas import output_pages
from callboard.cli.manual.plugin_api import plugin_api_page
from callboard.cli.manual.tables import SchemaField, code, fields, table
from callboard.cli.manual.token_scopes import token_scopes_page
from callboard.descriptors.kinds import Kind, RelationField, builtin_kinds, envelope_schema
from callboard.lint.explain import markdown
from callboard.model.problem import Rule
from callboard.plugins import loader
from callboard.plugins.loader import Plugin
from callboard.plugins.rules import all_rules
from callboard.settings.checks import sources_schema

_FIELD_HEAD = ("Field", "Type", "Description")
_KINDS_INTRODUCTION = """\
The built-in kinds are those of Backstage's catalog model. A portal adds its own with `kinds:` in `sources.yaml`: a JSON
Schema each, which also declares its relations: see [Add a kind of your own](../../how-to/own-kinds.md)."""
_PLUGINS_INTRODUCTION = """# Plugins

A plugin is a Python package with an entry point in one of the groups below. Install it next to Callboard, and use its type in
`sources.yaml`; built-in types are loaded in the same way. `callboard plugins` lists all plugins with package and version. Two packages
that provide the same type are an error where it is used. What plugins may import is in [Plugin API](plugin-api.md).

```toml
[project.entry-points."callboard.sources"]
perforce = "acme_perforce:PerforceSource"
```"""
_GROUPS = {
    "callboard.sources": "where descriptors are read",
    "callboard.integrations": "operational tools that provide facts about entities",
    "callboard.families": "families of facts: their values, and what pages and the list of changes show of them",
    "callboard.api_formats": "formats of API definitions: what a definition says, for its reference",
    "callboard.publishers": "where the site is published",
    "callboard.checks": "checks of scorecards, for what conditions cannot say",
    "callboard.actions": "actions of software templates, which `callboard new` runs",
}
_FRONT = """---
search: {exclude: true}
---
"""
"""Keeps the page out of the search of the manual: each portal has a page about the same code, and one result is enough."""

_PROBLEMS_INTRODUCTION = """\
Every problem has a code, whose meaning never changes. An **error**: Backstage would refuse the document, or it cannot
be read. A **warning**: accepted, but wrong. **Info**: worth knowing. `callboard explain CODE` prints these pages on a terminal, and each
portal has a page for each code, with its current occurrences."""


def reference_pages(commands: Mapping[str, click.Command], group: click.Group) -> dict[str, str]:
    """Markdown by path, such as ``kinds/component.md``. Only built-in plugins are documented, not those that happen to be installed."""
    return dict(_pages(commands, group))


def _pages(commands: Mapping[str, click.Command], group: click.Group) -> Iterator[tuple[str, str]]:
    yield "commands.md", commands_page(commands, group)
    groups = ("callboard.sources", "callboard.integrations", "callboard.publishers")
    yield "settings.md", settings.settings_page(sources_schema(), *map(_schemas, groups))
    tables = {name: [loader.described(plugin) for plugin in _built_in(name)] for name in loader.GROUPS}
    yield "facts.md", facts_page()
    yield "api-changes.md", api_changes_page()
    yield "token-scopes.md", token_scopes_page()
    yield "plugin-api.md", plugin_api_page()
    yield from output_pages()
    yield "plugins.md", plugins_page(loader.GROUPS, tables)
    kinds = list(builtin_kinds().by_name.values())
    yield "kinds/index.md", kinds_page(kinds, envelope_schema())
    for kind in kinds:
        yield f"kinds/{kind.name.lower()}.md", kind_page(kind)
    rules = all_rules()
    yield "problems/index.md", problems_page(rules)
    for rule in rules.values():
        yield f"problems/{rule.code.lower()}.md", code_page(rule)


def _built_in(group: str) -> tuple[loader.Plugin, ...]:
    return tuple(loader.load(group, installed=lambda **_: ()).values())


def _schemas(group: str) -> Mapping[str, Mapping[str, Any]]:
    return {plugin.type: plugin.load().schema for plugin in _built_in(group)}


def commands_page(commands: Mapping[str, click.Command], group: click.Group) -> str:
    """Every command with its arguments, its options and their environment variables."""
    parts = ["# Commands", _text(group.help), *(_command(name, command) for name, command in commands.items())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"callboard {name}")
    rows = [_option_row(name, option) for option in command.params if isinstance(option, click.Option) and not option.hidden]
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"## `callboard {name}`", f"```\n{' '.join(usage.split())}\n```", _text(command.help)]
    return "\n\n".join([*parts, *_table(rows)])


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    if rows:
        yield table(("Option", "Description", "Default", "Environment variable"), rows)


def _option_row(name: str, option: click.Option) -> tuple[str, str, str, str]:
    value = "" if option.is_flag else f" {_metavar(option)}"
    spelled = ", ".join(f"`{spelling}{value}`" for spelling in option.opts)
    is_plain = isinstance(option.default, str | int | float | Path) and not option.is_flag
    return spelled, option.help or "", f"`{option.default}`" if is_plain else "", f"`CALLBOARD_{name.upper()}_{str(option.name).upper()}`"


def _metavar(option: click.Option) -> str:
    return option.metavar or (
        "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else option.type.name.upper()
    )


def _text(text: str | None) -> str:
    """A help text as Markdown: its paragraphs without line breaks, angle brackets escaped."""
    paragraphs = inspect.cleandoc(text or "").replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()).replace("<", "&lt;") for paragraph in paragraphs)


def kinds_page(kinds: Sequence[Kind], envelope: Mapping[str, Any]) -> str:
    """All kinds, and the fields that descriptors of every kind have."""
    rows = [(f"[{kind.name}]({kind.name.lower()}.md)", kind.description, ", ".join(_reference_fields(kind))) for kind in kinds]
    parts = [
        "# Kinds",
        _KINDS_INTRODUCTION,
        table(("Kind", "What it is", "Fields that hold references"), rows),
        "## What every descriptor has",
        _fields(envelope),
    ]
    return "\n\n".join(parts) + "\n"


def kind_page(kind: Kind) -> str:
    """One kind: its fields, its relations, an example."""
    parts = [f"# {kind.name}", kind.description, f"`apiVersion` is {' or '.join(map(code, kind.api_versions))}."]
    spec = kind.schema.get("properties", {}).get("spec", {})
    parts += [
        "## Fields",
        "The fields of `metadata` are the [same for all kinds](index.md#what-every-descriptor-has).",
        _fields(spec, "spec."),
    ]
    if kind.relations:
        rows = [_relation(field) for field in kind.relations]
        parts += ["## Relations", table(("Field", "Relation", "Inverse relation", "Default kind"), rows)]
    parts += list(_examples(kind.schema.get("examples", ())))
    return "\n\n".join(part for part in parts if part) + "\n"


def _reference_fields(kind: Kind) -> Iterator[str]:
    return (code(f"spec.{field.field}") for field in kind.relations)


def _fields(schema: Mapping[str, Any], prefix: str = "") -> str:
    return table(_FIELD_HEAD, (_kind_row(field) for field in fields(schema, prefix)))


def _kind_row(field: SchemaField) -> tuple[str, str, str]:
    required, old = ("**Required.** " if field.is_required else ""), ("Deprecated. " if field.schema.get("deprecated") else "")
    return code(field.path), field.type, f"{required}{old}{field.schema.get('description', '')}"


def _relation(field: RelationField) -> tuple[str, str, str, str]:
    default = code(field.default_kind) if field.default_kind else "none: write the kind, as in `component:name`"
    return code(f"spec.{field.field}"), code(field.type), code(field.reverse), default


def _examples(examples: Sequence[Any]) -> Iterator[str]:
    for number, example in enumerate(examples):
        if number == 0:
            yield "## Example"
        yield f"```yaml\n{yaml.safe_dump(example, sort_keys=False, allow_unicode=True, width=120).strip()}\n```"


def plugins_page(groups: Sequence[str], tables: Mapping[str, Sequence[Plugin]]) -> str:
    """The groups of entry points, and the built-in types of each."""
    rows = [(code(group), _GROUPS.get(group, ""), ", ".join(code(p.type) for p in tables[group]) or "none yet") for group in groups]
    parts = [_PLUGINS_INTRODUCTION, "## Groups", table(("Group", "What its plugins are", "Built in"), rows)]
    for group in groups:
        if tables[group]:
            lines = [(code(p.type), p.description, code(p.target)) for p in tables[group]]
            parts += [f"## Built into `{group}`", table(("Type", "Description", "Class"), lines)]
    return "\n\n".join(parts) + "\n"


def problems_page(rules: Mapping[str, Rule]) -> str:
    """The list of all codes."""
    rows = [(f"[{rule.code}]({rule.code.lower()}.md)", rule.name, rule.severity.value, rule.summary) for rule in rules.values()]
    parts = [
        "# Problems",
        _PROBLEMS_INTRODUCTION,
        table(("Code", "Name", "Severity", "Summary"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def code_page(rule: Rule) -> str:
    """The page of one code, which is kept out of full-text search."""
    return f"{_FRONT}{markdown(rule)}"
