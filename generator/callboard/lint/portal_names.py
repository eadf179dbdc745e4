"""URL or folder of a published portal → references of its entities, from its names index (``catalog/names.py`` has the format)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callboard.catalog.names import FORMAT
from callboard.io.http.auth import Anonymous, Credential, StaticCredential
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import CallboardError, SourceError
from callboard.model.ref import EntityRef

HEADER = "CALLBOARD_PORTAL_HEADER"
PATH = "api/catalog/names.json"
LARGEST = 50_000_000
"""Largest index in bytes, enough for about a million entities."""
_LIMITS = ClientLimits(tries=2, request_seconds=60.0, trying_seconds=90.0, waiting_seconds=30.0, body_bytes=LARGEST)
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*")
"""A header field as in RFC 9110."""


def is_url(portal: str) -> bool:
    """True if the portal is given by its URL, False if by its folder."""
    return portal.startswith(("http://", "https://"))


def read_names(portal: str, environ: Mapping[str, str]) -> frozenset[EntityRef]:
    """The references of all entities of a portal; ``portal`` is its URL or the folder of its site.

    Responses are cached in the user's cache folder and revalidated. Raises ``CallboardError`` if the portal cannot be read.
    """
    value = _from_url(portal, environ) if is_url(portal) else _from_folder(Path(portal))
    try:
        return _references(value)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise SourceError(f"{portal} has no names index that this version can read.", f"Check {PATH} of the portal.") from None


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The folder for cached responses of portals, below ``XDG_CACHE_HOME`` or else ``~/.cache``."""
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path(environ.get("HOME") or "/nonexistent") / ".cache") / "callboard" / "portals"


def credential(environ: Mapping[str, str]) -> Credential:
    """The credential in ``CALLBOARD_PORTAL_HEADER`` (``Name: value``). Raises ``CallboardError``, whose message does not have the value."""
    header = environ.get(HEADER, "").strip()
    if not header:
        return Anonymous()
    field = _HEADER.fullmatch(header)
    if field is None:
        raise CallboardError(f"{HEADER} is not an HTTP header.", 'Write it as "Name: value", such as "Authorization: Bearer …".')
    name, value = field.groups()
    return StaticCredential({name: value}, tuple(dict.fromkeys((value, value.split()[-1], value.rpartition("=")[2] or value))))


def _from_url(url: str, environ: Mapping[str, str]) -> Any:
    try:
        client = Client(url, credential(environ), limits=_LIMITS, cache=cache_folder(environ), environ=environ)
        try:
            return client.get(PATH, limit=LARGEST).json()
        finally:
            client.close()
    except HttpError as error:
        needs_login = error.status in {401, 403} or error.kind in {"other-host", "not-json"}
        hint = f'Set {HEADER} ("Authorization: Bearer …").' if needs_login else "Check the URL and the network, or name a folder."
        raise SourceError(f"The portal could not be read: {error}.", f"{hint} The references were not checked.") from None


def _from_folder(folder: Path) -> Any:
    file = folder / PATH
    try:
        if file.stat().st_size > LARGEST:
            raise SourceError(f"{file} has more than {LARGEST:,} bytes.", "Name the folder of a built portal.")
        return json.loads(file.read_bytes())
    except OSError as error:
        hint = "Name the URL of a portal (https://…) or the folder that `callboard build` wrote. The references were not checked."
        raise SourceError(f"The portal could not be read: {file}: {error.strerror}.", hint) from None
    except (ValueError, RecursionError):
        raise SourceError(f"{file} is not JSON.", "Build the portal again.") from None


def _references(index: Any) -> frozenset[EntityRef]:
    if index["format"] != FORMAT:
        raise ValueError(index["format"])
    kinds = [str(kind["kind"]).lower() for kind in index["kinds"]]
    namespaces = [str(namespace).lower() for namespace in index["namespaces"]]
    columns = zip(index["kind"], index["namespace"], index["name"], strict=True)
    return frozenset(EntityRef(kinds[kind], namespaces[namespace], str(name).lower()) for kind, namespace, name in columns)
