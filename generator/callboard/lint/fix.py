"""Problems of descriptors on this machine → fixed files: what ``--fix`` writes and ``--diff`` shows."""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
from collections.abc import Callable
from pathlib import Path

from callboard.descriptors.fixing import FIXES, fix_text
from callboard.io.store import write_atomically
from callboard.lint.check import LintResult
from callboard.model.data_classes import dataclass
from callboard.model.entity import Origin
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem
from callboard.redaction.secrets import mask
from callboard.sources.files.folder import FolderTree

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class FixedFile:
    """A file before and after its problems are fixed."""

    shown: str
    """Its path in messages."""
    path: Path
    before: bytes
    after: bytes
    fixed: int
    """Number of problems that the new content does not have any more."""


def fixes(result: LintResult, is_selected: Callable[[Problem], bool]) -> tuple[FixedFile, ...]:
    """The files that have a selected problem which can be fixed, in the order of the problems. Nothing is written."""
    by_file: dict[tuple[Path, str], list[Problem]] = {}
    for problem in result.problems:
        path = _file_of(result, problem.origin) if problem.code in FIXES and is_selected(problem) else None
        if path and problem.origin:
            by_file.setdefault((path, problem.origin.path), []).append(problem)
    files = (_fixed(result, path, shown, problems) for (path, shown), problems in by_file.items())
    return tuple(file for file in files if file)


def difference(file: FixedFile) -> str:
    """What would change, as a unified diff; secrets are masked."""
    old, new = (content.removeprefix(_BOM).decode().splitlines(keepends=True) for content in (file.before, file.after))
    rows = difflib.unified_diff(old, new, f"a/{file.shown}", f"b/{file.shown}")
    return mask("".join(row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n" for row in rows))


def write(files: tuple[FixedFile, ...]) -> None:
    """Replace the content of these files, each atomically; their permissions are kept.

    Raises ``CallboardError`` for a file that was changed since it was checked, or that cannot be written.
    """
    for file in files:
        if _read(file.path) != file.before:
            raise CallboardError(f"{file.shown} was changed while it was being checked; it was not fixed.", "Run the command again.")
        try:
            mode = stat.S_IMODE(file.path.stat().st_mode)
            write_atomically(file.path, file.after)
            file.path.chmod(mode)
        except OSError as error:
            raise CallboardError(f"{file.shown} cannot be written ({error.strerror}).", "The file is unchanged.") from None


def _file_of(result: LintResult, origin: Origin | None) -> Path | None:
    """The regular file of an origin in a folder on this machine; None for others, and for one behind a symbolic link."""
    tree, path = result.sources.files.get(origin, (None, "")) if origin else (None, "")
    if not isinstance(tree, FolderTree):
        return None
    file = tree.root / path
    return file if os.path.realpath(file) == str(file) and file.is_file() else None


def _fixed(result: LintResult, path: Path, shown: str, problems: list[Problem]) -> FixedFile | None:
    """The fixed file; None if nothing can be fixed in it, or if it is not UTF-8."""
    before = _read(path)
    bom = _BOM if before.startswith(_BOM) else b""
    with contextlib.suppress(UnicodeDecodeError):
        text, fixed = fix_text(before.removeprefix(bom).decode(), problems, result.names.kinds_of)
        after = bom + text.encode()
        return FixedFile(shown, path, before, after, fixed) if after != before else None
    return None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
