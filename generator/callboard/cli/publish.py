"""``callboard publish [NAME…]``: the built site → the targets of `publish:`, and a line about each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.model.counting import counted

if TYPE_CHECKING:
    from callboard.plugins.run_publishers import Outcome

TOOL_FAILURE = 2


@click.command("publish")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--site", "folder", type=click.Path(file_okay=False, path_type=Path), show_default="site next to the configuration",
              help="Folder that `callboard build` wrote.")  # fmt: skip
@click.option("--now", metavar="TIME", help="Time of a commit in ISO 8601 (default: SOURCE_DATE_EPOCH, else the current time).")
@click.option("--debug", is_flag=True, help="Show the traceback of an exception in a plugin.")
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
def command(names: tuple[str, ...], config: Path, folder: Path | None, now: str | None, debug: bool, quiet: bool) -> None:  # noqa: FBT001
    """Publish the built site to all targets under publish: in sources.yaml, or to those with the given names.

    Only changed files are written, pages last; files that are no longer part of the site are removed at the end. The next run completes
    an interrupted one. A target that fails does not stop the others; the exit code is then 2.
    """
    import os

    from callboard.cli.output import default_site, lock_wait, report_debug
    from callboard.io import clock
    from callboard.io.store import Store
    from callboard.plugins.portal_settings import read_settings
    from callboard.plugins.publishers import PublishContext
    from callboard.plugins.publishers.built_site import read_site
    from callboard.plugins.run_publishers import publish_all, targets

    settings = read_settings(config, os.environ)
    chosen, store = targets(settings, names), Store.beside(settings.root)
    context = PublishContext(settings.root, store.cache, clock.now(now, os.environ), settings.portal, os.environ, settings.redactor)
    has_failed = False
    with store.lock(lock_wait(quiet=quiet), "publish"):
        for outcome in publish_all(chosen, read_site(default_site(config, folder)), context):
            has_failed |= outcome.failure is not None
            if outcome.failure or not quiet:
                click.echo(_summary(outcome), err=True)
            report_debug([outcome], debug=debug)
    if has_failed:
        sys.exit(TOOL_FAILURE)


def _summary(outcome: Outcome) -> str:
    name, failure, done = outcome.target.name, outcome.failure, outcome.published
    if failure or not done:
        return f"{name}: not published: {failure}" + (f"\n  {failure.hint}" if failure and failure.hint else "")
    numbers = f"{counted(done.written, 'file')} written, {done.removed:,} removed, {done.unchanged:,} unchanged"
    return f"{name}: {done.where}: {numbers}{f' ({done.note})' if done.note else ''}."
