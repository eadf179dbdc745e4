"""The schema of ``sources.yaml`` and the schemas of plugins' options → the page of the manual about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

import yaml
from callboard.cli.manual.tables import SchemaField, code, sentence, table, type_words
from callboard.cli.manual.tables import fields as schema_fields
from callboard.settings.settings import DataSettings, DocsSettings, GuideSettings, Limits, Portal, SearchSettings

_HEAD = ("Key", "Type", "Default", "Description")
_INTRODUCTION = """# `sources.yaml`

The only configuration file of a portal. An unknown key is an error with line, column and a suggestion.

Any value may contain `${NAME}`: it is replaced by the environment variable, whose value is masked in all output. Write `$${` for a literal
`${`. Editors complete and check the file with the schema that the portal publishes at `/schema/sources.json`:

```yaml
# yaml-language-server: $schema=https://portal.example.com/schema/sources.json
version: 1
portal:
  name: Acme developer portal
sources:
  - name: acme
    type: files
    path: repositories
    repositories: "*"
```"""
Plugins = Mapping[str, Mapping[str, Any]]
"""Schemas of options by the plugin's type."""


def settings_page(schema: Mapping[str, Any], sources: Plugins, integrations: Plugins, publishers: Plugins) -> str:
    """Every key with type, default and meaning."""
    properties = schema["properties"]
    parts = [_INTRODUCTION, "## The file", table(_HEAD, _rows(_own_keys(schema)))]
    for name, defaults in (
        ("portal", _defaults(Portal)),
        ("history", {}),
        ("badges", {}),
        ("delivery", {}),
        ("innersource", {}),
        ("data", _defaults(DataSettings)),
        ("limits", _defaults(Limits)),
        ("guides", _defaults(GuideSettings)),
        ("docs", _defaults(DocsSettings)),
        ("search", _defaults(SearchSettings)),
    ):
        parts += [f"## `{name}`", sentence(properties[name]["description"]), table(_HEAD, _rows(schema_fields(properties[name]), defaults))]
    excluded = properties["docs"]["properties"]["exclude"]["items"]
    parts += ["Keys of an item of `exclude`; an item has at least one:", table(_HEAD, _rows(schema_fields(excluded)))]
    parts += ["## `sources`", "Every source has a name and a type; its other keys depend on the type."]
    parts += [table(_HEAD, _rows(schema_fields(properties["sources"]["items"]))), *_plugins("Source", sources)]
    if integrations:
        parts += [
            "## `integrations`",
            "Every integration has a name and a type, and optionally a title; its other keys depend on the type.",
        ]
        parts += [table(_HEAD, _rows(schema_fields(properties["integrations"]["items"]))), *_plugins("Integration", integrations)]
    if publishers:
        parts += [
            "## `publish`",
            sentence(properties["publish"]["description"]),
            table(_HEAD, _rows(_publish_fields(properties), {"index_links": False})),
        ]
        parts += [*_plugins("Publisher", publishers)]
    return "\n\n".join(parts) + "\n"


def _publish_fields(properties: Mapping[str, Any]) -> Iterator[SchemaField]:
    return (SchemaField(name, inner, is_required=False) for name, inner in properties["publish"]["properties"].items())


def _own_keys(schema: Mapping[str, Any]) -> Iterator[SchemaField]:
    required = schema.get("required", ())
    return (SchemaField(name, inner, name in required) for name, inner in schema["properties"].items())


def _plugins(word: str, plugins: Plugins) -> Iterator[str]:
    for name, schema in plugins.items():
        yield f"### {word} `{name}`"
        yield sentence(schema.get("description", ""))
        yield table(_HEAD, _rows(schema_fields(schema)))
        for example in schema.get("examples", ()):
            yield f"```yaml\n{yaml.safe_dump([example], sort_keys=False, allow_unicode=True, width=120).strip()}\n```"


def _rows(schema_rows: Iterator[SchemaField], defaults: Mapping[str, Any] | None = None) -> Iterator[Sequence[str]]:
    for field in schema_rows:
        default = (defaults or {}).get(field.path, field.schema.get("default"))
        description = sentence(field.schema.get("description", ""))
        yield code(field.path), type_words(field.schema), "**required**" if field.is_required else _default(default), description


def _default(default: Any) -> str:
    if default in (None, "", {}, (), []):
        return ""
    return ", ".join(map(code, default)) if isinstance(default, list | tuple) else code(f"{default:_}" if type(default) is int else default)


def _defaults(values: Any) -> Mapping[str, Any]:
    return {field.name: field.default for field in fields(values) if field.default is not MISSING}
