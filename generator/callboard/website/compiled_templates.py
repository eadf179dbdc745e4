"""The source of a template → its compiled code, from an earlier build if that is not damaged.

The code of the templates that come with Callboard stands beside that of its modules (``program_cache``): a build of a new portal does not
compile them again. That of all templates stands in the portal's cache too, for programs whose folder is read-only or is installed for each
build.
"""

from __future__ import annotations

import contextlib
from io import BytesIO
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from callboard import __version__
from callboard.io.checked_lines import read_checked, write_checked
from callboard.website.program_cache import file_beside, read_beside, write_beside

_PURPOSE = b"templates 3"


class CompiledTemplates(jinja2.BytecodeCache):
    """Files of compiled code, one for each template. Damaged code is never loaded: it could do anything.

    Args:
        cache: the portal's cache, which gets a folder for them.
        builtin: folder of the templates that come with Callboard.
    """

    def __init__(self, cache: Path, builtin: Path) -> None:
        self._folder = cache / f"templates-{__version__}-{jinja2.__version__}"
        self._builtin = builtin
        self._beside: dict[str, Path] = {}
        """Files beside the program, by the key of their templates."""

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The key of a template, which is made of its name and path."""
        key = super().get_cache_key(name, filename)
        if filename and Path(filename).is_relative_to(self._builtin) and (beside := file_beside(f"template-{name.replace('/', '-')}")):
            self._beside[key] = beside
        return key

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of a template, if there is any."""
        if beside := self._beside.get(bucket.key):
            code = read_beside(beside, _PURPOSE)
            if code is not None:
                bucket.load_bytecode(BytesIO(code))
        if bucket.code is None:
            content = read_checked(self._file(bucket), _PURPOSE)
            if content is not None:
                bucket.load_bytecode(BytesIO(content))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Save the code of a template; a full or read-only disk is not an error."""
        buffer = BytesIO()
        bucket.write_bytecode(buffer)
        with contextlib.suppress(OSError):
            write_checked(self._file(bucket), buffer.getvalue(), _PURPOSE)
        beside = self._beside.get(bucket.key)
        if beside:
            write_beside(beside, buffer.getvalue(), _PURPOSE)

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / bucket.key
