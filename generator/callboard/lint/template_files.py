"""A folder → the YAML files below it that have a Template entity."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

MAX_FILES = 20_000
"""YAML files that are looked into."""
MAX_BYTES = 1_000_000
_KIND = re.compile(rb"^kind:[ \t]*+[\"']?Template[\"']?[ \t]*+(?:#.*)?\r?$", re.MULTILINE)
_SKIPPED = frozenset({".git", "node_modules", ".venv", "site-packages"})


def template_files(folder: Path) -> Iterator[Path]:
    """The files in sorted order; links to folders are not followed."""
    looked = 0
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED)
        for name in sorted(names):
            if name.endswith((".yaml", ".yml")) and looked < MAX_FILES:
                looked += 1
                path = Path(place, name)
                if _has_template(path):
                    yield path


def _has_template(path: Path) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return False
        return _KIND.search(path.read_bytes()) is not None
    except OSError:
        return False
