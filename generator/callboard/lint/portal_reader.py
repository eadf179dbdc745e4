"""URL or folder of a published portal → its files, by their paths below the portal's root."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from callboard.io.http.auth import Anonymous, Credential, StaticCredential
from callboard.io.http.client import Client
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import CallboardError, SourceError

HEADER = "CALLBOARD_PORTAL_HEADER"
LARGEST = 50_000_000
"""Largest file in bytes, enough for the names of about a million entities."""
_LIMITS = ClientLimits(tries=2, request_seconds=60.0, trying_seconds=90.0, waiting_seconds=30.0, body_bytes=LARGEST)
_HEADER = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)[ \t]*")
"""A header field as in RFC 9110."""


def is_url(portal: str) -> bool:
    """True if the portal is given by its URL, False if by its folder."""
    return portal.startswith(("http://", "https://"))


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


class PortalReader:
    """Reads files of one portal. Responses are cached in the user's cache folder and revalidated; close it after use.

    ``consequence``: a sentence about what was not done if the portal cannot be read.
    """

    def __init__(self, portal: str, environ: Mapping[str, str], consequence: str) -> None:
        self.portal = portal
        self._environ = environ
        self._consequence = consequence
        self._client: Client | None = None

    def read(self, path: str) -> Any:
        """A file of JSON. Raises ``CallboardError`` if it cannot be read."""
        return self._from_url(path) if is_url(self.portal) else self._from_folder(Path(self.portal) / path)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _from_url(self, path: str) -> Any:
        try:
            if self._client is None:
                environ = self._environ
                self._client = Client(
                    self.portal, credential(environ), limits=_LIMITS, cache=cache_folder(environ), environ=environ
                )  # fmt: skip
            return self._client.get(path, limit=LARGEST).json()
        except HttpError as error:
            needs_login = error.status in {401, 403} or error.kind in {"other-host", "not-json"}
            hint = f'Set {HEADER} ("Authorization: Bearer …").' if needs_login else "Check the URL and the network, or name a folder."
            raise SourceError(f"The portal could not be read: {error}.", f"{hint} {self._consequence}") from None

    def _from_folder(self, file: Path) -> Any:
        try:
            if file.stat().st_size > LARGEST:
                raise SourceError(f"{file} has more than {LARGEST:,} bytes.", "Name the folder of a built portal.")
            return json.loads(file.read_bytes())
        except OSError as error:
            hint = f"Name the URL of a portal (https://…) or the folder that `callboard build` wrote. {self._consequence}"
            raise SourceError(f"The portal could not be read: {file}: {error.strerror}.", hint) from None
        except (ValueError, RecursionError):
            raise SourceError(f"{file} is not JSON.", "Build the portal again.") from None
