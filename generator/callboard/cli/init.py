"""``callboard init [FOLDER]``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

SOURCES = ("files", "git", "github", "gitlab")
SERVICES = ("github", "gitlab", "none")
_QUESTIONS = {
    "files": ("Folder with the repositories, relative to the portal's", "repositories"),
    "git": ("URL of the repository", None),
    "github": ("Organization on GitHub", None),
    "gitlab": ("Group on GitLab", None),
}


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--name", help="The portal's name (default: Developer portal).")
@click.option("--organization", help="The organization that it is about.")
@click.option("--url", help="Where the site will be served, such as https://portal.example.com/.")
@click.option("--source", type=click.Choice(SOURCES), help="Where descriptors live (default: files).")
@click.option("--location", help="The folder, the repository's URL, the organization or the group that the source reads.")
@click.option("--ci", "service", type=click.Choice(SERVICES), help="What builds it every night (default: github).")
@click.option("--build/--no-build", "wants_build", default=True, help="Build the site at once (default), or only write the files.")
def command(folder: Path, wants_build: bool, **given: str | None) -> None:  # noqa: FBT001
    """Begin a portal in FOLDER: sources.yaml, .gitignore, a workflow for every night, and a first site.

    On a terminal it asks for what no option says. Files that are there already are never changed.
    """
    import os

    from callboard.model.errors import CallboardError, SettingsError
    from callboard.plugins.portal_settings import read_settings
    from callboard.scaffold.new_portal import example_files, portal_files, write_new

    wishes = _wishes(given, may_ask=sys.stdin.isatty())
    files = {**portal_files(wishes), **example_files(wishes, folder)}
    folder.mkdir(parents=True, exist_ok=True)
    left = write_new(folder, files)
    try:
        read_settings(folder / "sources.yaml", os.environ)
    except SettingsError:
        for path in set(files) - set(left):
            (folder / path).unlink()
        raise
    for path in files:
        click.echo(f"{'left as it is:' if path in left else 'written:'} {folder / path}", err=True)
    if wants_build:
        try:
            _build(folder)
        except CallboardError as error:
            raise CallboardError(f"The files are there, but the first build failed. {error}", error.hint) from error


def _wishes(given: dict[str, str | None], *, may_ask: bool) -> Any:
    from callboard.scaffold.new_portal import ScaffoldOptions

    def ask(key: str, question: str, default: str | None, **more: Any) -> str:
        value = given[key]
        if value is None and may_ask:
            value = str(click.prompt(question, default=default, err=True, **more))
        if value is None and default is None:
            raise click.UsageError(f"With --source {source} say --{key} too: {question[:1].lower()}{question[1:]}.")
        return default or "" if value is None else value

    source = ask("source", "Where do descriptors live", "files", type=click.Choice(SOURCES))
    question, default = _QUESTIONS[source]
    return ScaffoldOptions(
        source=source,
        location=ask("location", question, default),
        name=ask("name", "Name of the portal", "Developer portal"),
        organization=ask("organization", "Organization", ""),
        url=ask("url", "Address where it will be served (may be empty)", ""),
        service=ask("service", "What builds it every night", "github", type=click.Choice(SERVICES)),  # type: ignore[arg-type]
    )


def _build(folder: Path) -> None:
    from callboard.cli.build import command as build

    context = click.get_current_context()
    context.invoke(build, config=folder / "sources.yaml", output=folder / "site")
    click.echo(f"Look at it: callboard serve --config {folder / 'sources.yaml'}", err=True)
