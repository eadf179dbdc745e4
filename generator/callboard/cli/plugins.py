"""``callboard plugins``."""

from __future__ import annotations

import json

import click


@click.command("plugins")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print the list.")
def command(style: str) -> None:
    """List the built-in and installed plugins: sources, integrations, publishers."""
    from callboard.plugins.loader import GROUPS, load

    found = [plugin for name in GROUPS for plugin in load(name).values()]
    if style == "json":
        fields = ("group", "type", "package", "version", "description")
        click.echo(json.dumps([{field: getattr(plugin, field) for field in fields} for plugin in found], indent=2))
        return
    for plugin in found:
        click.echo(f"{plugin.group:24} {plugin.type:12} {plugin.package} {plugin.version}  {plugin.description}")
