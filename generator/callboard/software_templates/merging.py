"""What a template made at two revisions, and a folder that people changed since the first one → the folder with both kinds of changes.

Merges three ways, file by file; where both changed the same lines, the file has conflict markers. Nothing is committed.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from callboard.io.git.personal import PersonalGit
from callboard.model.data_classes import dataclass
from callboard.plugins.actions import ActionError
from callboard.plugins.safe_paths import safe_path
from callboard.software_templates.delivery import file_paths

Outcome = Literal["added", "updated", "merged", "conflict", "deleted", "kept"]
_OURS, _BASE, _THEIRS = "yours", "template, recorded revision", "template, new revision"
CONFLICTS_MOST = 127
"""Exit codes of ``git merge-file`` up to this are numbers of conflicts."""


@dataclass(frozen=True, slots=True)
class MergedFile:
    """What happened to a file."""

    path: str
    outcome: Outcome
    note: str = ""


@dataclass(frozen=True, slots=True)
class ThreeFolders:
    """What is merged."""

    base: Path
    """As the template made it at the recorded revision."""
    theirs: Path
    """As it makes it now."""
    ours: Path
    """The folder, which is changed."""

    def merge(self, git: PersonalGit) -> Iterator[MergedFile]:
        """Merge each file of the template; files that only the folder has stay. Raises ``ActionError`` for a path that is not safe."""
        for path in sorted({*file_paths(self.base), *file_paths(self.theirs)}):
            merged = self._file(safe_path(path), git)
            if merged:
                yield merged

    def _file(self, path: str, git: PersonalGit) -> MergedFile | None:
        base, theirs, ours = (_content(folder, path) for folder in (self.base, self.theirs, self.ours))
        if theirs in (base, ours):
            return None
        if ours == base:
            self._put(path, theirs)
            return MergedFile(path, "deleted" if theirs is None else "added" if base is None else "updated")
        if theirs is None:
            return MergedFile(path, "kept", "the template has deleted it, and you have changed it")
        if ours is None:
            return MergedFile(path, "kept", "you have deleted it, and the template has changed it")
        return self._merge(path, git)

    def _merge(self, path: str, git: PersonalGit) -> MergedFile:
        ours, theirs = self.ours / path, self.theirs / path
        base = self.base / path if (self.base / path).is_file() else Path("/dev/null")
        if any(file.is_symlink() or b"\0" in file.read_bytes() for file in (ours, theirs)):
            return MergedFile(path, "kept", "it is binary or a link, and both sides have changed it")
        labels = [part for name in (_OURS, _BASE, _THEIRS) for part in ("-L", name)]
        code, content, reason = git.result(self.ours, "merge-file", "-p", "--diff3", *labels, "--", str(ours), str(base), str(theirs))
        if code > CONFLICTS_MOST or code < 0:
            raise ActionError(f"{path} cannot be merged: {reason[0]}", "Merge it by hand.")
        _raise_if_linked(self.ours, path)
        ours.write_bytes(content)
        return MergedFile(path, "conflict" if code else "merged")

    def _put(self, path: str, content: tuple[str, bytes] | None) -> None:
        target = self.ours / path
        _raise_if_linked(self.ours, path)
        target.unlink(missing_ok=True)
        if content is not None:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.theirs / path, target, follow_symlinks=False)


def _content(folder: Path, path: str) -> tuple[str, bytes] | None:
    """Type and content of a file; None if there is none."""
    file = folder / path
    if file.is_symlink():
        return "link", str(file.readlink()).encode()
    return ("file", file.read_bytes()) if file.is_file() else None


def _raise_if_linked(folder: Path, path: str) -> None:
    place = folder
    for part in path.split("/")[:-1]:
        place /= part
        if place.is_symlink():
            raise ActionError(f"{path} lies behind a link in your folder.", "Replace the link by a folder.")


def conflicts(files: Sequence[MergedFile]) -> int:
    """Number of files with conflict markers."""
    return sum(1 for file in files if file.outcome == "conflict")
