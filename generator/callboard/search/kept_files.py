"""Parts of the index and what they are made of → files of the site; those of a part that is made of the same are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import blake2b

from callboard.io.site_folder.staging import Staging
from callboard.model.published_json import inert

FileDigest = Sequence[str]
"""Path and digest of a file, and its name among those of its kind."""


class KeptFiles:
    """The files of the index.

    Args:
        staging: where they are added.
        before: those of each part of the last build, by the digest of what the part was made of.
    """

    def __init__(self, staging: Staging, before: Mapping[str, list[FileDigest]]) -> None:
        self._staging, self._before = staging, before
        self.parts: dict[str, list[FileDigest]] = {}

    def put(self, made_of: object, make: Callable[[], Iterable[tuple[str, str, bytes]]]) -> list[str]:
        """Add the files of a part; returns their names.

        Args:
            made_of: what the files depend on; it has a ``repr``.
            make: returns paths, names and contents.
        """
        key = blake2b(repr(made_of).encode("utf-8", "replace"), digest_size=16).hexdigest()
        files = self._before.get(key)
        if files is None or not self._staging.keep_all(*((path, digest) for path, digest, _ in files)):
            files = [self._made(*each) for each in make()]
        self.parts[key] = files
        return [name for *_, name in files]

    @property
    def files(self) -> list[tuple[str, str]]:
        """Paths and digests of all files so far."""
        return [(path, digest) for files in self.parts.values() for path, digest, _ in files]

    def _made(self, path: str, name: str, content: bytes) -> FileDigest:
        self._staging.put(path, inert(content.decode()))
        return path, self._staging.digest(path), name
