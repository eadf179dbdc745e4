"""A path that a template made → the same path, if a file may be written there on any system; else an error."""

from __future__ import annotations

import re
import unicodedata

from callboard.plugins.actions import ActionError

MAX_CHARACTERS = 1_000
MAX_PART_BYTES = 255
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?", re.DOTALL)
"""Names of devices on Windows, with any extension."""
_GIT = re.compile(r"\.git|git~[0-9]+|\.git::.*")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_IGNORED = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
"""Characters that file systems of macOS leave out, or that nobody sees."""


def safe_path(path: str) -> str:
    """The path with ``/``, without ``.`` and empty parts; an empty string for the folder itself.

    Raises ``ActionError`` for a path that leads out of the folder, into a repository of git, or that some system does not have.
    """
    if len(path) > MAX_CHARACTERS:
        raise _error(path, f"has more than {MAX_CHARACTERS:,} characters")
    if path.startswith(("/", "~")):
        raise _error(path, "is absolute")
    parts = [part for part in path.split("/") if part not in {"", "."}]
    for part in parts:
        if reason := _unsafe(part):
            raise _error(path, reason)
    return "/".join(parts)


def _unsafe(part: str) -> str:  # noqa: PLR0911 - one reason each
    """Why a file or a folder must not have this name; empty if it may."""
    bare = _IGNORED.sub("", unicodedata.normalize("NFKC", part)).casefold().rstrip(". ").lstrip(" ")
    if part == ".." or not bare:
        return "leads out of the folder"
    if _GIT.fullmatch(bare):
        return "is one of git's own files, which could run programs"
    if _FORBIDDEN.search(part):
        return "has a character that a name must not have"
    if _RESERVED.fullmatch(bare):
        return "is the name of a device on Windows"
    if part != part.rstrip(". "):
        return "ends with a dot or a space"
    if _IGNORED.search(part):
        return "has an invisible character"
    try:
        return "has a name that is too long" if len(part.encode()) > MAX_PART_BYTES else ""
    except UnicodeEncodeError:
        return "is not Unicode"


def _error(path: str, reason: str) -> ActionError:
    shown = path if len(path) <= 200 else f"{path[:200]}…"  # noqa: PLR2004 - as much as a line shows
    return ActionError(f"The template writes to a path that {reason}: {shown.encode('unicode_escape').decode()}", "Correct the template.")
