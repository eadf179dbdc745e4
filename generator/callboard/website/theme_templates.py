"""A template of the theme → its compiled code, from a file beside the program.

MkDocs has no cache for them, and compiling them takes a third of its time. The code of a portal's own overrides is not kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from callboard.website.program_cache import file_beside, read_beside, write_beside

_PURPOSE = b"theme 1"


class ThemeTemplates(jinja2.BytecodeCache):
    """Files of compiled code, one for each template that an installed package or Callboard brings.

    Args:
        overrides: folder with the overrides of Callboard and of the portal, in one.
        builtin: folder of Callboard's overrides.
        installed: folders of the theme's and of MkDocs' templates.
    """

    def __init__(self, overrides: Path, builtin: Path, installed: Iterable[Path]) -> None:
        self._overrides = overrides
        self._builtin = builtin
        self._installed = tuple(installed)
        self._files: dict[str, Path] = {}
        """The file of each template that has one, by its key."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The key of a template: its file, since the theme's templates extend others of the same name."""
        path = Path(filename or name)
        folder = next((folder for folder in (self._overrides, *self._installed) if path.is_relative_to(folder)), None)
        if folder and (folder != self._overrides or _is_equal(path, self._builtin / path.relative_to(folder))):
            whose = "callboard" if folder == self._overrides else folder.parent.name
            file = file_beside(f"theme-{whose}-{'-'.join(path.relative_to(folder).parts)}")
            if file:
                self._files[str(path)] = file
        return str(path)

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of a template, if there is any."""
        file = self._files.get(bucket.key)
        code = read_beside(file, _PURPOSE) if file else None
        if code is not None:
            bucket.load_bytecode(BytesIO(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Save the code of a template; a full or read-only disk is not an error."""
        if file := self._files.get(bucket.key):
            buffer = BytesIO()
            bucket.write_bytecode(buffer)
            write_beside(file, buffer.getvalue(), _PURPOSE)


def _is_equal(path: Path, other: Path) -> bool:
    return path.is_file() and other.is_file() and path.read_bytes() == other.read_bytes()
