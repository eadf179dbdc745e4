"""The output folder of a build → a ``Site`` to publish."""

from __future__ import annotations

from pathlib import Path

from callboard.io.site_folder.manifest import SITE_MARKER, WORKSHOP, read_manifest
from callboard.model.errors import PublishError
from callboard.plugins.publishers.base import BUILD, Site


def read_site(folder: Path) -> Site:
    """The site in a folder.

    Raises:
        PublishError: it was not written by ``callboard build``, is incomplete, or a file is missing.
    """
    if not (folder / SITE_MARKER).is_file():
        raise PublishError(f"{folder} was not made by Callboard: it has no file {SITE_MARKER}.", BUILD)
    if (folder / WORKSHOP).exists():
        raise PublishError(
            f"The last build of {folder} was interrupted.", "Run `callboard build` again: it completes the interrupted build."
        )
    files = read_manifest(folder)
    for path, written in files.items():
        file = folder / path
        if file.is_symlink() or not file.is_file() or file.stat().st_size != written.size:
            raise PublishError(f"{file} is not as the build wrote it.", BUILD)
    return Site(folder, files)
