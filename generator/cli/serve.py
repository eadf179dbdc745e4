"""``callboard serve``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("serve")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), default=Path("sources.yaml"), show_default=True,
              help="The portal's configuration.")  # fmt: skip
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), default=Path("site"), show_default=True,
              help="Folder of the site: new, empty, or made by an earlier build.")  # fmt: skip
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True, help="On this machine; 0 takes a free one.")
@click.option("--allow-missing-sources", is_flag=True, help="Build without the sources that cannot be read.")
def command(config: Path, output: Path, port: int, allow_missing_sources: bool) -> None:  # noqa: FBT001 - an option
    """Build, show the portal on this machine, and build again whenever a descriptor, template, style or guide changes.

    The browser loads each new site by itself. A build that fails leaves the last good site and says why in the page.
    """
    import os
    import threading

    from generator.cli.talking import say_built
    from generator.outside import clock
    from generator.outside.metering import Meter
    from generator.outside.store import Store
    from generator.pipeline import Request, build
    from generator.server.answers import base_of
    from generator.server.preview import Preview
    from generator.server.watching import build_on_change, build_once
    from generator.settings.reading import read_settings

    settings = read_settings(config, os.environ)

    def make() -> None:
        request = Request(
            read_settings(config, os.environ), output, clock.now(None, os.environ), os.environ, allow_missing_sources,
            accept_loss=True, remember=False,
        )  # fmt: skip
        say_built(build(request, Meter()), output)

    preview = Preview(output, base_of(settings.portal.url), port)
    build_once(make, preview, _say)
    preview.start()
    _say(f"Serving {preview.address}; Ctrl-C ends it.")
    folders = [settings.root / str(s.options["path"]) for s in settings.sources if s.type == "files" and "path" in s.options]
    ignored = [output, Store.beside(settings.root).folder]
    try:
        build_on_change([settings.root, *folders], ignored, make, preview, threading.Event(), _say)
    except KeyboardInterrupt:
        _say("Stopped.")
    finally:
        preview.stop()


def _say(line: str) -> None:
    click.echo(line, err=True)
