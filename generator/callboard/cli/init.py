"""``callboard init [FOLDER]``: options, and answers to prompts → the files of a new portal, and its first site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

SOURCES = ("files", "git", "github", "gitlab")
SERVICES = ("github", "gitlab", "none")
AUDIENCES = ("internal", "public")
_VISIBILITY = {
    "github": "The portal is internal, but GitHub Pages shows a site to everybody, except private sites of GitHub Enterprise Cloud. The "
    "workflow fails until the repository and its Pages site are private. Without private sites, use --ci none and publish elsewhere.",
    "gitlab": "The portal is internal: in GitLab, set Settings, General, Visibility, Pages to 'Only project members'. The workflow fails "
    "in a public project.",
}
_QUESTIONS = {
    "files": ("Folder with the repositories, relative to the portal's folder", "repositories"),
    "git": ("URL of the repository", None),
    "github": ("Organization on GitHub", None),
    "gitlab": ("Group on GitLab", None),
}


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--name", help="Name of the portal (default: Developer portal).")
@click.option("--organization", help="Name of your organization.")
@click.option("--url", help="URL of the site, such as https://portal.example.com/.")
@click.option(
    "--audience", type=click.Choice(AUDIENCES), help="Who may read the site: your organization (internal, default), or everybody."
)
@click.option("--source", type=click.Choice(SOURCES), help="Type of the first source of descriptors (default: files).")
@click.option("--location", help="What the source reads: a folder, a repository URL, an organization or a group.")
@click.option("--ci", "service", type=click.Choice(SERVICES), help="CI service that builds the portal every night (default: github).")
@click.option("--build/--no-build", "with_build", default=True, help="Build the site right away (default), or only write the files.")
def command(folder: Path, with_build: bool, **given: str | None) -> None:  # noqa: FBT001
    """Create a portal in FOLDER: sources.yaml, .gitignore, a nightly workflow, and a first site.

    On a terminal, options that are not given are prompted for. Existing files are never changed.
    """
    import os

    from callboard.model.errors import CallboardError, SettingsError
    from callboard.plugins.portal_settings import read_settings
    from callboard.scaffold.new_portal import example_files, portal_files, write_new

    options = _options(given, prompts=sys.stdin.isatty())
    files = {**portal_files(options), **example_files(options, folder)}
    folder.mkdir(parents=True, exist_ok=True)
    existing = write_new(folder, files)
    try:
        read_settings(folder / "sources.yaml", os.environ)
    except SettingsError:
        for path in set(files) - set(existing):
            (folder / path).unlink()
        raise
    for path in files:
        click.echo(f"{'kept:' if path in existing else 'written:'} {folder / path}", err=True)
    if options.audience == "internal" and options.service in _VISIBILITY:
        click.echo(_VISIBILITY[options.service], err=True)
    if with_build:
        try:
            _build(folder)
        except CallboardError as error:
            raise CallboardError(f"The files were written, but the first build failed. {error}", error.hint) from error


def _options(given: dict[str, str | None], *, prompts: bool) -> Any:
    """The options; with ``prompts``, missing ones are prompted for. Raises ``click.UsageError`` for a missing one without a default."""
    from callboard.scaffold.new_portal import ScaffoldOptions

    def ask(key: str, question: str, default: str | None, **more: Any) -> str:
        value = given[key]
        if value is None and prompts:
            value = str(click.prompt(question, default=default, err=True, **more))
        if value is None and default is None:
            raise click.UsageError(f"--source {source} also requires --{key}: {question[:1].lower()}{question[1:]}.")
        return default or "" if value is None else value

    source = ask("source", "Where are your descriptors", "files", type=click.Choice(SOURCES))
    question, default = _QUESTIONS[source]
    return ScaffoldOptions(
        source=source,
        location=ask("location", question, default),
        name=ask("name", "Name of the portal", "Developer portal"),
        organization=ask("organization", "Organization", ""),
        audience=ask(
            "audience",
            "Who may read the site: your organization (internal), or everybody (public)",
            "internal",
            type=click.Choice(AUDIENCES),
        ),  # type: ignore[arg-type]
        url=ask("url", "URL of the site (may be empty)", ""),
        service=ask("service", "CI service that builds the portal every night", "github", type=click.Choice(SERVICES)),  # type: ignore[arg-type]
    )


def _build(folder: Path) -> None:
    from callboard.cli.build import command as build

    context = click.get_current_context()
    context.invoke(build, config=folder / "sources.yaml", output=folder / "site")
    click.echo(f"Preview it: callboard serve --config {folder / 'sources.yaml'}", err=True)
