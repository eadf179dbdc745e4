"""Progress and results of commands → lines on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

from callboard.cli.terminal_text import wants_colour
from callboard.io.store import LockWait
from callboard.lint.report import plain, severity_counts, skip_reasons
from callboard.model.counting import counted
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem, Severity
from callboard.redaction.secrets import mask
from callboard.settings.invalid import InvalidSettingsError, is_portal_problem

if TYPE_CHECKING:
    from callboard.build_request import BuildResult
    from callboard.plugins.integrations import IntegrationFailure
    from callboard.plugins.sources import SourceFailure
    from callboard.settings.settings import Settings


MOST = 10
"""Problems of the site that are printed; the others are only counted."""
MOST_OWN = 50
"""Problems of the portal's own files that are printed, the worst first."""


LOCK_SECONDS = 60.0
"""Time for which a command waits for another run on the same portal."""


class HasTraceback(Protocol):
    """The failure of a plugin."""

    @property
    def traceback(self) -> str:
        """Empty unless the plugin raised an exception that it did not handle; secrets are masked."""


def announcer(*, quiet: bool) -> Callable[[str], None]:
    """A function that shows the current phase in one line, which the next phase overwrites; on a terminal only."""
    if quiet or not sys.stderr.isatty():
        return lambda _: None

    def announce(phase: str) -> None:
        click.echo(f"\r\x1b[K{phase} …", nl=False, err=True)

    return announce


def lock_wait(*, quiet: bool = False) -> LockWait:
    """A minute to wait for another run, announced on stderr: the background build of a preview ends in that time."""
    return LockWait(LOCK_SECONDS, (lambda _: None) if quiet else (lambda message: click.echo(f"{plain(message)}", err=True)))


def default_site(config: Path, folder: Path | None) -> Path:
    """The folder of the site: the given one, or ``site`` next to the configuration."""
    return config.parent / "site" if folder is None else folder


def known_sources(settings: Settings, names: Collection[str]) -> tuple[str, ...]:
    """The names without duplicates. Raises ``SettingsError`` for a name that no source in ``sources.yaml`` has."""
    known = [source.name for source in settings.sources]
    for name in names:
        if name not in known:
            raise SettingsError(f'There is no source "{name}" in {settings.file.name}.', f"Known sources: {', '.join(known)}.")
    return tuple(dict.fromkeys(names))


def report_failures(failures: Sequence[SourceFailure | IntegrationFailure], *, debug: bool) -> None:
    """Print a line for each source, integration or query that failed; with ``debug``, the tracebacks of plugins after them."""
    from callboard.build_request import failure_messages

    _clear_line()
    for line in failure_messages(failures):
        click.echo(plain(mask(line)), err=True)
    report_debug(failures, debug=debug)


def report_debug(failures: Iterable[HasTraceback], *, debug: bool) -> None:
    """With ``debug``, print the tracebacks of exceptions that plugins did not handle, and what plugins of other packages printed."""
    from callboard.plugins.containment.plugin_process import printed_by_plugins

    if not debug:
        return
    for line in (line for failure in failures for line in failure.traceback.splitlines()):
        click.echo(plain(mask(line)), err=True)
    for name, text in printed_by_plugins():
        click.echo(f"What {name} printed:", err=True)
        for line in text.splitlines():
            click.echo(f"  {plain(mask(line))}", err=True)


def message_of(error: SettingsError) -> str:
    """The message; for an invalid configuration, with an excerpt of the file at each problem, and a hint below."""
    if not isinstance(error, InvalidSettingsError):
        return str(error)
    from callboard.lint.portal_files import render_portal_problems

    return " ".join(error.heads) + "\n\n" + render_portal_problems(error.problems, error.root, colour=_has_colour())


def _has_colour() -> bool:
    return wants_colour(terminal=sys.stderr.isatty(), environ=os.environ)


def report_build(built: BuildResult, output: Path, *, quiet: bool, verbose: bool) -> None:
    """Print what was built, unless it is to be quiet; with ``verbose``, the details after it."""
    if not quiet:
        _report_summary(built, output)
    if verbose:
        _report_details(built)


