"""What ``create/<namespace>/<name>/template.json`` of a portal has, written and read: where a template is and what it asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.model.ref import EntityRef

FORMAT = 1
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def template_folder(ref: EntityRef) -> str:
    """Path of a template's page and files below the portal's root."""
    return f"create/{ref.namespace}/{ref.name}/"


@dataclass(frozen=True, slots=True)
class PublishedTemplate:
    """Where a template is."""

    ref: str
    title: str
    clone_url: str
    """Address of its repository for git; empty if the portal knows none."""
    revision: str
    """The commit that the portal read; empty for a folder."""
    path: str
    """Path of its file in the repository."""
    hosts: Mapping[str, str]
    """Hosts of the portal's sources, from which steps may fetch, each with its type."""
    digest: str
    """SHA-256 of what it asks for and does (``definition.digest_of``)."""
    parameters: Any

    def as_json(self) -> Mapping[str, Any]:
        """The content of the file."""
        folder = self.path.rpartition("/")[0]
        return {
            "format": FORMAT, "ref": self.ref, "title": self.title,
            "repository": self.clone_url, "revision": self.revision, "path": self.path, "folder": folder,
            "hosts": dict(self.hosts), "digest": self.digest, "parameters": self.parameters,
        }  # fmt: skip


def read_published(data: Any, ref: str) -> PublishedTemplate:
    """The template. Raises ``CallboardError`` for a file that is none, and for a template whose repository is not known."""
    if not isinstance(data, Mapping) or data.get("format") != FORMAT:
        raise CallboardError("The portal's file about the template has an unknown format.", "Update Callboard.")
    texts = {key: str(data.get(key) or "") for key in ("ref", "title", "repository", "revision", "path", "digest")}
    hosts = data.get("hosts")
    if texts["ref"] != ref:
        raise CallboardError(f"The portal's file is about {texts['ref']!r}, not {ref}.", "Check the address.")
    if not texts["repository"] or not _COMMIT.fullmatch(texts["revision"]):
        raise CallboardError(
            f"The portal does not know from which repository {ref} can be cloned.",
            "Run `callboard new` with the path of the template's file, in a clone of its repository.",
        )
    known = {str(host): str(type_) for host, type_ in hosts.items()} if isinstance(hosts, Mapping) else {}
    return PublishedTemplate(
        texts["ref"], texts["title"], texts["repository"], texts["revision"], texts["path"], known, texts["digest"], data.get("parameters")
    )
