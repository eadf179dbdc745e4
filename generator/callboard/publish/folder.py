"""Publishing into a folder: committed there as a build commits its site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from callboard.model.errors import PublishError, WebsiteError
from callboard.plugins.publishers import PublishContext, Published, Site, options_schema
from callboard.website.staging import Staging


class FolderPublisher:
    """A folder, such as one that a web server shows."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("folder")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        self._folder = context.root / Path(str(options["path"])).expanduser()
        self._step = context.step

    def publish(self, site: Site) -> Published:
        """Stage what changed, then rename it into place: assets first, pages last; files of others are never touched."""
        self._refuse_itself(site)
        try:
            staging = Staging(self._folder, self._step)
            try:
                for path, written in site.files.items():
                    if not staging.keep(path, written.digest):
                        staging.put(path, site.read(path))
            except PublishError:
                staging.discard()
                raise
            done = staging.commit()
        except WebsiteError as error:
            raise PublishError(str(error).replace("--output", "path"), error.hint.replace("--output", "the option path")) from error
        except OSError as error:
            raise PublishError(f"{self._folder} cannot be written: {error.strerror or error}.", "The next run goes on.") from error
        return Published(str(self._folder), done.written, done.unchanged, done.removed)

    def _refuse_itself(self, site: Site) -> None:
        built, target = site.folder.resolve(), self._folder.resolve()
        if built == target or built in target.parents or target in built.parents:
            raise PublishError(f"{self._folder} and the built site in {site.folder} lie in one another.", "Publish into another folder.")
