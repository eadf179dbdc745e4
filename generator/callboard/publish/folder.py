"""A built site → a folder, written with the same staged commit as a build."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

from callboard.plugins.publishers import (
    Committed,
    FileTimes,
    PublishContext,
    Published,
    PublishError,
    Site,
    Staging,
    WebsiteError,
    json_resource,
    output_lock,
)


class FolderPublisher:
    """A folder, such as one that a web server serves."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/publishers/folder.json")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        self._folder = context.root / Path(str(options["path"])).expanduser()
        self._step = context.step
        name = sha256(str(self._folder).encode("utf-8", "surrogateescape")).hexdigest()[:32]
        self._times = FileTimes(context.cache / "publish" / f"{name}.times")

    def publish(self, site: Site) -> Published:
        """Stage changed files, then rename them into place: assets first, pages last. Files not written by Callboard are never touched."""
        self._check_overlap(site)
        try:
            with output_lock(self._folder):
                done = self._committed(site)
        except WebsiteError as error:
            raise PublishError(str(error).replace("--output", "path"), error.hint.replace("--output", "the option path")) from error
        except OSError as error:
            raise PublishError(f"{self._folder} cannot be written: {error.strerror or error}.", "The next run continues.") from error
        return Published(str(self._folder), done.written, done.unchanged, done.removed)

    def _committed(self, site: Site) -> Committed:
        staging = Staging(self._folder, self._step, self._times)
        try:
            for path, written in site.files.items():
                if not staging.keep(path, written.digest):
                    staging.put(path, site.read(path))
        except PublishError:
            staging.discard()
            raise
        return staging.commit()

    def _check_overlap(self, site: Site) -> None:
        built, target = site.folder.resolve(), self._folder.resolve()
        if built == target or built in target.parents or target in built.parents:
            raise PublishError(f"{self._folder} and the built site {site.folder} contain one another.", "Publish to another folder.")
