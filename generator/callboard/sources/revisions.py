"""A branch, tag or commit and a path → the content of that file from a work tree's repository; without network."""

from __future__ import annotations

import re
from dataclasses import dataclass

from callboard.plugins.sources import Git, MissingFileError, MissingRevisionError, SourceError, TooLargeError, TreeError

REF = re.compile(r"(?!-)(?!.*(?:\.\.|@\{|//))[^\s:~^?*\[\\\x00-\x20\x7f]{1,250}(?<![/.])")
"""A name that git may have; such a name is no option and no expression."""
REGULAR = frozenset({"100644", "100755", "100664"})
"""Modes of files that are no links."""
_PLACES = ("refs/remotes/origin/", "refs/tags/", "refs/heads/")
"""Where a work tree has its refs: what was fetched comes before a local branch, since a URL shows what was pushed."""
COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""The full id of a commit; a short one may be a branch as well."""


@dataclass(frozen=True, slots=True)
class LocalRevisions:
    """The revisions that a work tree's repository has."""

    git: Git
    prefix: str = ""
    """Folder in the repository to which paths are relative, with a final ``/``."""

    def read(self, ref: str, path: str, limit: int) -> bytes:
        """The content of a regular file at a ref. Raises ``MissingRevisionError``, ``MissingFileError``, ``TooLargeError``."""
        try:
            return self._read(ref, path, limit)
        except SourceError as error:
            raise TreeError(f"{path} cannot be read at {ref}: {error}", error.hint) from error

    def _read(self, ref: str, path: str, limit: int) -> bytes:
        commit = self._commit(ref)
        listed = self.git.output("--literal-pathspecs", "ls-tree", "-z", "--full-tree", commit, "--", f"{self.prefix}{path}")
        about = listed.partition(b"\t")[0].decode("ascii", "replace").split()
        if len(about) != 3 or about[0] not in REGULAR:  # noqa: PLR2004 - mode, type and name of one file
            raise MissingFileError(f"there is no file {path} at {ref}")
        size = self.git.run("cat-file", "-s", about[2])
        if not size.good:
            raise MissingRevisionError(
                f"the files of {ref} are not in this clone", "Fetch them into the clone, or refer to the file by a relative path."
            )
        if int(size.stdout) > limit:
            raise TooLargeError(f"{path} at {ref} has more than {limit:,} bytes")
        return self.git.output("cat-file", "blob", about[2])

    def _commit(self, ref: str) -> str:
        names = [ref] if COMMIT.fullmatch(ref) else [f"{place}{ref}" for place in _PLACES] if REF.fullmatch(ref) else []
        for name in names:
            found = self.git.run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            if found.good:
                return found.stdout.decode("ascii", "replace").strip()
        raise MissingRevisionError(
            f"this clone has no branch, tag or commit {ref}", "Fetch it into the clone, or refer to the file by a relative path."
        )
