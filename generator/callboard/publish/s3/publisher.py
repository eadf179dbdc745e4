"""A built site → an object store: only changed files, assets before pages, deletions last.

Next to the site is a manifest with the digest of each object. Before objects are changed, it marks them as unknown; afterwards it has
their new digests. A run that finds such marks queries the digests of these objects, because the previous run was interrupted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

from callboard.plugins.publishers import (
    SITE_MARKER,
    PublishContext,
    Published,
    PublishError,
    Site,
    cache_control,
    content_type,
    in_publishing_order,
    json_resource,
)
from callboard.publish.s3.store import DELETED_AT_ONCE, ObjectStore, StoreAddress

FORMAT = 1
UNKNOWN = ""
"""Digest of an object that an interrupted run may or may not have written."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The objects that Callboard has written."""

    digests: Mapping[str, str]
    """Digests by path; ``UNKNOWN`` for an object that a run was about to change."""

    @property
    def text(self) -> bytes:
        """Its JSON, as it is saved in the store."""
        return json.dumps({"format": FORMAT, "files": dict(sorted(self.digests.items()))}, separators=(",", ":")).encode()


class S3Publisher:
    """A bucket of an object store with the S3 API."""

    schema: ClassVar[Mapping[str, Any]] = json_resource("callboard", "schemas/publishers/s3.json")

    def __init__(self, options: Mapping[str, Any], context: PublishContext) -> None:
        prefix = str(options.get("prefix", "")).strip("/")
        names = ("endpoint", "region", "access_key", "secret_key")
        store_options = {name: str(options.get(name, "")) for name in names}
        self._address = StoreAddress(str(options["bucket"]), f"{prefix}/" if prefix else "", **store_options)
        self._parallel = int(options.get("parallel", 8))
        self._is_public = context.portal.audience == "public"
        self._step = context.step

    def publish(self, site: Site) -> Published:
        """Make the objects below the prefix equal to the site's files."""
        store = ObjectStore(self._address, self._parallel)
        self._step("read the manifest")
        previous = self._read(store)
        after = {path: self._digest(path, written.digest) for path, written in site.files.items()}
        changed = [path for path in after if previous.get(path) != after[path]]
        removed = sorted(set(previous) - set(after))
        if not changed and not removed:
            return Published(self._address.shown, 0, len(after), 0, "nothing changed")
        self._step("mark changes in the manifest")
        self._write(store, Manifest({**previous, **dict.fromkeys((*changed, *removed), UNKNOWN)}))
        written = self._upload(store, site, changed, after, previous)
        self._delete(store, removed)
        self._step("write the manifest")
        self._write(store, Manifest(after))
        return Published(self._address.shown, written, len(after) - written, len(removed))

    def _read(self, store: ObjectStore) -> Mapping[str, str]:
        content = store.get(SITE_MARKER)
        if content is None:
            if not store.is_empty():
                raise PublishError(
                    f"{self._address.shown} is not empty and was not published by Callboard: it has no object {SITE_MARKER}.",
                    "Name a separate prefix for the portal, or empty this one if nothing in it is needed.",
                )
            return {}
        try:
            data = json.loads(content)
            digests = {str(path): str(digest) for path, digest in data["files"].items()} if data["format"] == FORMAT else None
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            digests = None
        if digests is None:
            raise PublishError(
                f"{self._address.shown}{SITE_MARKER} cannot be read by this version.",
                "Empty the prefix; then everything is published again.",
            )
        return digests

    def _upload(self, store: ObjectStore, site: Site, changed: Sequence[str], after: Mapping[str, str], previous: Mapping[str, str]) -> int:
        """Upload changed files; the number of those that were not there yet."""

        def upload(path: str) -> bool:
            if previous.get(path) == UNKNOWN and store.digest(path) == after[path]:
                return False
            self._step(f"put {path}")
            headers = {"content_type": content_type(path), "cache_control": cache_control(path, is_public=self._is_public)}
            store.put(path, site.read(path), digest=after[path], **headers)
            return True

        to_upload = set(changed)
        assets, pages = in_publishing_order(site.files)
        return sum(sum(self._each(upload, [path for path in paths if path in to_upload])) for paths in (assets, pages))

    def _each(self, do: Callable[[str], bool], paths: Iterable[str]) -> list[bool]:
        """Apply the function to all paths in parallel. After the first failure, running calls are completed and no others are started."""
        pool = ThreadPoolExecutor(self._parallel)
        try:
            return [*pool.map(do, paths)]
        finally:
            pool.shutdown(cancel_futures=True)

    def _delete(self, store: ObjectStore, paths: Sequence[str]) -> None:
        for start in range(0, len(paths), DELETED_AT_ONCE):
            batch = paths[start : start + DELETED_AT_ONCE]
            self._step(f"delete {len(batch)} objects")
            store.delete(batch)

    def _write(self, store: ObjectStore, manifest: Manifest) -> None:
        store.put(SITE_MARKER, manifest.text, content_type="application/json", cache_control="private, no-store", digest=UNKNOWN)

    def _digest(self, path: str, digest: str) -> str:
        """The digest of a file's content and headers, so that an object is also uploaded if its type or cache policy changes."""
        key = f"{digest} {content_type(path)} {cache_control(path, is_public=self._is_public)}"
        return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()
