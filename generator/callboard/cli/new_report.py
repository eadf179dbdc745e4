"""What a template made → lines on the terminal: files, differences, changes, things to do by hand, and the template's output."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from callboard.cli.terminal_text import printable
from callboard.software_templates.delivery import difference, file_paths
from callboard.software_templates.preparing import Prepared

MAX_PATHS = 300


def report_plan(title: str, prepared: Prepared, target: Path | None, *, with_diff: bool) -> None:
    """The files, and what will be done with them."""
    paths = file_paths(prepared.folder)
    click.echo(printable(f"{title}: {len(paths)} files"), err=not with_diff)
    for path in paths[:MAX_PATHS]:
        click.echo(printable(f"  {path}"), err=not with_diff)
    if len(paths) > MAX_PATHS:
        click.echo(f"  … and {len(paths) - MAX_PATHS} more", err=not with_diff)
    if with_diff:
        for line in difference(target, prepared.folder):
            click.echo(printable(line))
    for message in prepared.run.messages:
        click.echo(printable(f"note: {message}"), err=True)
    for number, (_, change) in enumerate(prepared.run.changes, 1):
        click.echo(printable(f"{number}. {change.title}"), err=True)
    if with_diff:
        report_by_hand(prepared)


def report_change(prepared: Prepared) -> None:
    """The commands that do what was not done."""
    for _, change in prepared.run.changes:
        click.echo(printable(f"By hand: {change.title}"), err=True)
        for line in change.by_hand:
            click.echo(printable(f"  {line}"))


def report_by_hand(prepared: Prepared) -> None:
    """The steps whose action is not installed, with their input."""
    for each in prepared.run.by_hand:
        click.echo(printable(f"To do by hand: {each.step.title}"), err=True)
        click.echo(printable(prepared.runner.masked(json.dumps(each.input, indent=2, ensure_ascii=False))), err=True)


def report_output(prepared: Prepared) -> None:
    """The links and texts of the template's output."""
    for item in _items(prepared, "links"):
        address = item.get("url") or item.get("entityRef") or ""
        click.echo(printable(prepared.runner.masked(f"{item.get('title') or 'Link'}: {address}")))
    for item in _items(prepared, "text"):
        click.echo(printable(prepared.runner.masked(f"{item.get('title') or ''}\n{item.get('content') or ''}".strip())))


def _items(prepared: Prepared, key: str) -> list[Mapping[str, object]]:
    value = prepared.output.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []
