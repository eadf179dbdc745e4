"""``callboard serve``: a portal → a preview server on this machine, until it is interrupted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from callboard.preview.loop import PreviewLoop

LOOPBACK = "127.0.0.1"


@click.command("serve")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), show_default="site next to the configuration",
              help="Folder of the complete site, built in the background: new, empty, or written by an earlier build.")  # fmt: skip
@click.option("--host", default=LOOPBACK, show_default=True, metavar="ADDRESS",
              help="Address to listen on; with 0.0.0.0, all IPv4 addresses of this machine, and others can read the preview.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="Port on this machine; 0 selects a free one.")
@click.option("--open", "opens", is_flag=True, help="Open the preview in a browser.")
@click.option("--allow-missing-sources", is_flag=True, help="Continue without sources that cannot be read.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems and errors only.")
@click.option("--whole", is_flag=True, hidden=True, help="Build as a preview does in the background, and exit.")
def command(
    config: Path, output: Path | None, host: str, port: int, opens: bool, allow_missing_sources: bool, quiet: bool, whole: bool,  # noqa: FBT001
) -> None:  # fmt: skip
    """Preview the portal on this machine; a change to a descriptor, template, style or guide shows within a second.

    The browser reloads changed pages and shows new problems. Pages are rendered when they are opened; the complete site, with full-text
    search, is built into --output in the background.
    """
    import gc
    import os
    import sys

    from callboard.cli.output import default_site
    from callboard.cli.terminal_text import wants_colour
    from callboard.io import clock
    from callboard.preview.loop import PreviewLoop
    from callboard.preview.portal import PreviewPortal

    site = default_site(config, output)
    if whole:
        _build(config, site, allow_missing_sources=allow_missing_sources)
        return
    colour = wants_colour(terminal=sys.stderr.isatty(), environ=os.environ)
    live = PreviewPortal(config, os.environ, lambda: clock.now(None, os.environ), allow_missing=allow_missing_sources, colour=colour)
    again: list[str | Path] = [sys.executable, "-m", "callboard", "serve", "--whole", "--config", config, "--output", site]
    following = PreviewLoop(
        live, config, site, [*again, *(["--allow-missing-sources"] if allow_missing_sources else [])], os.environ, _say, quiet=quiet
    )
    gc.disable()  # the loop collects garbage itself, when it is idle
    _serve(following, host, port, opens=opens)


def _serve(following: PreviewLoop, host: str, port: int, *, opens: bool) -> None:
    import signal

    signal.signal(signal.SIGTERM, _terminated)  # so that the build in the background is ended, too
    try:
        preview = following.open(port, host)
        _say(f"Serving {preview.address}; Ctrl-C ends it.")
        if not preview.is_local:
            _say(f"Everybody who can reach port {preview.port} of this machine can read the preview; there is no authentication.")
        if opens:
            _open(preview.address)
        following.run()
    finally:
        following.close()


def _open(address: str) -> None:
    """Show the address in a browser; without one, as in a container or over SSH, say so."""
    import webbrowser

    if not webbrowser.open(address):
        _say(f"No browser was found; open {address} yourself.")


def _terminated(*_: object) -> None:
    _say("Stopped.")
    raise SystemExit(0)


def _build(config: Path, output: Path, *, allow_missing_sources: bool) -> None:
    import os

    from callboard.build_request import BuildRequest
    from callboard.cli.output import lock_wait
    from callboard.io import clock
    from callboard.io.clock import Meter
    from callboard.pipeline import build
    from callboard.plugins.portal_settings import read_settings

    now = clock.now(None, os.environ)
    request = BuildRequest(
        read_settings(config, os.environ), output, now, os.environ, allow_missing_sources, accept_loss=True, remember=False,
        lock_wait=lock_wait(quiet=True),
    )  # fmt: skip
    build(request, Meter())


def _say(line: str) -> None:
    click.echo(line, err=True)
