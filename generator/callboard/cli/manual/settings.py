"""The page about ``sources.yaml``, out of its schema and those of the sources and publishers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from callboard.cli.manual.tables import SchemaField, code, sentence, table, type_words
from callboard.cli.manual.tables import fields as schema_fields
from callboard.settings.settings import Limits, Portal

HEAD = ("Key", "Type", "Default", "Means")
_INTRODUCTION = """# `sources.yaml`

The portal's only configuration. Keys that are not known are errors with line, column and a guess at what was meant.

Any value may hold `${NAME}`: it is taken from the environment, and hidden in everything that is printed. Two dollars (`$${`) stand for a
plain one. Editors complete and check the file with the schema that the portal publishes at `/schema/sources.json`:

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
"""Schemas of options by the type that settings call."""


def settings_page(schema: Mapping[str, Any], sources: Plugins, integrations: Plugins, publishers: Plugins) -> str:
    """Every key with type, default and meaning."""
    properties = schema["properties"]
    parts = [_INTRODUCTION, "## The file", table(HEAD, _rows(_own_keys(schema)))]
    for name, defaults in (("portal", _defaults(Portal)), ("limits", _defaults(Limits))):
        parts += [f"## `{name}`", sentence(properties[name]["description"]), table(HEAD, _rows(schema_fields(properties[name]), defaults))]
    parts += ["## `sources`", "Every source has a name and a type; what else it takes depends on the type."]
    parts += [table(HEAD, _rows(schema_fields(properties["sources"]["items"]))), *_plugins("Source", sources)]
    if integrations:
        parts += ["## `integrations`", "Every integration has a name and a type, and may have the title that people call the tool by."]
        parts += [table(HEAD, _rows(schema_fields(properties["integrations"]["items"]))), *_plugins("Integration", integrations)]
    if publishers:
        parts += ["## `publish`", sentence(properties["publish"]["description"]), *_plugins("Publisher", publishers)]
    return "\n\n".join(parts) + "\n"


def _own_keys(schema: Mapping[str, Any]) -> Iterator[SchemaField]:
    required = schema.get("required", ())
    return (SchemaField(name, inner, name in required) for name, inner in schema["properties"].items())


def _plugins(word: str, plugins: Plugins) -> Iterator[str]:
    for name, schema in plugins.items():
        yield f"### {word} `{name}`"
        yield sentence(schema.get("description", ""))
        yield table(HEAD, _rows(schema_fields(schema)))


def _rows(found: Iterator[SchemaField], defaults: Mapping[str, Any] | None = None) -> Iterator[Sequence[str]]:
    for field in found:
        default = (defaults or {}).get(field.path, field.schema.get("default"))
        means = sentence(field.schema.get("description", ""))
        yield code(field.path), type_words(field.schema), "**required**" if field.is_required else _shown(default), means


def _shown(default: Any) -> str:
    if default in (None, "", {}, (), []):
        return ""
    return ", ".join(map(code, default)) if isinstance(default, list | tuple) else code(f"{default:_}" if type(default) is int else default)


def _defaults(values: Any) -> Mapping[str, Any]:
    return {field.name: field.default for field in fields(values) if field.default is not MISSING}
