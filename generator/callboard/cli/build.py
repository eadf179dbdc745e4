"""``callboard build``: options → a `BuildRequest` for the pipeline; its result → a summary and an exit code."""

from __future__ import annotations

import sys
from pathlib import Path

import click

PROBLEMS_FOUND = 1


@click.command("build")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), show_default="site next to the configuration",
              help="Folder to write the site to: new, empty, or written by an earlier build.")  # fmt: skip
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with code 1 if a descriptor has an error, or a source or an integration failed; the site is built anyway.",
)
@click.option("--now", metavar="TIME", help="Time of the build in ISO 8601 (default: SOURCE_DATE_EPOCH, else the current time).")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="Write durations, counts and peak memory to this file as JSON."
)
@click.option(
    "--summary", type=click.Path(dir_okay=False, path_type=Path),
    help="Append a summary in Markdown to this file, also of a build that stops, for the job summary of a CI service.",
)  # fmt: skip
@click.option("--allow-missing-sources", is_flag=True, help="Build without the sources that cannot be read.")
@click.option(
    "--accept-loss", is_flag=True, help="Build even if more entities disappeared than the limits under history: in sources.yaml allow."
)
@click.option("--from-state", is_flag=True, help="Rebuild from saved state, without network.")
@click.option("--skip", multiple=True, metavar="NAME",
              help="Do not query this source; use what `callboard collect` saved. Repeatable.")  # fmt: skip
@click.option("--verify", is_flag=True, help="Hash all files of the site, also those whose size and times are unchanged, and repair them.")
@click.option("-v", "--verbose", is_flag=True, help="Also print how long each step took, and what each source and integration returned.")
@click.option("--debug", is_flag=True, help="Show the traceback of an exception in a plugin.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def command(  # noqa: PLR0913, PLR0917 - options
    config: Path, output: Path | None, strict: bool, now: str | None, report: Path | None, summary: Path | None,  # noqa: FBT001
    allow_missing_sources: bool, accept_loss: bool, from_state: bool, skip: tuple[str, ...], verify: bool, verbose: bool, debug: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Build the portal's site.

    Problems in descriptors are counted and shown on the site; they never stop the build. A template, label or icon of the portal
    with an error is replaced by what is built in, and the exit code is 1; a guide with an error is left out or shown as text. A source
    that cannot be read is served from its last good copy. If too much cannot be read, too much would be lost, or the site cannot be
    built, the previous site is left unchanged and the exit code is 2.
    """
    import os

    from callboard.build_request import BlockedError, BuildRequest
    from callboard.builds import build
    from callboard.cli import output as terminal
    from callboard.cli.build_summary import write_outcome, write_stop
    from callboard.io import clock
    from callboard.io.clock import Meter
    from callboard.model.errors import CallboardError
    from callboard.plugins.portal_settings import read_settings

    meter = Meter(terminal.announcer(quiet=quiet))
    settings, folder = read_settings(config, os.environ), terminal.default_site(config, output)
    request = BuildRequest(
        settings, folder, clock.now(now, os.environ), os.environ, allow_missing_sources, accept_loss=accept_loss, from_state=from_state,
        skipped=terminal.known_sources(settings, skip), verify=verify, lock_wait=terminal.lock_wait(quiet=quiet),
    )  # fmt: skip
    try:
        built = build(request, meter)
    except CallboardError as error:
        terminal.report_debug(error.failures if isinstance(error, BlockedError) else (), debug=debug)
        write_stop(summary, error)
        raise
    write_outcome(report, summary, built)
    terminal.report_failures(built.failures, debug=debug)
    terminal.report_build(built, folder, quiet=quiet, verbose=verbose)
    if terminal.report_portal_problems(built.problems, settings.file.parent, quiet=quiet) or (strict and built.has_failed):
        sys.exit(PROBLEMS_FOUND)
