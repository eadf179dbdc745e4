"""Lines → files by month that only grow, ``<log>/<YYYY-MM>.jsonl``, and back; a damaged month is reported and set aside.

The manifest names of each file its size and the digest of that many bytes. Lines are appended and synced to disk before the manifest is
replaced: after a crash between the two, the file has more bytes than the old manifest names, and nobody reads those. A file that the
manifest does not name (restored from a backup, or left by such a crash) is read whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from callboard.io.store import sync_folder, write_atomically
from callboard.model.data_classes import dataclass
from callboard.state.manifest import FileEntry, Months, digest

SET_ASIDE = "damaged"
"""Folder in a log for damaged files, which nothing reads."""
WriteHook = Callable[[str], None]
"""Called with a description before each file operation; a test raises in it."""


@dataclass(frozen=True, slots=True)
class MonthContent:
    """The content of one month."""

    path: Path
    content: bytes | None
    """Complete lines; None if the file is damaged or missing."""
    is_listed: bool
    """Whether the manifest names the file, so that its digest was compared."""


def month_names(folder: Path, known: Months) -> tuple[str, ...]:
    """The months of a log, sorted: those of the manifest and those that are on disk."""
    return tuple(sorted({*known, *(path.stem for path in folder.glob("????-??.jsonl"))}))


def read_month(folder: Path, month: str, entry: FileEntry | None) -> MonthContent:
    """The content of a month, compared with its digest in the manifest if that names it."""
    path = folder / f"{month}.jsonl"
    try:
        content = _beginning(path, entry)
    except OSError:
        return MonthContent(path, None, entry is not None)
    if entry is None:
        return MonthContent(path, content[: content.rfind(b"\n") + 1], is_listed=False)
    is_whole = len(content) == entry.size and digest(content) == entry.sha256
    return MonthContent(path, content if is_whole else None, is_listed=True)


def _beginning(path: Path, entry: FileEntry | None) -> bytes:
    with path.open("rb") as file:
        return file.read() if entry is None else file.read(entry.size)


def checked_months(folder: Path, known: Months, months: Collection[str], is_good: Callable[[bytes], bool], step: WriteHook) -> Months:
    """The months of a log, of which the files of ``months`` are compared with their digests, and set aside if they are damaged.

    ``is_good``: whether a content that the manifest does not name has only lines of this log.
    """
    entries = dict(known)
    for month in months:
        found = read_month(folder, month, known.get(month))
        if found.content is None or not (found.is_listed or is_good(found.content)):
            set_aside(found.path, step)
            entries.pop(month, None)
        elif not found.is_listed:
            entries[month] = FileEntry(len(found.content), digest(found.content))
    return entries


def append(folder: Path, known: Months, new: Mapping[str, Collection[bytes]], step: WriteHook) -> dict[str, FileEntry]:
    """Append lines (without line breaks) to the files of their months, without those that are there; returns all months of the log.

    The files of these months are good (``checked_months``).
    """
    entries = dict(known)
    for month, lines in sorted(new.items()):
        entry = _appended(folder / f"{month}.jsonl", entries.get(month), lines, step)
        entries |= {month: entry} if entry else {}
    return dict(sorted(entries.items()))


def _appended(path: Path, entry: FileEntry | None, lines: Collection[bytes], step: WriteHook) -> FileEntry | None:
    """The entry of the file with these lines."""
    old = _beginning(path, entry) if entry else b""
    added = b"".join(line + b"\n" for line in sorted({*lines} - {*old.split(b"\n")}))
    if not added:
        return entry
    step(f"append to {path.parent.name}/{path.name}")
    if not old:
        write_atomically(path, added)
    else:
        with path.open("r+b") as file:
            file.truncate(len(old))  # what an interrupted build left there
            file.seek(len(old))
            file.write(added)
            file.flush()
            os.fsync(file.fileno())
    return FileEntry(len(old) + len(added), digest(old + added))


def set_aside(path: Path, step: WriteHook) -> None:
    """Move a damaged file to a place where nothing reads it and nothing removes it."""
    if not path.exists():
        return
    target, number = path.parent / SET_ASIDE / path.name, 2
    while target.exists():
        target, number = target.with_name(f"{path.stem}-{number}.jsonl"), number + 1
    step(f"set {path.name} aside")
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    sync_folder(path.parent)


def files_set_aside(folder: Path) -> frozenset[Path]:
    """All damaged files that are kept in the state ``folder``."""
    return frozenset(path for path in folder.rglob("*.jsonl") if path.parent.name == SET_ASIDE)


def remove_unlisted(folder: Path, known: Months, step: WriteHook) -> None:
    """Remove month files that the manifest does not name. Call it after the manifest is written."""
    for path in sorted(folder.glob("????-??.jsonl")):
        if path.stem not in known:
            step(f"remove {path.parent.name}/{path.name}")
            path.unlink()
