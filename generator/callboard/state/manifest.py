"""``current.json`` ↔ the manifest of the state: its format, its time, and size and digest of each file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import msgspec

from callboard.io.store import write_atomically
from callboard.model.errors import CallboardError

FORMAT = 2
"""Format of the state on disk that this version writes. It also reads the one before (``format1``)."""
MANIFEST = "current.json"
"""Name of the manifest. It is the same in all formats, so that an older Callboard refuses a state instead of beginning a new one."""
UNFINISHED = "first-save"
"""A file that exists while the first state is written, so that parts without a manifest are not taken for a damaged state."""
LARGEST = 16 << 20
"""Bytes that a manifest may have."""
RESTORE_HINT = (
    "Restore the folder .callboard from a backup, or delete state/ in it (except state/history/ and state/events/): "
    "the next build starts without it."
)
_MONTH = re.compile(r"\d{4}-\d\d")
_LOG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class StateError(CallboardError):
    """The state cannot be used: damaged, or written by a newer Callboard."""


class FileEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file of the state, or the part of it that counts: its first ``size`` bytes."""

    size: int
    sha256: str


Months = Mapping[str, FileEntry]
"""Files of a log by month, ``2026-11``."""


class PartEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file that is written whole, under a name that has the beginning of its digest."""

    file: str
    size: int
    sha256: str


class StateManifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files of one state. What it does not name is not part of the state."""

    format: int
    version: str
    """The version of Callboard that wrote it."""
    as_of: Annotated[datetime, msgspec.Meta(tz=True)]
    files: int
    """Number of descriptor files that were read."""
    skipped: dict[str, int]
    """Number of documents that are not descriptors, by reason."""
    parts: dict[str, PartEntry]
    history: dict[str, dict[str, FileEntry]]
    """Month files of changes, by log and month."""
    events: dict[str, dict[str, FileEntry]]
    """Month files of facts that accumulate, by family and month."""
    sha256: str = ""
    """Digest of the manifest without this field (``sealed``)."""

    def __post_init__(self) -> None:
        for name, part in self.parts.items():
            if part.file != part_file(name, part.sha256) or "/" in name:
                raise ValueError(f"{part.file!r} is not the file of the part {name!r}")
        for log, months in (*self.history.items(), *self.events.items()):
            if not _LOG.fullmatch(log) or not all(map(_MONTH.fullmatch, months)):
                raise ValueError(f"{log!r} has months that are none")


def part_file(name: str, sha256: str) -> str:
    """Name of the file of a part."""
    return f"{name}.{sha256[:16]}.jsonl"


def digest(*contents: bytes) -> str:
    """SHA-256 of the contents, one after the other, in hexadecimal digits."""
    made = hashlib.sha256()
    for content in contents:
        made.update(content)
    return made.hexdigest()


def read_head(folder: Path) -> Mapping[str, Any] | None:
    """The manifest of any format that this version can read, as JSON; None if there is no state.

    Raises:
        StateError: the manifest is damaged or of a newer format, or is missing although there are parts.
    """
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        head = msgspec.json.decode(content if len(content) <= LARGEST else b"", type=dict[str, Any])
        written = msgspec.convert(head["format"], int)
    except (FileNotFoundError, NotADirectoryError) as error:
        if any(folder.glob("*.jsonl")) and not (folder / UNFINISHED).exists():
            raise damaged(path, error) from error
        return None
    except (msgspec.MsgspecError, KeyError, RecursionError, OSError) as error:
        raise damaged(path, error) from error
    if not 1 <= written <= FORMAT:
        raise StateError(
            f"{folder} was written by Callboard {head.get('version', '?')} in format {written}; "
            f"this one reads formats {FORMAT - 1} and {FORMAT}.",
            "Use the Callboard that wrote it or a newer one, or a separate folder.",
        )
    return head


def read_manifest(folder: Path) -> StateManifest | None:
    """The manifest; None if there is no state, or one of format 1. Raises ``StateError``."""
    head = read_head(folder)
    return None if head is None or head["format"] < FORMAT else manifest_of(folder, head)


def manifest_of(folder: Path, head: Mapping[str, Any]) -> StateManifest:
    """The manifest in this JSON. Raises ``StateError``."""
    if head.get("sha256") != sealed(head)["sha256"]:
        raise damaged(folder / MANIFEST, "its content does not have the digest in it")
    try:
        return msgspec.convert(head, StateManifest)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise damaged(folder / MANIFEST, error) from error


def write_manifest(folder: Path, manifest: StateManifest) -> None:
    """Replace the manifest: from now on, the state is the files that it names."""
    head = sealed(msgspec.to_builtins(manifest))
    write_atomically(folder / MANIFEST, msgspec.json.format(msgspec.json.encode(head), indent=1) + b"\n")
    (folder / UNFINISHED).unlink(missing_ok=True)


def sealed(head: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON of a manifest with the digest of all its other fields."""
    rest = {name: value for name, value in head.items() if name != "sha256"}
    return rest | {"sha256": digest(msgspec.json.encode(rest))}


def damaged(path: Path, cause: object = "") -> StateError:
    """The error for a file of the state that is missing, was changed, or does not contain what it should."""
    if isinstance(cause, OSError):
        cause = cause.strerror or ""
    reason = f" ({cause})" if str(cause) else ""
    return StateError(f"The state is damaged: {path} is missing or was changed{reason}.", RESTORE_HINT)


def read_part(folder: Path, part: PartEntry) -> bytes:
    """The content of a part. Raises ``StateError`` if it has not the size and the digest of the manifest."""
    path = folder / part.file
    try:
        with path.open("rb") as file:
            content = file.read(part.size + 1)
    except OSError as error:
        raise damaged(path, error) from error
    if len(content) != part.size or digest(content) != part.sha256:
        raise damaged(path, "its digest is not the one in the manifest")
    return content
