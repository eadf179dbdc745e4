"""``callboard lint [PATH…]``: files, folders or a portal → problems in one of several formats, fixes, an exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass

if TYPE_CHECKING:
    from callboard.lint.baseline import Selection
    from callboard.lint.check import LintResult
    from callboard.model.errors import CallboardError
    from callboard.model.problem import Problem

PROBLEMS_FOUND = 1
STYLES = ("text", "json", "github", "sarif", "junit", "gitlab")
FILE = click.Path(dir_okay=False, path_type=Path)
MOST_FILES = 5
"""Files whose paths are printed after fixing."""


@dataclass(frozen=True, slots=True)
class LintOptions:
    """The options of the command, by their names; their help texts document them."""

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
    debug: bool
    quiet: bool


@click.command("lint")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--config", type=FILE, help="The portal's sources.yaml (default: the one in the working folder, if any).")
@click.option("--portal", metavar="URL|FOLDER", help="A published portal: check references against the entities that it has.")
@click.option("--format", "style", type=click.Choice(STYLES), default="text", show_default=True, help="Output format.")
@click.option("--output", type=FILE, help="Write the problems to this file.")
@click.option("--select", multiple=True, metavar="CODE,…", help="Report only these codes, or codes with these prefixes (REF).")
@click.option("--ignore", multiple=True, metavar="CODE,…", help="Do not report these codes or prefixes, even if selected.")
@click.option("--severity", type=click.Choice(("info", "warning", "error")), default="info", show_default=True,
              help="Lowest severity to report.")  # fmt: skip
@click.option("--strict", is_flag=True, help="Exit with code 1 for warnings, too.")
@click.option("--baseline", type=FILE, help="Report only problems that are not in this file.")
@click.option("--write-baseline", type=FILE, help="Write the current problems to this file, and exit with code 0.")
@click.option("--fix", is_flag=True, help="Fix what can be fixed safely, and report the rest.")
@click.option(
    "--diff", is_flag=True, help="Show what --fix would change without changing it; exit with code 1 if there is anything to fix."
)
@click.option("--debug", is_flag=True, help="Show the traceback of an exception in a plugin.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems and errors only, without a summary.")
def command(**values: Any) -> None:
    """Check descriptors: the files and folders PATH…, or all sources of the portal.

    A whole portal is checked as `callboard build` does, with what integrations report; with --ignore INT, integrations are not queried.
    In a portal and in folders, the documentation of the entities is checked as well; with --ignore DOC, it is not read.

    References to other entities are checked only in a whole portal or with --portal, because a single repository does not have all
    entities. For a portal that requires authentication, set CALLBOARD_PORTAL_HEADER ("Authorization: Bearer …").

    Exit codes: 0 no errors, 1 errors found, 2 something could not be read or used.
    """
    from callboard.cli.output import report_debug
    from callboard.lint.check import invalid_settings
    from callboard.model.errors import CallboardError, SourceError
    from callboard.settings.invalid import InvalidSettingsError

    options = LintOptions(**values)
    if options.config and (options.paths or options.portal):
        raise click.UsageError("Give --config or " + ("paths" if options.paths else "--portal") + ", not both.")
    selection = selection_of(options)
    try:
        result, portal_error = _check(options, selection)
    except InvalidSettingsError as error:
        invalid = invalid_settings(error)
        report(options, invalid, invalid.problems)
        raise CallboardError(" ".join(error.heads), error.hint) from error
    if options.diff or options.fix:
        result, portal_error = _fix(options, result, selection) or (result, portal_error)
    problems = tuple(problem for problem in result.problems if selection.has(problem))
    reported = report(options, result, problems)
    for note in result.notes:
        _note(options, note)
    report_debug(result.all_failures, debug=options.debug)
    if portal_error:
        raise CallboardError(str(portal_error), portal_error.hint)
    if result.failures:
        raise SourceError("\n".join(result.failures), "Everything else was checked.")
    if any(problem.severity == "error" or (options.strict and problem.severity == "warning") for problem in reported):
        sys.exit(PROBLEMS_FOUND)


def selection_of(options: LintOptions) -> Selection:
    """Which problems are to be reported."""
    from callboard.lint.baseline import Selection, codes
    from callboard.model.problem import Severity

    return Selection(codes(options.select), codes(options.ignore), Severity(options.severity))


def _check(options: LintOptions, selection: Selection) -> tuple[LintResult, CallboardError | None]:
    """The result, and the error of a portal that could not be read: what needs no portal is checked and reported all the same."""
    from callboard.io import clock
    from callboard.lint.check import check_paths, check_portal
    from callboard.model.errors import CallboardError
    from callboard.plugins.rules import rules_of

    default = Path("sources.yaml")
    reads = any(selection.has_code(rule.code) for rule in rules_of("documentation.rules"))
    config = options.config or (default if not options.paths and not options.portal and default.exists() else None)
    if config:
        needs_integrations = any(selection.has_code(rule.code) for rule in rules_of("plugins.integrations.rules"))
        now = clock.now(None, os.environ) if needs_integrations else None
        return check_portal(config, os.environ, now, reads_documentation=reads), None
    external_refs, portal_error, url = None, None, ""
    if options.portal:
        from callboard.lint.portal_names import read_names
        from callboard.lint.portal_reader import is_url

        url = options.portal.rstrip("/") + "/" if is_url(options.portal) else ""
        try:
            external_refs = read_names(options.portal, os.environ)
        except CallboardError as error:
            portal_error = error
    paths = options.paths or (Path(),)
    return check_paths(paths, os.environ, external_refs=external_refs, portal_url=url, reads_documentation=reads), portal_error


def _fix(options: LintOptions, result: LintResult, selection: Selection) -> tuple[LintResult, CallboardError | None] | None:
    """Fix the selected problems and check again; None if there is nothing to fix. With --diff, print the changes and exit."""
    from callboard.lint.fix import difference, fixes, write

    files = fixes(result, selection.has)
    if options.diff:
        click.echo("".join(map(difference, files)), nl=False)
        sys.exit(PROBLEMS_FOUND if files else 0)
    write(files)
    if not files:
        return None
    count = sum(file.fixed for file in files)
    shown = ", ".join(file.shown for file in files[:MOST_FILES]) + (" …" if len(files) > MOST_FILES else "")
    _note(options, f"Fixed {counted(count, 'problem')} in {counted(len(files), 'file')}: {shown}.")
    return _check(options, selection)


def report(options: LintOptions, result: LintResult, problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Print or write the problems, or write the baseline; returns the problems that count for the exit code."""
    from callboard.cli.terminal_text import wants_colour
    from callboard.lint import baseline
    from callboard.lint.formats import render
    from callboard.lint.report import checked, hidden_by_baseline, summary

    if options.write_baseline and not result.is_invalid:
        options.write_baseline.write_text(baseline.baseline_text(problems), encoding="utf-8")
        hides = f"--baseline {options.write_baseline} hides {'it' if len(problems) == 1 else 'them'}."
        _note(options, f"Wrote {counted(len(problems), 'problem')} to {options.write_baseline}; {hides}")
        return ()
    reported, hidden = problems, 0
    if options.baseline:
        known = baseline.read_baseline(options.baseline, is_portal=not result.sources.is_working_copy)
        reported, hidden = baseline.not_in_baseline(problems, known)
    colour = not options.output and wants_colour(terminal=sys.stdout.isatty(), environ=os.environ)
    read = "" if result.is_invalid or options.quiet else checked(result.files, result.documents, result.skipped)
    text = render(reported, options.style, lines=result.sources.line, portal=result.portal_url, colour=colour, hidden=hidden, checked=read)
    if options.output:
        options.output.write_text(text, encoding="utf-8")
    elif reported or options.style != "text" or not options.quiet:
        click.echo(text, nl=False, color=colour)
    if options.output or options.style != "text":
        _note(options, " ".join(filter(None, (summary(reported), hidden_by_baseline(hidden), read))))
    if not result.files and not result.is_invalid and result.sources.is_working_copy:
        _note(options, "No descriptors found: folders are searched for files named catalog-info.yaml; name other files by path.")
    return reported


def _note(options: LintOptions, line: str) -> None:
    """Print a line about the run itself on stderr, unless it is to be quiet."""
    if not options.quiet:
        click.echo(line, err=True)
