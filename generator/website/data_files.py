"""Data beside the pages: JSON that is compact and the same for the same value; what is not to be made again is not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.outside.store import write_atomically
from generator.website.committing import Staging


@dataclass(frozen=True, slots=True)
class Later:
    """A file that is made when the pages and their files are there, and only if its key is not that of last time."""

    path: str
    key: str
    """Digest of all that it is made of."""
    make: Callable[[Callable[[str], bytes]], bytes]
    """Its content; may read other files of the site."""


DataFile = tuple[str, bytes] | Later
"""Path below the site's root, and content."""


def put_data(files: Iterable[DataFile], staging: Staging, cache: Path) -> None:
    """Put these files; ``cache`` is where their keys are kept."""
    before, now = _read(cache), {}
    for file in files:
        if not isinstance(file, Later):
            staging.put(*file)
            continue
        known = before.get(file.path)
        if not known or known[0] != file.key or not staging.keep(file.path, known[1]):
            staging.put(file.path, file.make(staging.read))
        now[file.path] = (file.key, staging.digest(file.path))
    if now != before:
        write_atomically(cache, json.dumps(now).encode())


def _read(cache: Path) -> dict[str, tuple[str, str]]:
    try:
        return {str(path): (str(key), str(digest)) for path, (key, digest) in json.loads(cache.read_bytes()).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def json_bytes(value: Any) -> bytes:
    """Compact JSON in UTF-8; mappings keep their order, which is part of the value's meaning to readers.

    Text that is no valid Unicode (a lone surrogate) is written as an escape.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
