"""``callboard reference``: code and schemas → the reference pages of the manual. For contributors, hence hidden."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.model.counting import counted


@click.command("reference", hidden=True)
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("docs/reference"), show_default=True,
              help="Folder of the reference; outdated pages are removed from its folders kinds and problems.")  # fmt: skip
def command(output: Path) -> None:
    """Generate the reference pages of the manual: commands, settings, facts, plugins and their API, kinds, problems."""
    from importlib.util import find_spec

    from callboard.cli.main import COMMANDS, group
    from callboard.cli.manual.pages import reference_pages

    context = click.Context(group)
    names = [name for name in COMMANDS if find_spec(f"callboard.cli.{name.replace('-', '_')}")]
    pages = reference_pages({name: found for name in names if (found := group.get_command(context, name))}, group)
    for folder in ("kinds", "problems"):
        for old in (output / folder).glob("*.md"):
            if f"{folder}/{old.name}" not in pages:
                old.unlink()
    for path, text in pages.items():
        (output / path).parent.mkdir(parents=True, exist_ok=True)
        (output / path).write_text(text, encoding="utf-8")
    click.echo(f"{counted(len(pages), 'page')} in {output}/", err=True)