def _report_summary(built: BuildResult, output: Path) -> None:
    """Print what was built, how many problems the descriptors have, and each problem of the site itself."""
    from callboard.build_request import loss_messages
    from callboard.plugins.integrations import IntegrationFailure
    from callboard.plugins.integrations.rules import FAMILY_FAILED

    counts = built.report["counts"]
    _clear_line()
    for message in loss_messages(built.losses):
        click.echo(plain(mask(message)), err=True)
    for path in built.damaged:
        click.echo(f"The history in {path} is damaged or missing; its changes are not shown. Restore the file from a backup.", err=True)
    report_set_aside(built.set_aside)
    click.echo(
        f"{counted(counts['entities'], 'entity', 'entities')} from {counted(counts['trees'], 'repository', 'repositories')} in {output}/: "
        f"{counts['pages_rendered']:,} of {counted(counts['pages'], 'page')} rendered, {counted(counts['files_written'], 'file')} written, "
        f"{built.report['seconds']:.1f} s.",
        err=True,
    )
    if repaired := counts["files_repaired"]:
        were = "file of the site was" if repaired == 1 else "files of the site were"
        click.echo(f"{repaired:,} {were} changed or removed after the last build, and written again.", err=True)
    if skipped := counts["skipped"]:
        click.echo(
            f"Skipped {counted(sum(skipped.values()), 'document')}: {skip_reasons(skipped)}. See the page /problems/skipped/.", err=True
        )
    _report_left_out(counts)
    if failed := sorted({failure.integration for failure in built.failures if isinstance(failure, IntegrationFailure)}):
        click.echo(
            f"{counted(len(failed), 'integration')} failed or returned a part: {', '.join(failed)}. See the page /status/.", err=True
        )
    of_plugins = [problem for problem in built.catalog_problems if problem.code == FAMILY_FAILED.code]
    of_descriptors = [each for each in built.catalog_problems if not is_portal_problem(each) and each.code != FAMILY_FAILED.code]
    if of_descriptors:
        click.echo(
            f"Problems in descriptors: {severity_counts(of_descriptors)}. See the page /problems/, or run `callboard lint`.", err=True
        )
    of_site = [problem for problem in built.problems[len(built.catalog_problems) :] if not is_portal_problem(problem)]
    _print_problems_of_site([*of_plugins, *of_site])


def _report_details(built: BuildResult) -> None:
    """Print how long each phase took, and the numbers of each source and integration."""
    _clear_line()
    rows = [(phase["name"], f"{phase['seconds']:.2f} s") for phase in built.report["phases"]]
    entities = built.report["counts"]["entities_by_source"]
    rows += [(f"source {name}", counted(number, "entity", "entities")) for name, number in sorted(entities.items())]
    for name, numbers in sorted(built.report["counts"]["integrations"].items()):
        parts = (f"{key.replace('_', ' ')}: {value:,}" for key, value in numbers.items() if isinstance(value, int))
        rows.append((f"integration {name}", ", ".join(parts)))
    width = max(len(name) for name, _ in rows)
    for name, text in rows:
        click.echo(f"  {plain(mask(f'{name.ljust(width)}  {text}'))}", err=True)


def _report_left_out(counts: Mapping[str, Any]) -> None:
    """Print that there are no sources, or how many repositories their options leave out, which exist and are not in the catalog."""
    from callboard.state.loss_guards import left_out_text

    if not counts["sources"]:
        click.echo("sources.yaml lists no sources: the site has no entities.", err=True)
    if left_out := counts["left_out"]:
        by_source = "; ".join(f"{name}: {left_out_text(numbers.items())}" for name, numbers in left_out.items())
        number = counted(sum(sum(numbers.values()) for numbers in left_out.values()), "repository", "repositories")
        click.echo(f"Left out by the options of sources: {number} ({by_source}).", err=True)


def report_portal_problems(problems: Iterable[Problem], root: Path, *, quiet: bool) -> bool:
    """Print the problems of the portal's own files; with ``quiet``, its errors only.

    Returns true if there is an error in a template, label or icon. Guides have authors who are not those of the portal: one of them
    could otherwise keep a workflow from publishing.
    """
    own = [problem for problem in problems if is_portal_problem(problem)]
    errors = [problem for problem in own if problem.severity is Severity.ERROR]
    shown = errors if quiet else own
    from callboard.website.rules import GUIDE_CODES

    if shown:
        from callboard.lint.portal_files import render_portal_problems

        listed = sorted(shown, key=lambda problem: problem.severity.rank)[:MOST_OWN]
        click.echo(f"\n{render_portal_problems(listed, root, colour=_has_colour())}\n", err=True)
        click.echo(f"Problems in the portal's own files: {severity_counts(shown)}.", err=True)
    is_replaced = any(problem.code not in GUIDE_CODES for problem in errors)
    if is_replaced:
        click.echo("The site was built with the built-in files in place of those with errors.", err=True)
    return is_replaced


def report_set_aside(paths: Sequence[Path]) -> None:
    """Print where damaged files of the history are kept."""
    for path in paths:
        click.echo(f"The damaged file of the history is kept as {path}.", err=True)


def _clear_line() -> None:
    """Remove the line about the current phase, which is on a terminal only."""
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)


def _print_problems_of_site(problems: Sequence[Problem]) -> None:
    """Problems of plugins' families, and those found while the site was made: dead links in texts, missing guides."""
    for problem in problems[:MOST]:
        about = f"{problem.subject}: " if problem.subject else ""
        click.echo(
            f"{problem.severity} {problem.code}: {about}{plain(mask(problem.message))} {plain(mask(problem.hint))}".rstrip(), err=True
        )
    if len(problems) > MOST:
        click.echo(f"and {counted(len(problems) - MOST, 'more', 'more')}; `--report FILE` has the counts.", err=True)
