"""``callboard diff OLD NEW``: two saved states → what changed between them."""

from __future__ import annotations

from pathlib import Path

import click

from callboard.model.problem import Problem


@click.command("diff")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json", "digest"]), default="text", show_default=True,
              help="Output format; digest is one paragraph for a chat or a commit message.")  # fmt: skip
def command(old: Path, new: Path, form: str) -> None:
    """Show what changed from the build OLD to the build NEW.

    Each is a state folder (`.callboard`, or `state` in it) or its file `current.json`. The exit code is 0 with or without changes.
    """
    from callboard.history import formats
    from callboard.history.diff import compared
    from callboard.state.files import read_summaries

    before, after = read_summaries(old), read_summaries(new)
    same = before.version == after.version
    problems = (before.problem_summaries, after.problem_summaries) if same else ((), ())
    failures: list[Problem] = []
    changes = compared(before.summaries, after.summaries, *problems, after.as_of, (before, after), failures)
    render = {"text": formats.as_text, "markdown": formats.as_markdown, "json": formats.as_json, "digest": formats.digest}[form]
    click.echo(render(changes).rstrip("\n"))
    for failure in failures:
        click.echo(f"{failure.code}: {failure.message} {failure.hint}", err=True)
    if not same:
        click.echo(f"Problems are not compared: Callboard {before.version} and {after.version} have different rules.", err=True)
