"""``callboard new TEMPLATE [FOLDER]``: a software template and answers → a new project, in a folder or as a repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


@click.command("new")
@click.argument("template", required=False)
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--data", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="File of YAML or JSON with answers. Repeatable.")  # fmt: skip
@click.option("--set", "texts", multiple=True, metavar="NAME=TEXT", help="An answer as text. Repeatable.")
@click.option("--set-json", "values", multiple=True, metavar="NAME=JSON", help="An answer as JSON: a number, a list … Repeatable.")
@click.option("--answers", "encoded", metavar="JSON", default="",
              help="Answers as JSON, which may be percent-encoded, as the portal's form writes what a shell would change.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show the files, their difference from FOLDER, and what would be done. Change nothing.")
@click.option("--skip-unknown", is_flag=True, help="List steps whose action is not installed as things to do by hand.")
@click.option("--publish", "publishing", type=click.Choice(["auto", "tool", "git", "print", "none"]), default="auto", show_default=True,
              help="How repositories and pull requests are made: with gh or glab (tool), with git push alone (git), or printed as "
                   "commands; auto uses what is installed.")  # fmt: skip
@click.option("--user", metavar="REF", default="", help="Your entity in the portal, such as user:default/jane, for templates that use it.")
@click.option("--host", "hosts", multiple=True, metavar="HOST=TYPE",
              help="For a template file: a host from which steps may fetch, such as github.com=github. Repeatable.")  # fmt: skip
@click.option("--update", "is_update", is_flag=True,
              help="Update FOLDER (default: the working folder) to the template's current revision: merge, mark conflicts.")  # fmt: skip
@click.option("--diff", "is_diff", is_flag=True, help="With --update: only show what the template would make differently.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask before something is published.")
def command(template: str | None, folder: Path | None, *, is_update: bool, **options: Any) -> int:
    """Make a new project from a software template.

    TEMPLATE is the address of a portal and a template in it (https://portal.example.com#default/service), or the path of a template's
    file. Missing answers are asked for on a terminal. The repositories are read and written with your own git credentials. Files are
    written to FOLDER, which must not exist or be empty; without FOLDER, a template that makes no repository writes to a folder that has
    the name of the project.
    """
    from callboard.cli.new_project import NewProject, make_project
    from callboard.cli.new_update import update_project

    if is_update:
        return update_project(folder or Path(template or "."), options)
    if not template:
        raise click.UsageError("Missing argument 'TEMPLATE'.")
    return make_project(NewProject(template, folder, options))
