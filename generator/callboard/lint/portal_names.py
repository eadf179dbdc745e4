"""What a published portal knows: its names index (``/api/catalog/names.json``, format: ``catalog/names.py``) as references."""

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
"""Bytes of an index: about a million entities."""
_LIMITS = ClientLimits(tries=2, request_seconds=60.0, trying_seconds=90.0, waiting_seconds=30.0, body_bytes=LARGEST)
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*")
"""A field of RFC 9110."""


def is_url(portal: str) -> bool:
    """Whether the portal is named by its address, and not by its folder."""
    return portal.startswith(("http://", "https://"))


def read_names(portal: str, environ: Mapping[str, str]) -> frozenset[EntityRef]:
    """The references of everything that a portal shows; ``portal`` is its address or the folder of its site.

    Answers of a portal are kept in the user's cache folder, and asked for again only where they changed. Raises ``CallboardError``.
    """
    value = _from_url(portal, environ) if is_url(portal) else _from_folder(Path(portal))
    try:
        return _references(value)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):
        raise SourceError(f"{portal} has no names index that this version can read.", f"Look at {PATH} there.") from None


def cache_folder(environ: Mapping[str, str]) -> Path:
    """The user's folder for answers of portals: ``XDG_CACHE_HOME``, else ``~/.cache``."""
    base = environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if base.startswith("/") else Path(environ.get("HOME") or "/nonexistent") / ".cache") / "callboard" / "portals"


def credential(environ: Mapping[str, str]) -> Credential:
    """Who we are to the portal, from ``CALLBOARD_PORTAL_HEADER``: ``Name: value``. Raises ``CallboardError``, without the value."""
    given = environ.get(HEADER, "").strip()
    if not given:
        return Anonymous()
    field = _HEADER.fullmatch(given)
    if field is None:
        raise CallboardError(f"{HEADER} is no header.", 'Write it as "Name: value", such as "Authorization: Bearer …".')
    name, value = field.groups()
    return StaticCredential({name: value}, tuple(dict.fromkeys((value, value.split()[-1], value.rpartition("=")[2] or value))))


def _from_url(url: str, environ: Mapping[str, str]) -> Any:
    who = credential(environ)
    try:
        client = Client(url, who, limits=_LIMITS, cache=cache_folder(environ), environ=environ)
        try:
            return client.get(PATH, limit=LARGEST).json()
        finally:
            client.close()
    except HttpError as error:
        asks = error.status in {401, 403} or error.kind in {"other-host", "not-json"}
        hint = f'Set {HEADER} ("Authorization: Bearer …").' if asks else "Check the address and the network, or name a folder."
        raise SourceError(f"The portal could not be read: {error}.", f"{hint} The references were not checked.") from None


def _from_folder(folder: Path) -> Any:
    file = folder / PATH
    try:
        if file.stat().st_size > LARGEST:
            raise SourceError(f"{file} has more than {LARGEST:,} bytes.", "Name the folder of a built portal.")
        return json.loads(file.read_bytes())
    except OSError as error:
        hint = "Name the address of a portal (https://…) or the folder that `callboard build` made. The references were not checked."
        raise SourceError(f"The portal could not be read: {file}: {error.strerror}.", hint) from None
    except (ValueError, RecursionError):
        raise SourceError(f"{file} is no JSON.", "Build the portal again.") from None


def _references(index: Any) -> frozenset[EntityRef]:
    if index["format"] != FORMAT:
        raise ValueError(index["format"])
    kinds = [str(kind["kind"]).lower() for kind in index["kinds"]]
    namespaces = [str(namespace).lower() for namespace in index["namespaces"]]
    columns = zip(index["kind"], index["namespace"], index["name"], strict=True)
    return frozenset(EntityRef(kinds[kind], namespaces[namespace], str(name).lower()) for kind, namespace, name in columns)
