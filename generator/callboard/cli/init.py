"""``callboard init [FOLDER]``: options, and answers to prompts → the files of a new portal, and its first site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

SOURCES = (
    "files",
    "git",
    "github",
    "gitlab",
    "gitea",
    "azure-devops",
    "bitbucket-cloud",
    "bitbucket-datacenter",
    "aws",
    "http",
    "ldap",
    "entra",
    "okta",
    "keycloak",
    "scim",
    "backstage",
)
SERVICES = ("github", "github-server", "gitlab", "none")
AUDIENCES = ("internal", "public")
_VISIBILITY = {
    "github": "The portal is internal, but GitHub Pages shows a site to everybody, except private sites of GitHub Enterprise Cloud. The "
    "workflow fails until the repository and its Pages site are private. Without private sites, use --ci none and publish elsewhere.",
    "github-server": "The portal is internal: the workflow fails in a public repository. Who can read Pages is a setting of the server.",
    "gitlab": "The portal is internal: in GitLab, set Settings, General, Visibility, Pages to 'Only project members'. The workflow fails "
    "in a public project.",
}


@click.command("init")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=Path())
@click.option("--name", help="Name of the portal (default: Developer portal).")
@click.option("--organization", help="Name of your organization.")
@click.option("--url", help="URL of the site, such as https://portal.example.com/.")
@click.option(
    "--audience", type=click.Choice(AUDIENCES), help="Who may read the site: your organization (internal, default), or everybody."
)
@click.option(
    "--source", metavar="TYPE", help=f"Type of the first source of descriptors: {', '.join(SOURCES)}, or one of a plugin (default: files)."
)
@click.option("--location", help="What the source reads: a folder, a URL, an organization or a group.")
@click.option("--integration", "tools", multiple=True, metavar="TYPE", help="A tool to connect, such as pagerduty. Repeatable.")
@click.option("--set", "more", multiple=True, metavar="KEY=VALUE",
              help="Another option of the source, or TYPE.KEY=VALUE for one of an integration. Repeatable.")  # fmt: skip
@click.option("--scorecards/--no-scorecards", default=True, help="Copy the starter scorecards into the portal (default), or do not.")
@click.option("--ci", "service", type=click.Choice(SERVICES), help="CI service that builds the portal every night (default: github).")
@click.option("--package", default="", help="Name of the package that the workflow installs (default: callboard).")
@click.option("--git", default="", metavar="URL@TAG",
              help="Repository from which the workflow installs Callboard, in place of a package index.")  # fmt: skip
@click.option("--index-url", default="", metavar="URL", help="Package index of the workflow.")
@click.option("--extra", multiple=True, type=click.Choice(["github-app", "ldap", "s3"]),
              help="An extra that the workflow installs, in addition to those that the source needs. Repeatable.")  # fmt: skip
@click.option("--build/--no-build", "with_build", default=True, help="Build the site right away (default), or only write the files.")
def command(folder: Path, with_build: bool, scorecards: bool, **given: Any) -> None:  # noqa: FBT001
    """Create a portal in FOLDER: sources.yaml, scorecards, .gitignore, a nightly workflow, and a first site.

    On a terminal, options that are not given are prompted for. Each answer is checked at once. Existing files are never changed.
    """
    import os
    from dataclasses import replace

    from callboard.cli.prompts import scaffold_options
    from callboard.model.errors import SettingsError
    from callboard.plugins.portal_settings import read_settings
    from callboard.scaffold.new_portal import example_files, portal_files, raise_if_exists, write_new

    raise_if_exists(folder)
    options = replace(scaffold_options(given, prompts=sys.stdin.isatty()), has_scorecards=scorecards)
    files = {**portal_files(options), **example_files(options, folder)}
    before = _missing_folders(folder, files)
    folder.mkdir(parents=True, exist_ok=True)
    existing = write_new(folder, files)
    try:
        read_settings(folder / "sources.yaml", os.environ)
    except SettingsError:
        _undo(folder, set(files) - set(existing), before)
        raise
    for path in files:
        click.echo(f"{'kept:' if path in existing else 'written:'} {folder / path}", err=True)
    _report_next_steps(folder, options)
    if with_build:
        _first_build(folder)


def _missing_folders(folder: Path, files: Any) -> list[Path]:
    """The folders that writing the files makes, the deepest first."""
    parents = {parent for path in files for parent in (folder / path).parents if not parent.exists()}
    return sorted(parents, key=lambda parent: len(parent.parts), reverse=True)


def _undo(folder: Path, written: set[str], made: list[Path]) -> None:
    for path in written:
        (folder / path).unlink()
    for parent in made:
        parent.rmdir()


def _report_next_steps(folder: Path, options: Any) -> None:
    """Print who can read the site, and the secrets that the workflow needs."""
    from callboard.cli.workflow import report_secrets
    from callboard.scaffold.install_line import is_from_folder

    if options.audience == "internal" and options.service in _VISIBILITY:
        click.echo(_VISIBILITY[options.service], err=True)
    if options.service != "none":
        report_secrets((folder / "sources.yaml").read_text("utf-8"), options.service)
        if is_from_folder() and not (options.install.git_url or options.install.index_url):
            click.echo("This Callboard was installed from a folder: check the line `pip install` in the workflow, or give --git.", err=True)


def _first_build(folder: Path) -> None:
    from callboard.cli.build import command as build
    from callboard.model.errors import CallboardError

    context = click.get_current_context()
    try:
        context.invoke(build, config=folder / "sources.yaml", output=folder / "site")
    except CallboardError as error:
        raise CallboardError(f"The files were written, but the first build failed. {error}", error.hint) from error
    click.echo(f"Preview it: callboard serve --config {folder / 'sources.yaml'}", err=True)
