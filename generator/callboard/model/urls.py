"""Entities → the site's paths. Every path is relative to the site's root, without a leading slash; folders end in ``/``."""

from __future__ import annotations

import re
from functools import lru_cache

from callboard.model.ref import EntityRef

FORM_PATH = "create/register/"
"""The form for descriptors."""
_PLAIN = re.compile(r"[a-z0-9][a-z0-9._-]*")
_RESERVED = re.compile(r"index\.html|con|prn|aux|nul|com[0-9]|lpt[0-9]|(con|prn|aux|nul|com[0-9]|lpt[0-9])\..*")


@lru_cache(65_536)
def segment(text: str) -> str:
    """One lower-case path segment for a kind, namespace or name.

    Backstage's own spelling wherever that is safe. Anything outside ``[a-z0-9._-]`` becomes ``~`` and two hexadecimal
    digits a byte; names that are special to web servers or Windows (``index.html``, ``con``, ``aux.x``) get a
    leading ``~``. No valid name contains ``~``, so that two names never share a path.
    """
    text = text.lower()
    if not _PLAIN.fullmatch(text):
        text = "".join(c if re.fullmatch(r"[a-z0-9_-]", c) or (c == "." and i) else _escape(c) for i, c in enumerate(text))
    return f"~{text}" if _RESERVED.fullmatch(text) or text.endswith(".") else text


def _escape(char: str) -> str:
    return "".join(f"~{byte:02x}" for byte in char.encode())


def entity_path(ref: EntityRef) -> str:
    """``catalog/<namespace>/<kind>/<name>/``, as Backstage's own pages."""
    return f"catalog/{segment(ref.namespace)}/{segment(ref.kind)}/{segment(ref.name)}/"


def entity_json_path(ref: EntityRef) -> str:
    """The path of the entity's JSON, next to its page."""
    return f"{entity_path(ref)}entity.json"


def api_path(ref: EntityRef) -> str:
    """The path of the entity in Backstage's API; the file has no extension."""
    return f"api/catalog/entities/by-name/{segment(ref.kind)}/{segment(ref.namespace)}/{segment(ref.name)}"


def up_from(path: str) -> str:
    """The relative path from a page to the site's root: ``../../`` for ``a/b/`` and ``./`` for the root."""
    return "../" * path.count("/") or "./"


def docs_path(ref: EntityRef) -> str:
    """``docs/<namespace>/<kind>/<name>/``, as Backstage's TechDocs: the address of an entity's documentation."""
    return f"docs/{segment(ref.namespace)}/{segment(ref.kind)}/{segment(ref.name)}/"
