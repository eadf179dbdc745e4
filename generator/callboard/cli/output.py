"""What commands say on stderr while they work and when they are done."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.lint.report import plain
from callboard.model.counting import counted
from callboard.model.errors import SettingsError
from callboard.model.problem import Problem, Severity
from callboard.redaction.secrets import mask

if TYPE_CHECKING:
    from callboard.pipeline import BuildResult
    from callboard.settings.settings import Settings


MOST = 10
"""Problems of the site that are told one by one."""


def announcer(*, quiet: bool) -> Callable[[str], None]:
    """Shows the phase that goes on, in one line that is written over; on a terminal only."""
    if quiet or not sys.stderr.isatty():
        return lambda _: None

    def announce(phase: str) -> None:
        click.echo(f"\r\x1b[K{phase} …", nl=False, err=True)

    return announce


def known_sources(settings: Settings, names: Collection[str]) -> tuple[str, ...]:
    """The names, if ``sources.yaml`` has them all. Raises ``SettingsError``."""
    known = [source.name for source in settings.sources]
    for name in names:
        if name not in known:
            raise SettingsError(f'There is no source "{name}" in {settings.file.name}.', f"Known are {', '.join(known)}.")
    return tuple(dict.fromkeys(names))


def report_build(built: BuildResult, output: Path) -> None:
    """What was built, what is wrong with the descriptors, and what is wrong in the site."""
    counts = built.report["counts"]
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)
    for failure in built.resolved.failures:
        click.echo(f"Not read: the source {failure.source!r} {failure.repository}: {failure.message}", err=True)
    click.echo(
        f"{counted(counts['entities'], 'entity', 'entities')} from {counted(counts['trees'], 'repository', 'repositories')} in {output}/: "
        f"{counts['pages_rendered']:,} of {counted(counts['pages'], 'page')} rendered, {counted(counts['files_written'], 'file')} written, "
        f"{built.report['seconds']:.1f} s.",
        err=True,
    )
    found = Counter(problem.severity for problem in built.resolved.problems)
    if found:
        told = ", ".join(counted(found[each], each, each if each == "info" else "") for each in Severity if found[each])
        click.echo(f"Problems in descriptors: {told}. They stand on the page /problems/; `callboard lint` prints them.", err=True)
    _say_of_site(built.problems[len(built.resolved.problems) :])


def _say_of_site(problems: Sequence[Problem]) -> None:
    """What was found while the site was made, and stands on no page: dead links in texts, guides that are not there."""
    for problem in problems[:MOST]:
        about = f"{problem.subject}: " if problem.subject else ""
        click.echo(
            f"{problem.severity} {problem.code}: {about}{plain(mask(problem.message))} {plain(mask(problem.hint))}".rstrip(), err=True
        )
    if len(problems) > MOST:
        click.echo(f"and {counted(len(problems) - MOST, 'more', 'more')}; `--report FILE` counts them.", err=True)
