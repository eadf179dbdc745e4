"""``callboard template lint PATH…``: files and folders with software templates → their problems, as ``callboard lint`` reports them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli.lint import FILE, PROBLEMS_FOUND, STYLES, LintOptions, report, selection_of

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command("template")
@click.argument("action", type=click.Choice(("lint",)))
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "style", type=click.Choice(STYLES), default="text", show_default=True, help="Output format.")
@click.option("--output", type=FILE, help="Write the problems to this file.")
@click.option("--select", multiple=True, metavar="CODE,…", help="Report only these codes, or codes with these prefixes (TPL).")
@click.option("--ignore", multiple=True, metavar="CODE,…", help="Do not report these codes or prefixes, even if selected.")
@click.option("--severity", type=click.Choice(("info", "warning", "error")), default="info", show_default=True,
              help="Lowest severity to report.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with code 1 for warnings, too.")
@click.option("--baseline", type=FILE, help="Report only problems that are not in this file.")
@click.option("--write-baseline", type=FILE, help="Write the current problems to this file, and exit with code 0.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems and errors only, without a summary.")
def command(action: str, **values: Any) -> None:  # noqa: ARG001 - there is one action
    """Check software templates (`callboard template lint`): files, and folders that are searched for YAML files of kind Template.

    Reported is what Backstage would keep as literal text, what becomes empty, steps that would fail, skeletons that are missing, and
    forms that cannot be submitted (TPL001 to TPL014), with the other problems of these files. Nothing of a template is run.

    Exit codes: 0 no errors, 1 errors found (with --strict also warnings), 2 something could not be read or used.
    """
    import os

    from callboard.lint.check import check_paths
    from callboard.lint.template_files import template_files
    from callboard.model.errors import SourceError

    given = values.pop("paths") or (Path(),)
    rest: dict[str, Any] = {"config": None, "portal": None, "fix": False, "diff": False, "debug": False}
    options = LintOptions(paths=tuple(_files(given, template_files)), **values, **rest)
    if not options.paths:
        click.echo("No templates found: folders are searched for YAML files with `kind: Template`.", err=True)
        return
    result = check_paths(options.paths, os.environ)
    selection = selection_of(options)
    reported = report(options, result, tuple(problem for problem in result.problems if selection.has(problem)))
    if result.failures:
        raise SourceError("\n".join(result.failures), "Everything else was checked.")
    if any(problem.severity == "error" or (options.strict and problem.severity == "warning") for problem in reported):
        sys.exit(PROBLEMS_FOUND)


def _files(paths: tuple[Path, ...], search: Any) -> Iterator[Path]:
    for path in paths:
        yield from search(path) if path.is_dir() else (path,)
