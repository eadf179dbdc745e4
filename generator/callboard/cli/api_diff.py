"""``callboard api-diff OLD NEW``: two files with definitions of an API → what changed, and the exit code of a pipeline's check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

BREAKING = 1
"""Exit code where a change breaks consumers."""
UNREADABLE = 2
"""Exit code where a definition cannot be read."""
LARGEST = 16_000_000
"""Bytes of a definition."""


@click.command("api-diff")
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True,
              help="Output format.")  # fmt: skip
def command(old: Path, new: Path, form: str) -> None:
    """Show what changed from the definition OLD to the definition NEW of an API, worst first.

    Each is a file with an OpenAPI, AsyncAPI, GraphQL or Protocol Buffers definition; their versions and spellings may differ. The exit code
    is 1 if a change breaks consumers, 0 if none does, and 2 if a definition cannot be read.
    """
    import os

    from callboard.api_changes.comparison import compare_definitions
    from callboard.api_changes.formats import as_json, as_markdown, as_text
    from callboard.api_changes.texts import UnreadableApiError, compared_reference
    from callboard.io import clock

    before, after = _text(old), _text(new)
    for path, text in ((old, before), (new, after)):
        try:
            compared_reference(text)
        except UnreadableApiError as error:
            _unreadable(path, str(error))
    try:
        found = compare_definitions(before, after, today=clock.now(None, os.environ).date().isoformat())
    except UnreadableApiError as error:
        _unreadable(new, str(error))
    click.echo({"text": as_text, "markdown": as_markdown, "json": as_json}[form](found).rstrip("\n"))
    sys.exit(BREAKING if found.is_breaking else 0)


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        _unreadable(path, f"The definition has more than {LARGEST:,} bytes.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _unreadable(path, "The file is not UTF-8.")


def _unreadable(path: Path, reason: str) -> NoReturn:
    click.echo(f"{path}: {reason}", err=True)
    sys.exit(UNREADABLE)
