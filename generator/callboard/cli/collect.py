"""``callboard collect``: names of sources → their data in the saved state, and a line about each."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from callboard.model.counting import counted

NOT_READ = 1


@click.command("collect")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--only", multiple=True, metavar="NAME", help="Read only this source. Repeatable. Default: all.")
@click.option("--now", metavar="TIME", help="Time of the collection in ISO 8601 (default: SOURCE_DATE_EPOCH, else the current time).")
@click.option(
    "--accept-loss", is_flag=True, help="Accept that more entities disappeared than the limits under history: in sources.yaml allow."
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("--debug", is_flag=True, help="Show the traceback of an exception in a plugin.")
def command(config: Path, only: tuple[str, ...], now: str | None, accept_loss: bool, quiet: bool, debug: bool) -> None:  # noqa: FBT001
    """Read some sources and save their data in `.callboard/`, for a build on a machine that cannot reach them.

    Run that build with `--skip NAME`. A source that cannot be read keeps its last good copy, and the exit code is 1.
    """
    import os

    from callboard import __version__
    from callboard.build_caches import DiskCaches
    from callboard.cli.output import known_sources, lock_wait, report_failures, report_set_aside
    from callboard.descriptors.portal_kinds import portal_kinds
    from callboard.history.build_state import load_build_state
    from callboard.io import clock
    from callboard.io.store import Store
    from callboard.pipeline import Workspace, collect, ingest
    from callboard.plugins.portal_settings import read_settings
    from callboard.state.last_good_copy import BuildPolicy
    from callboard.state.loss_guards import guards_of

    settings = read_settings(config, os.environ)
    everything = [source.name for source in settings.sources]
    asked = known_sources(settings, only or everything)
    store, section = Store.beside(settings.root), settings.sections.get("history", {})
    with store.lock(lock_wait(quiet=quiet), "collect"):
        memory = load_build_state(store, clock.now(now, os.environ), __version__, settings)
        policy = BuildPolicy(everything, memory.now, guards_of(section, accept_loss=accept_loss), store.blob, asked)
        work = Workspace(settings, os.environ, portal_kinds(settings), DiskCaches(store.cache))
        served = ingest(work, collect(work, asked), memory.previous, policy)
        report_set_aside(memory.save_collected(served))
    mine = [collection for collection in served.collections if collection.source in asked]
    for collection in (collection for collection in mine if collection.errors or not quiet):
        click.echo(
            f"{collection.source}: {counted(collection.count, 'entity', 'entities')}, {'; '.join(collection.errors) or 'up to date'}",
            err=True,
        )
    report_failures(served.failures, debug=debug)
    if any(collection.errors for collection in mine):
        sys.exit(NOT_READ)
