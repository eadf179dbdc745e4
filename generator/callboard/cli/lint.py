"""``callboard lint [PATH…]``."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.model.counting import counted

if TYPE_CHECKING:
    from callboard.lint.baseline import Selection
    from callboard.lint.check import LintResult
    from callboard.model.problem import Problem

PROBLEMS_FOUND = 1
STYLES = ("text", "json", "github", "sarif", "junit", "gitlab")
FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True, slots=True)
class LintOptions:
    """The options of the command; what each means stands in its help."""

    paths: tuple[Path, ...]
    config: Path | None
    portal: str | None
    style: str
    output: Path | None
    select: tuple[str, ...]
    ignore: tuple[str, ...]
    severity: str
    strict: bool
    baseline: Path | None
    write_baseline: Path | None
    fix: bool
    diff: bool


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--config", type=FILE, help="The portal's sources.yaml (default: the one here, if any).")
@click.option("--portal", metavar="URL|FOLDER", help="A published portal: references are checked against what it knows.")
@click.option("--format", "style", type=click.Choice(STYLES), default="text", show_default=True, help="How to print the problems.")
@click.option("--output", type=FILE, help="Write them to this file.")
@click.option("--select", multiple=True, metavar="CODE,…", help="Only these codes, or those that begin so (REF).")
@click.option("--ignore", multiple=True, metavar="CODE,…", help="Not these codes, whatever is selected.")
@click.option("--severity", type=click.Choice(("info", "warning", "error")), default="info", show_default=True,
              help="The least severity that is told.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit code 1 for warnings too.")
@click.option("--baseline", type=FILE, help="Tell only what is not in this file.")
@click.option("--write-baseline", type=FILE, help="Write what is wrong today to this file, and end with exit code 0.")
@click.option("--fix", is_flag=True, help="Mend what can be mended safely, and tell the rest.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing; exit code 1 if there is something.")
def command(**options: Any) -> None:
    """Check descriptors: the files and folders PATH…, or all sources of the portal.

    References to other entities are judged when the whole portal is checked, or with --portal: a single repository cannot know what
    exists elsewhere. CALLBOARD_PORTAL_HEADER ("Authorization: Bearer …") is sent to a portal that asks who we are.

    Exit codes: 0 no error, 1 an error was found, 2 something could not be read or used.
    """
    from callboard.model.errors import CallboardError, SourceError

    wishes = LintOptions(**options)
    if wishes.config and (wishes.paths or wishes.portal):
        raise click.UsageError("Give --config or " + ("paths" if wishes.paths else "--portal") + ", not both.")
    selection = _selection(wishes)
    checked, trouble = _check(wishes)
    if wishes.diff or wishes.fix:
        checked, trouble = _mend(wishes, checked, selection) or (checked, trouble)
    problems = tuple(problem for problem in checked.problems if selection.has(problem))
    found = _tell(wishes, checked, problems)
    if trouble:
        raise CallboardError(str(trouble), trouble.hint)
    if checked.failures:
        raise SourceError("\n".join(checked.failures), "The rest was checked.")
    if any(problem.severity == "error" or (wishes.strict and problem.severity == "warning") for problem in found):
        sys.exit(PROBLEMS_FOUND)


def _selection(wishes: LintOptions) -> Selection:
    from callboard.lint.baseline import Selection, codes
    from callboard.model.problem import Severity

    return Selection(codes(wishes.select), codes(wishes.ignore), Severity(wishes.severity))


def _check(wishes: LintOptions) -> tuple[LintResult, Any]:
    """What was found, and the error of a portal that could not be read: what needs no portal is told all the same."""
    from callboard.lint.check import check_paths, check_portal
    from callboard.model.errors import CallboardError

    default = Path("sources.yaml")
    config = wishes.config or (default if not wishes.paths and not wishes.portal and default.exists() else None)
    if config:
        return check_portal(config, os.environ), None
    elsewhere, trouble, url = None, None, ""
    if wishes.portal:
        from callboard.lint.portal_names import is_url, read_names

        url = wishes.portal.rstrip("/") + "/" if is_url(wishes.portal) else ""
        try:
            elsewhere = read_names(wishes.portal, os.environ)
        except CallboardError as error:
            trouble = error
    return check_paths(wishes.paths or (Path(),), os.environ, elsewhere=elsewhere, portal_url=url), trouble


def _mend(wishes: LintOptions, checked: LintResult, selection: Selection) -> tuple[LintResult, Any] | None:
    """With --diff the end; with --fix another check, if something was mended."""
    from callboard.lint.fix import difference, fixes, write

    files = fixes(checked, selection.has)
    if wishes.diff:
        click.echo("".join(map(difference, files)), nl=False)
        sys.exit(PROBLEMS_FOUND if files else 0)
    write(files)
    if not files:
        return None
    count = sum(file.mends for file in files)
    click.echo(
        f"Mended {counted(count, 'problem')} in {counted(len(files), 'file')}: "
        f"{', '.join(file.shown for file in files[:5])}{' …' if len(files) > 5 else ''}.", err=True,  # noqa: PLR2004 - enough to look at
    )  # fmt: skip
    return _check(wishes)


def _tell(wishes: LintOptions, checked: LintResult, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Print or write the problems; those that count for the exit code."""
    from callboard.lint import baseline
    from callboard.lint.formats import render, wants_colour
    from callboard.lint.report import say_hidden, summary

    if wishes.write_baseline:
        wishes.write_baseline.write_text(baseline.written(problems), encoding="utf-8")
        click.echo(f"{counted(len(problems), 'problem stands', 'problems stand')} in {wishes.write_baseline}; "
                   f"--baseline {wishes.write_baseline} hides {'it' if len(problems) == 1 else 'them'}.", err=True)  # fmt: skip
        return ()
    kept, hidden = baseline.without(problems, baseline.read(wishes.baseline)) if wishes.baseline else (problems, 0)
    colour = not wishes.output and wants_colour(terminal=sys.stdout.isatty(), environ=os.environ)
    text = render(kept, wishes.style, lines=checked.line, portal=checked.portal_url, colour=colour, hidden=hidden)
    if wishes.output:
        wishes.output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False, color=colour)
    if wishes.output or wishes.style != "text":
        click.echo(" ".join(filter(None, (summary(kept), say_hidden(hidden)))), err=True)
    if not checked.files:
        click.echo("No descriptor was found: they are called catalog-info.yaml, or are named by their own path.", err=True)
    return kept
