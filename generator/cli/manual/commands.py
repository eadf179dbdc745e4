"""The page about the command line, out of the commands themselves."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from generator.cli.manual.tables import table


def commands_page(commands: Mapping[str, click.Command], group: click.Group) -> str:
    """Every command with its arguments and options, and the environment variables that stand for them."""
    parts = ["# Commands", _text(group.help), *(_command(name, command) for name, command in commands.items())]
    return "\n\n".join(part for part in parts if part) + "\n"


def _command(name: str, command: click.Command) -> str:
    context = click.Context(command, info_name=f"callboard {name}")
    rows = [_row(name, option) for option in command.params if isinstance(option, click.Option) and not option.hidden]
    usage = command.get_usage(context).removeprefix("Usage: ")
    parts = [f"## `callboard {name}`", f"```\n{' '.join(usage.split())}\n```", _text(command.help)]
    return "\n\n".join([*parts, *_table(rows)])


def _table(rows: list[tuple[str, str, str, str]]) -> Iterator[str]:
    if rows:
        yield table(("Option", "Means", "Default", "Environment"), rows)


def _row(name: str, option: click.Option) -> tuple[str, str, str, str]:
    value = "" if option.is_flag else f" {_metavar(option)}"
    spelled = ", ".join(f"`{spelling}{value}`" for spelling in option.opts)
    is_plain = isinstance(option.default, str | int | float | Path) and not option.is_flag
    return spelled, option.help or "", f"`{option.default}`" if is_plain else "", f"`CALLBOARD_{name.upper()}_{str(option.name).upper()}`"


def _metavar(option: click.Option) -> str:
    return option.metavar or (
        "|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else option.type.name.upper()
    )


def _text(text: str | None) -> str:
    """Help with its line breaks joined, but its paragraphs kept; angle brackets stay words."""
    paragraphs = inspect.cleandoc(text or "").replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()).replace("<", "&lt;") for paragraph in paragraphs)
