"""JSON Schemas of plugins' options: of the built-in ones by file, and one schema for editors with all of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callboard.model.errors import PluginError
from callboard.plugins import loader
from callboard.settings.checks import sources_schema
from callboard.settings.loading import parse_settings
from callboard.settings.settings import Settings

SCHEMAS = Path(__file__).parent.parent / "schemas"


def builtin_schema(kind: str, type_name: str) -> Mapping[str, Any]:
    """The schema in ``schemas/<kind>/<type>.json``; ``kind``: ``sources``, ``integrations`` or ``publishers``."""
    schema: Mapping[str, Any] = json.loads((SCHEMAS / kind / f"{type_name}.json").read_text(encoding="utf-8"))
    return schema


GROUPS = {"sources": "callboard.sources", "integrations": "callboard.integrations", "publish": "callboard.publishers"}
"""Sections whose items are of a type that a plugin brings."""


def editor_schema() -> dict[str, Any]:
    """The schema of the whole file; a plugin that cannot be loaded leaves its options open."""
    schema: dict[str, Any] = copy.deepcopy(dict(sources_schema()))
    for section, group in GROUPS.items():
        item = schema["properties"][section]["items"]
        table = loader.load(group)
        item["properties"]["type"]["enum"] = list(table)
        item["allOf"] = [_options_of(plugin, item["properties"]) for plugin in table.values()]
    return schema


def _options_of(plugin: loader.Plugin, shared: Mapping[str, Any]) -> dict[str, Any]:
    try:
        options = {key: value for key, value in plugin.schema().items() if key not in {"$schema", "title"}}
    except PluginError:
        options = {}
    if "properties" in options:
        options["properties"] = {**dict.fromkeys(shared, True), **options["properties"]}
    return {"if": {"properties": {"type": {"const": plugin.type}}, "required": ["type"]}, "then": options}


def read_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """The settings of the portal whose ``sources.yaml`` is ``path``, checked with the options of all installed plugins.

    Raises ``SettingsError``: with one message where the file cannot be read, else ``InvalidSettingsError`` with every finding.
    """
    return parse_settings(path, environ, loader.option_schemas)
