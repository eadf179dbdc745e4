"""A built site → one zip file, which is the same for the same site."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from typing import Any, ClassVar

from callboard.plugins.publishers import PublishContext, Published, Publisher, PublishError, Site, json_resource

EPOCH = (1980, 1, 1, 0, 0, 0)
"""Time of all files in the archive, so that the same site makes the same bytes."""


class ArchivePublisher(Publisher):
    """One zip file with the whole site."""

    api_version = 1
    schema: ClassVar[Mapping[str, Any]] = json_resource(__name__, "options.json")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        self._path = context.root / str(options["path"])

    def publish(self, site: Site) -> Published:
        """Write the archive beside the old one, then rename it. Raises ``PublishError``."""
        try:
            old = self._digests()
            new = {path: file.digest for path, file in site.files.items()}
            if old != new:
                self._write(site, new)
        except (OSError, zipfile.BadZipFile) as error:
            raise PublishError(f"{self._path} cannot be written: {error}", "Check the path and the free disk space.") from error
        unchanged = sum(1 for path, digest in new.items() if old.get(path) == digest)
        return Published(str(self._path), len(new) - unchanged, unchanged, len(old.keys() - new.keys()))

    def _digests(self) -> Mapping[str, str]:
        """The files of the present archive; a digest is kept as the comment of its file."""
        if not self._path.exists():
            return {}
        with zipfile.ZipFile(self._path) as archive:
            return {info.filename: info.comment.decode("ascii", "replace") for info in archive.infolist()}

    def _write(self, site: Site, digests: Mapping[str, str]) -> None:
        part = self._path.with_suffix(".part")
        with zipfile.ZipFile(part, "w") as archive:
            for path in sorted(site.files):
                info = zipfile.ZipInfo(path, EPOCH)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.comment = digests[path].encode()
                archive.writestr(info, site.read(path))
        part.replace(self._path)
