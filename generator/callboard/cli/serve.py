"""``callboard serve``: a portal → a preview server on this machine, until it is interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callboard.preview.loop import PreviewLoop


@click.command("serve")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("site"), show_default=True,
              help="Folder of the complete site, built in the background: new, empty, or written by an earlier build.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="Port on this machine; 0 selects a free one.")
@click.option("--allow-missing-sources", is_flag=True, help="Continue without sources that cannot be read.")
@click.option("--whole", is_flag=True, hidden=True, help="Build as a preview does in the background, and exit.")
def command(config: Path, output: Path, port: int, allow_missing_sources: bool, whole: bool) -> None:  # noqa: FBT001 - options
    """Preview the portal on this machine; a change to a descriptor, template, style or guide shows within a second.

    The browser reloads changed pages and shows new problems. Pages are rendered when they are opened; the complete site, with full-text
    search, is built into --output in the background.
    """
    import gc
    import os
    import sys

    from callboard.io import clock
    from callboard.lint.formats import wants_colour
    from callboard.preview.loop import PreviewLoop
    from callboard.preview.portal import PreviewPortal

    if whole:
        _build(config, output, allow_missing_sources=allow_missing_sources)
        return
    colour = wants_colour(terminal=sys.stderr.isatty(), environ=os.environ)
    live = PreviewPortal(config, os.environ, lambda: clock.now(None, os.environ), allow_missing=allow_missing_sources, colour=colour)
    again: list[str | Path] = [sys.executable, "-m", "callboard", "serve", "--whole", "--config", config, "--output", output]
    following = PreviewLoop(
        live, config, output, [*again, *(["--allow-missing-sources"] if allow_missing_sources else [])], os.environ, _say
    )
    gc.disable()  # the loop collects garbage itself, when it is idle
    _serve(following, port)


def _serve(following: PreviewLoop, port: int) -> None:
    import signal

    signal.signal(signal.SIGTERM, _terminated)  # so that the build in the background is ended, too
    try:
        preview = following.open(port)
        _say(f"Serving {preview.address}; Ctrl-C ends it.")
        following.run()
    finally:
        following.close()


def _terminated(*_: object) -> None:
    _say("Stopped.")
    raise SystemExit(0)


def _build(config: Path, output: Path, *, allow_missing_sources: bool) -> None:
    import os

    from callboard.io import clock
    from callboard.io.clock import Meter
    from callboard.pipeline import BuildRequest, build
    from callboard.plugins.portal_settings import read_settings

    now = clock.now(None, os.environ)
    request = BuildRequest(
        read_settings(config, os.environ), output, now, os.environ, allow_missing_sources, accept_loss=True, remember=False
    )  # fmt: skip
    build(request, Meter())


def _say(line: str) -> None:
    click.echo(line, err=True)
