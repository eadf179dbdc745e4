"""Entries of a commit's folders → the files of the commit, as far as its folders are known, with the ids of their contents."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from callboard.plugins.sources import TreeError, glob_alternatives, matching_paths, normal_path

FOLDER, FILE, LINK = "tree", "blob", "link"
_LINK_MODE, _TYPE_BITS = 0o120000, 0o170000
MOST_ENTRIES = 200_000


class FolderEntry(NamedTuple):
    """A file, symbolic link or folder in a folder of a commit."""

    name: str
    kind: str
    """``tree``, ``blob`` or ``link``."""
    id: str


FolderEntries = Mapping[str, Sequence[FolderEntry]]
"""Entries by the folder's path; that of the root is empty."""


class Listing(msgspec.Struct, frozen=True, array_like=True):
    """The files of a commit, as far as its folders are known."""

    commit: str
    files: Mapping[str, str]
    """Ids of contents by path, sorted."""
    links: frozenset[str]
    """Paths in ``files`` that are symbolic links."""
    folders: Mapping[str, str]
    """Ids of folders by path, without the root."""
    unknown: frozenset[str] = frozenset()
    """Folders whose files are not known."""

    def may_miss(self, pattern: str) -> bool:
        """Whether a glob may match a file in a folder that is not known. Raises ``TreeError`` for a glob beyond the limits."""
        patterns = glob_alternatives(pattern) if self.unknown else ()
        return any(_may_match_below(each, folder) for each in patterns for folder in self.unknown)

    def is_unknown(self, path: str) -> bool:
        """Whether the path is in a folder that is not known."""
        return any(path.startswith(f"{folder}/") for folder in self.unknown)

    def matching(self, pattern: str) -> list[str]:
        """Sorted paths of known files that match a glob. Raises ``TreeError`` for a glob beyond the limits."""
        return matching_paths(pattern, self.files)


def whole_listing(commit: str, output: bytes) -> Listing:
    """The listing of ``git ls-tree -r -t -z``. Submodules and names that are no paths below the root are left out."""
    files: dict[str, str] = {}
    links: set[str] = set()
    folders: dict[str, str] = {}
    for line in output.split(b"\0"):
        about, tab, raw = line.partition(b"\t")
        mode, kind, name = about.decode("ascii", "replace").split(" ", 2) if tab else ("", "", "")
        path = raw.decode("utf-8", "surrogateescape")
        if not tab or not is_plain(path) or len(files) >= MOST_ENTRIES:
            continue
        if kind == FOLDER:
            folders[path] = name
        elif kind == FILE:
            files[path] = name
            if _is_link(int(mode, 8)):
                links.add(path)
    return Listing(commit, dict(sorted(files.items())), frozenset(links), folders)


def composed_listing(commit: str, known: FolderEntries, before: Listing | None) -> Listing:
    """The listing of a commit of which the entries of some folders are known, with the folders that are as in ``before``."""
    files: dict[str, str] = {}
    links: set[str] = set()
    folders: dict[str, str] = {}
    unknown: set[str] = set()
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        for entry in known[folder]:
            path = posixpath.join(folder, entry.name)
            if "/" in entry.name or not is_plain(path):
                continue
            if entry.kind != FOLDER:
                files[path] = entry.id
                links |= {path} if entry.kind == LINK else set()
                continue
            folders[path] = entry.id
            if before is not None and before.folders.get(path) == entry.id and not _has_unknown(before, path):
                _copy(before, path, files, links, folders)
            elif path in known:
                waiting.append(path)
            else:
                unknown.add(path)
    return Listing(commit, dict(sorted(files.items())), frozenset(links), folders, frozenset(unknown))


def entries_of(items: Any) -> tuple[FolderEntry, ...]:
    """The entries that an API returned as objects with a name, a type, an id (``oid``, ``id`` or ``sha``) and a mode."""
    found = []
    for item in items if isinstance(items, list) else ():
        if not isinstance(item, dict):
            continue
        name, kind, name_of_object = item.get("name"), item.get("type"), item.get("oid") or item.get("id") or item.get("sha")
        if isinstance(name, str) and isinstance(name_of_object, str) and kind in {FILE, FOLDER}:
            found.append(FolderEntry(name, LINK if kind == FILE and _is_link(_mode(item.get("mode"))) else kind, name_of_object))
    return tuple(found)


def is_plain(path: str) -> bool:
    """Whether this is the path of a file below the root, in its normal form and in UTF-8."""
    try:
        return bool(path) and normal_path(path) == path and path.isprintable() and path.encode("utf-8") != b""
    except (TreeError, UnicodeEncodeError):
        return False


def _mode(value: Any) -> int:
    """GitHub's GraphQL has the mode as a number, REST APIs have it as octal digits."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value, 8) if set(value) <= set("01234567") else 0
    return value if isinstance(value, int) else 0


def _is_link(mode: int) -> bool:
    return mode & _TYPE_BITS == _LINK_MODE


def _has_unknown(listing: Listing, path: str) -> bool:
    return any(folder == path or folder.startswith(f"{path}/") for folder in listing.unknown)


def _copy(before: Listing, folder: str, files: dict[str, str], links: set[str], folders: dict[str, str]) -> None:
    start = f"{folder}/"
    files.update(_below(before.files, start))
    folders.update(_below(before.folders, start))
    links.update(path for path in before.links if path.startswith(start))


def _below(paths: Mapping[str, str], start: str) -> Iterable[tuple[str, str]]:
    return ((path, name) for path, name in paths.items() if path.startswith(start))


def _may_match_below(pattern: str, folder: str) -> bool:
    """Whether a glob without braces may match a file below a folder; True where that is not obvious."""
    names = (
        [name for name in f"{pattern}**".split("/") if name not in {"", "."}]
        if pattern.endswith("/")
        else [name for name in pattern.split("/") if name not in {"", "."}]
    )
    fixed = names[: names.index("**")] if "**" in names else names
    parts = folder.split("/")
    if len(fixed) == len(names) and len(parts) >= len(names):
        return False  # it matches files with fewer names only
    compared = min(len(fixed), len(parts))
    return not compared or bool(matching_paths("/".join(fixed[:compared]), ["/".join(parts[:compared])]))
