"""Mending descriptors on this machine: what ``--fix`` writes and ``--diff`` shows."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from callboard.descriptors.fixing import FIXES, fix_text
from callboard.io.store import write_atomically
from callboard.lint.check import LintResult
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem
from callboard.redaction.secrets import mask
from callboard.sources.files.folder import FolderTree

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file, as it is and as it should be."""

    shown: str
    """Its path for people."""
    file: Path
    before: bytes
    after: bytes
    mends: int
    """Problems that are gone."""


def fixes(checked: LintResult, is_wanted: Callable[[Problem], bool]) -> tuple[FixedFile, ...]:
    """The files of which some wanted problem can be mended, in the order of the problems. Nothing is written."""
    by_file: dict[tuple[Path, str], list[Problem]] = {}
    for problem in checked.problems:
        place = _file_of(checked, problem.origin) if problem.code in FIXES and is_wanted(problem) else None
        if place and problem.origin:
            by_file.setdefault((place, problem.origin.path), []).append(problem)
    found = (_mended(checked, file, shown, problems) for (file, shown), problems in by_file.items())
    return tuple(one for one in found if one)


def difference(one: FixedFile) -> str:
    """What would change, as a unified diff; secrets are masked."""
    old, new = (content.removeprefix(_BOM).decode().splitlines(keepends=True) for content in (one.before, one.after))
    rows = difflib.unified_diff(old, new, f"a/{one.shown}", f"b/{one.shown}")
    return mask("".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows))


def write(files: tuple[FixedFile, ...]) -> None:
    """Put the new content in place of the old, each file whole or not at all.

    Raises ``CallboardError`` for a file that somebody else has changed meanwhile, or that cannot be written.
    """
    for one in files:
        if _read(one.file) != one.before:
            raise CallboardError(f"{one.shown} has changed while it was checked; it is left alone.", "Run the check again.")
        try:
            mode = stat.S_IMODE(one.file.stat().st_mode)
            write_atomically(one.file, one.after)
            one.file.chmod(mode)
        except OSError as error:
            raise CallboardError(f"{one.shown} cannot be written ({error.strerror}).", "It is as it was.") from None


def _file_of(checked: LintResult, origin: Origin | None) -> Path | None:
    """The regular file behind an origin, if it lies in a folder on this machine and no link leads to it."""
    tree, path = checked.texts.get(origin, (None, "")) if origin else (None, "")
    if not isinstance(tree, FolderTree):
        return None
    file = tree.root / path
    return file if os.path.realpath(file) == str(file) and file.is_file() else None


def _mended(checked: LintResult, file: Path, shown: str, problems: list[Problem]) -> FixedFile | None:
    before = _read(file)
    bom = _BOM if before.startswith(_BOM) else b""
    with contextlib.suppress(UnicodeDecodeError):
        text, mends = fix_text(before.removeprefix(bom).decode(), problems, checked.names.kinds_of)
        after = bom + text.encode()
        return FixedFile(shown, file, before, after, mends) if after != before else None
    return None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
