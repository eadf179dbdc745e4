"""The source of a template → its compiled code, from the cache of an earlier build if that is not damaged."""

from __future__ import annotations

import contextlib
from io import BytesIO
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket

from callboard import __version__
from callboard.io.checked_lines import read_checked, with_digest, write_unsynced

_PURPOSE = b"templates 3"


class CompiledTemplates(jinja2.BytecodeCache):
    """A folder below ``cache`` with a file for each template. Damaged code is never loaded: it could do anything."""

    def __init__(self, cache: Path) -> None:
        self._folder = cache / f"templates-{__version__}-{jinja2.__version__}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load the code of a template, if there is any."""
        content = read_checked(self._file(bucket), _PURPOSE)
        if content is not None:
            bucket.load_bytecode(BytesIO(content))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Save the code of a template; a full or read-only disk is not an error."""
        buffer = BytesIO()
        bucket.write_bytecode(buffer)
        with contextlib.suppress(OSError):
            write_unsynced(self._file(bucket), with_digest(buffer.getvalue(), _PURPOSE))

    def _file(self, bucket: Bucket) -> Path:
        return self._folder / bucket.key
