"""A ``sources.yaml`` in, its settings out, checked with the options of all plugins; and the JSON Schema of the file for editors."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from callboard.model.errors import PluginError
from callboard.plugins import loader
from callboard.plugins.containment.plugin_process import LIMITS, forget_failures
from callboard.plugins.installed_families import installed_families, value_types
from callboard.plugins.option_schemas import checked_option_schemas, import_mentioned, option_schemas, schema_of
from callboard.settings.checks import sources_schema
from callboard.settings.loading import LARGEST, parse_settings
from callboard.settings.settings import Settings

SECTIONS = {"sources": "callboard.sources", "integrations": "callboard.integrations", "publish": "callboard.publishers"}
"""Sections whose items have a type that a plugin provides, with the group of these plugins."""


def read_settings(path: Path, environ: Mapping[str, str], *, plugins_must_load: bool = False) -> Settings:
    """The settings of the portal whose ``sources.yaml`` is ``path``, checked with the options of all installed plugins.

    A plugin that cannot be imported fails later and alone; with ``plugins_must_load`` it is a finding in the file.

    Raises ``SettingsError`` if the file cannot be read, ``InvalidSettingsError`` with every finding if it is invalid, and
    ``PluginError`` if two packages provide the same plugin.
    """
    installed_families()
    forget_failures()
    with contextlib.suppress(OSError):  # reported when it is parsed
        import_mentioned(path.read_bytes()[:LARGEST].decode("utf-8", "replace"))
    settings = parse_settings(path, environ, checked_option_schemas if plugins_must_load else option_schemas)
    LIMITS.current = replace(LIMITS.current, call_seconds=settings.limits.plugin_seconds)
    return settings


def editor_schema() -> dict[str, Any]:
    """The JSON Schema of the whole file; it allows any options for a plugin that cannot be loaded."""
    schema: dict[str, Any] = copy.deepcopy(dict(sources_schema()))
    hidden = [family for family, kind in value_types().items() if not kind.is_public]
    schema["properties"]["portal"]["properties"]["expose"]["items"]["enum"] = hidden
    for section, group in SECTIONS.items():
        item = schema["properties"][section]["items"]
        table = loader.load(group)
        item["properties"]["type"]["enum"] = list(table)
        item["allOf"] = [_options_of(plugin, item["properties"]) for plugin in table.values()]
    publish = schema["properties"]["publish"]
    publish["properties"]["targets"]["items"] = publish["items"]
    return schema


def _options_of(plugin: loader.Plugin, shared: Mapping[str, Any]) -> dict[str, Any]:
    try:
        options = {key: value for key, value in schema_of(plugin).items() if key not in {"$schema", "title"}}
    except PluginError:
        options = {}
    if "properties" in options:
        options["properties"] = {**dict.fromkeys(shared, True), **options["properties"]}
    return {"if": {"properties": {"type": {"const": plugin.type}}, "required": ["type"]}, "then": options}
