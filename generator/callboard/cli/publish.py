"""``callboard publish [NAME…]``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.model.counting import counted

if TYPE_CHECKING:
    from callboard.publish.targets import Outcome

TOOL_FAILURE = 2


@click.command("publish")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--site", "folder", type=click.Path(file_okay=False, path_type=Path), default=Path("site"), show_default=True,
              help="The folder that `callboard build` wrote.")  # fmt: skip
@click.option("--now", metavar="TIME", help="The time of a commit in ISO 8601 (default: SOURCE_DATE_EPOCH, else the clock).")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
def command(names: tuple[str, ...], config: Path, folder: Path, now: str | None, quiet: bool) -> None:  # noqa: FBT001
    """Put the built site to all places under publish: in sources.yaml, or to those of these names.

    Only what changed is written, pages last, and what is gone is removed at the end. A publishing that was interrupted is finished by the
    next one. A place that fails does not hinder the others; the exit code is 2 then.
    """
    import os

    from callboard.io import clock
    from callboard.io.store import Store
    from callboard.plugins.portal_settings import read_settings
    from callboard.plugins.publishers import PublishContext
    from callboard.publish.site import read_site
    from callboard.publish.targets import publish_all, targets

    settings = read_settings(config, os.environ)
    wanted, store = targets(settings, names), Store.beside(settings.root)
    time = clock.now(now, os.environ)
    context = PublishContext(settings.root, store.cache, time, settings.portal, os.environ, settings.redactor)
    has_failed = False
    with store.lock():
        for outcome in publish_all(wanted, read_site(folder), context):
            has_failed |= outcome.failure is not None
            if outcome.failure or not quiet:
                click.echo(_told(outcome), err=True)
    if has_failed:
        sys.exit(TOOL_FAILURE)


def _told(outcome: Outcome) -> str:
    name, failure, done = outcome.target.name, outcome.failure, outcome.published
    if failure or not done:
        return f"{name}: not published: {failure}" + (f"\n  {failure.hint}" if failure and failure.hint else "")
    numbers = f"{counted(done.written, 'file')} written, {done.removed:,} removed, {done.unchanged:,} unchanged"
    return f"{name}: {done.where}: {numbers}{f' ({done.note})' if done.note else ''}."
