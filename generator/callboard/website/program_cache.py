"""What is made of the program alone → files beside the program, where Python keeps its compiled modules, for builds of all portals.

Such a file is as safe there as Python's own (``__pycache__``): whoever can write it can write any module of the program. It has a digest of
all of the program's files, and is made again with another one.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path

from callboard.incremental.fingerprint import code_digest
from callboard.io.checked_lines import read_checked, write_checked
from callboard.io.store import umask


def file_beside(name: str) -> Path | None:
    """The file of this name, with which implementation of Python wrote it; None if Python keeps no compiled modules."""
    try:
        folder = Path(cache_from_source(__file__)).parent
    except NotImplementedError:
        return None
    return folder / f"{name}.{sys.implementation.cache_tag}"


def read_beside(file: Path, purpose: bytes) -> bytes | None:
    """The content; None for a file that is missing or damaged, or that another version of the program wrote."""
    stamp, _, content = (read_checked(file, purpose) or b"").partition(b"\n")
    return content if stamp == code_digest().encode() else None


def write_beside(file: Path, content: bytes, purpose: bytes) -> None:
    """Write the content, where Python may write compiled modules; a full or read-only disk is not an error."""
    if not sys.dont_write_bytecode:
        with contextlib.suppress(OSError):
            write_checked(file, code_digest().encode() + b"\n" + content, purpose)
            file.chmod(0o666 & ~umask())  # other users may run the program


def made_once(name: str, purpose: bytes, make: Callable[[], bytes]) -> bytes:
    """What ``make`` returns, which depends on nothing but the program; from the file of this name, if it is there."""
    file = file_beside(name)
    content = read_beside(file, purpose) if file else None
    if content is None:
        content = make()
        if file:
            write_beside(file, content, purpose)
    return content
