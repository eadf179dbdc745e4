"""``callboard plugins``: entry points → a list of plugins with their packages and descriptions, and an exit code."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callboard.plugins.loader import Plugin

NOT_LOADED = 1


@click.command("plugins")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Output format.")
def command(style: str) -> None:
    """List the built-in and installed plugins: sources, integrations, families of facts, publishers, checks.

    The exit code is 1 if one of them cannot be loaded; its line has the reason.
    """
    from callboard.plugins.loader import GROUPS, load

    found = [_checked(plugin) for name in GROUPS for plugin in load(name).values()]
    if style == "json":
        fields = ("group", "type", "package", "version", "description", "failure")
        click.echo(json.dumps([{field: getattr(plugin, field) for field in fields} for plugin in found], indent=2))
    else:
        for line in _table(found):
            click.echo(line)
    if any(plugin.failure for plugin in found):
        sys.exit(NOT_LOADED)


def _checked(plugin: Plugin) -> Plugin:
    """The plugin with its description, or with the reason why it cannot be loaded or, for a family, violates the contract."""
    from callboard.plugins.installed_families import installed_families
    from callboard.plugins.loader import FAMILIES_GROUP
    from callboard.plugins.option_schemas import described

    failure = installed_families().failures.get(plugin.type) if plugin.group == FAMILIES_GROUP else None
    return replace(plugin, failure=f"{failure}. {failure.hint}") if failure else described(plugin)


def _table(plugins: list[Plugin]) -> list[str]:
    """A line for each plugin: group, type, package and description in columns."""
    rows = [(each.group, each.type, f"{each.package} {each.version}", _words(each)) for each in plugins]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3])).rstrip() for row in rows]


def _words(plugin: Plugin) -> str:
    """The description, or why the plugin cannot be loaded; of an installed package, so without control characters."""
    text = f"error: {plugin.failure}" if plugin.failure else plugin.description
    return "".join(character if character.isprintable() else " " for character in text)
