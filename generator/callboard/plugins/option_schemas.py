"""A plugin group → the JSON Schema of each type's options; plugins of other packages are imported in processes of their own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from callboard.model.errors import PluginError
from callboard.plugins import loader
from callboard.plugins.containment.plugin_process import description_of, import_ahead, is_contained

_TYPE = re.compile(r"""\btype:\s*["']?([A-Za-z0-9][A-Za-z0-9._-]*)""")


def option_schemas(group: str) -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """For each type of a group, a function that returns the JSON Schema of its options.

    It raises ``PluginError`` for a type that two packages provide. A plugin that cannot be imported takes any options: only its own item
    fails, later and with the reason.
    """
    return {name: partial(_schema, plugin) for name, plugin in loader.load(group).items()}


def checked_option_schemas(group: str) -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """The same for checks of the file: the functions raise ``PluginError`` for a plugin that cannot be imported, too."""
    return {name: partial(schema_of, plugin) for name, plugin in loader.load(group).items()}


def described(plugin: loader.Plugin) -> loader.Plugin:
    """The plugin with its description, or with the reason why it cannot be loaded."""
    if not is_contained(plugin) or plugin.group in loader.WITHOUT_OPTIONS:
        return loader.described(plugin)
    try:
        return replace(plugin, description=description_of(plugin).description)
    except PluginError as error:
        return replace(plugin, failure=f"{error}. {error.hint}")


def schema_of(plugin: loader.Plugin) -> Mapping[str, Any]:
    """The JSON Schema of the plugin's options. Raises ``PluginError``."""
    return description_of(plugin).schema or {} if is_contained(plugin) else plugin.schema()


def import_mentioned(settings: str) -> None:
    """Import the plugins of other packages whose types the text of a ``sources.yaml`` mentions, all at the same time."""
    types = {*_TYPE.findall(settings)}
    groups = [group for group in loader.GROUPS if group not in loader.WITHOUT_OPTIONS]
    plugins = (plugin for group in groups for plugin in loader.load(group).values())
    import_ahead([plugin for plugin in plugins if plugin.type in types and is_contained(plugin) and not plugin.conflict])


def _schema(plugin: loader.Plugin) -> Mapping[str, Any]:
    """As ``schema_of``; any options for a plugin that cannot be imported."""
    try:
        return schema_of(plugin)
    except PluginError:
        if plugin.conflict or not is_contained(plugin):
            raise
        return {}
