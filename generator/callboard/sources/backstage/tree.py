"""The files of which Backstage has entities → a tree with their addresses on the web, without their contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from callboard.plugins.sources import MissingFileError


@dataclass(frozen=True, slots=True, eq=False)
class ReportedTree:
    """The files of one repository of which Backstage has entities: their addresses, without their contents."""

    id: str
    repository: str
    view: str
    """URL of a file on the web, with ``{path}``."""
    views: Mapping[str, str] = field(repr=False)
    """URL of each known file by path, as Backstage has it."""
    edits: Mapping[str, str] = field(repr=False)
    """URL of the editor of each known file by path; empty if unknown."""
    revision: str = ""
    addresses: Sequence[str] = ()
    """Empty: Locations and placeholders of other sources find no content here."""

    def read(self, path: str, limit: int) -> bytes:
        """Raise ``MissingFileError``: Backstage has the entities of files, not the files."""
        del limit
        raise MissingFileError(f"Backstage does not have the file {path[:200]} of {self.repository}")

    def glob(self, pattern: str) -> Sequence[str]:
        """Nothing: files cannot be read."""
        del pattern
        return ()

    def fetch(self, paths: Sequence[str]) -> None:
        """Do nothing: files cannot be read."""

    def last_change(self, path: str) -> datetime | None:
        """None: Backstage does not know it."""
        del path
        return None

    def view_url(self, path: str, line: int | None = None) -> str:
        """Address of a file, or of a folder, on the web. The line is unknown, because the file was not read."""
        del line
        if path in self.views:
            return self.views[path]
        return self.view.replace("/blob/", "/tree/", 1).replace("{path}", quote(path, safe="/"))

    def edit_url(self, path: str) -> str:
        """Address at which the file can be edited."""
        return self.edits.get(path, "")
