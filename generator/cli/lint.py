"""``callboard lint [PATH…]``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

PROBLEMS_FOUND = 1


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), help="The portal's sources.yaml (default: the one here, if any)."
)
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to print the problems."
)
def command(paths: tuple[Path, ...], config: Path | None, style: str) -> None:
    """Check descriptors: the files and folders PATH…, or all sources of the portal.

    References to other entities are judged only when the whole portal is checked: a single repository cannot know what exists
    elsewhere. Exit code 1 when there is an error, else 0.
    """
    import os

    from generator.checking import check_paths, check_portal
    from generator.errors import SourceError
    from generator.linting.rendering import render, wants_colour
    from generator.problems import Severity

    default = Path("sources.yaml")
    if paths and config:
        raise click.UsageError("Give paths or --config, not both.")
    portal = config or (default if not paths and default.exists() else None)
    checked = check_portal(portal, os.environ) if portal else check_paths(paths or (Path(),), os.environ)
    colour = wants_colour(terminal=sys.stdout.isatty(), environ=os.environ)
    text = render(checked.problems, "json" if style == "json" else "text", lines=checked.line, colour=colour)
    click.echo(text, nl=False, color=colour)
    if checked.failures:
        raise SourceError("\n".join(checked.failures), "The rest was checked.")
    if any(problem.severity is Severity.ERROR for problem in checked.problems):
        sys.exit(PROBLEMS_FOUND)
