"""Publishing to an object store: only what changed, assets before pages, deletions last.

Beside the site lies a manifest with the digest of each object. Before anything is changed, all that is going to be is marked in it as
unknown; afterwards it says what is there. A run that finds such marks asks the objects themselves which of them were written.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

from callboard.io.s3 import AT_ONCE, ObjectStore, StoreAddress
from callboard.model.errors import PublishError
from callboard.plugins.publishers import PublishContext, Published, Site, options_schema
from callboard.publish.site import cache_control, content_type, in_order
from callboard.website.manifest import MARKER

FORMAT = 1
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What we have put into the store."""

    digests: Mapping[str, str]
    """By path; ``UNKNOWN`` for what a run was about to change."""

    @property
    def text(self) -> bytes:
        """As it is kept in the store."""
        return json.dumps({"format": FORMAT, "files": dict(sorted(self.digests.items()))}, separators=(",", ":")).encode()


class S3Publisher:
    """A bucket of an object store that speaks S3."""

    schema: ClassVar[Mapping[str, Any]] = options_schema("s3")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        prefix = str(options.get("prefix", "")).strip("/")
        names = ("endpoint", "region", "access_key", "secret_key")
        given = {name: str(options.get(name, "")) for name in names}
        self._address = StoreAddress(str(options["bucket"]), f"{prefix}/" if prefix else "", **given)
        self._parallel = int(options.get("parallel", 8))
        self._is_public = context.portal.audience == "public"
        self._step = context.step

    def publish(self, site: Site) -> Published:
        """Bring the bucket to the state of the site."""
        store = ObjectStore(self._address, self._parallel)
        self._step("read the manifest")
        before = self._read(store)
        after = {path: self._digest(path, written.digest) for path, written in site.files.items()}
        changed = [path for path in after if before.get(path) != after[path]]
        removed = sorted(set(before) - set(after))
        if not changed and not removed:
            return Published(self._address.shown, 0, len(after), 0, "nothing changed")
        self._step("mark what changes")
        self._write(store, Manifest({**before, **dict.fromkeys((*changed, *removed), UNKNOWN)}))
        done = self._upload(store, site, changed, after, before)
        self._delete(store, removed)
        self._step("write the manifest")
        self._write(store, Manifest(after))
        return Published(self._address.shown, done, len(after) - done, len(removed))

    def _read(self, store: ObjectStore) -> Mapping[str, str]:
        content = store.get(MARKER)
        if content is None:
            if not store.is_empty():
                raise PublishError(
                    f"{self._address.shown} is not empty and was not published by Callboard: it has no object {MARKER}.",
                    "Name a prefix of its own for the portal, or empty it if nothing in it is needed.",
                )
            return {}
        try:
            data = json.loads(content)
            found = {str(path): str(digest) for path, digest in data["files"].items()} if data["format"] == FORMAT else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            found = None
        if found is None:
            raise PublishError(
                f"{self._address.shown}{MARKER} is not readable here.", "Empty the prefix; everything is published anew then."
            )
        return found

    def _upload(self, store: ObjectStore, site: Site, changed: Sequence[str], after: Mapping[str, str], before: Mapping[str, str]) -> int:
        def upload(path: str) -> bool:
            if before.get(path) == UNKNOWN and store.digest(path) == after[path]:
                return False
            self._step(f"put {path}")
            headers = {"content_type": content_type(path), "cache_control": cache_control(path, is_public=self._is_public)}
            store.put(path, site.read(path), digest=after[path], **headers)
            return True

        wanted = set(changed)
        assets, pages = in_order(site.files)
        return sum(sum(self._each(upload, [path for path in paths if path in wanted])) for paths in (assets, pages))

    def _each(self, do: Callable[[str], bool], paths: Iterable[str]) -> list[bool]:
        """All of them, several at a time; the first failure ends it when those under way are done."""
        pool = ThreadPoolExecutor(self._parallel)
        try:
            return [*pool.map(do, paths)]
        finally:
            pool.shutdown(cancel_futures=True)

    def _delete(self, store: ObjectStore, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), AT_ONCE):
            some = paths[start : start + AT_ONCE]
            self._step(f"delete {len(some)} objects")
            store.delete(some)

    def _write(self, store: ObjectStore, manifest: Manifest) -> None:
        store.put(MARKER, manifest.text, content_type="application/json", cache_control="private, no-store", digest=UNKNOWN)

    def _digest(self, path: str, digest: str) -> str:
        """Of the content and of what is said about it: an object is put again where its type or its time to be kept changes."""
        said = f"{digest} {content_type(path)} {cache_control(path, is_public=self._is_public)}"
        return hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
