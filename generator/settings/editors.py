"""One JSON Schema for editors: ``sources.yaml`` with the options of every installed type of source, integration and place to publish to."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from generator import plugins
from generator.errors import PluginError
from generator.settings.shape import sources_schema

GROUPS = {"sources": "callboard.sources", "integrations": "callboard.integrations", "publish": "callboard.publishers"}
"""Sections whose items are of a type that a plugin brings."""


def editor_schema() -> dict[str, Any]:
    """The schema of the whole file; a plugin that cannot be loaded leaves its options open."""
    schema: dict[str, Any] = copy.deepcopy(dict(sources_schema()))
    for section, group in GROUPS.items():
        item = schema["properties"][section]["items"]
        table = plugins.load(group)
        item["properties"]["type"]["enum"] = list(table)
        item["allOf"] = [_options_of(plugin, item["properties"]) for plugin in table.values()]
    return schema


def _options_of(plugin: plugins.Plugin, shared: Mapping[str, Any]) -> dict[str, Any]:
    try:
        options = {key: value for key, value in plugin.load().schema.items() if key not in {"$schema", "title"}}
    except (PluginError, AttributeError):
        options = {}
    if "properties" in options:
        options["properties"] = {**dict.fromkeys(shared, True), **options["properties"]}
    return {"if": {"properties": {"type": {"const": plugin.type}}, "required": ["type"]}, "then": options}
