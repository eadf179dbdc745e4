"""Who we are to a host. A credential is sent to the one origin that its client was made for, and to nobody else."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class Credential(Protocol):
    """Headers that say who we are."""

    @property
    def id(self) -> str:
        """A digest that tells one credential from another in the cache, and nothing about the secret."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be shown or kept."""

    def headers(self) -> Mapping[str, str]:
        """Asked before each try. May raise ``SourceError``."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Nobody."""

    id: str = ""
    secrets: tuple[str, ...] = ()

    def headers(self) -> Mapping[str, str]:
        """None."""
        return {}


@dataclass(frozen=True, slots=True)
class Fixed:
    """Headers that never change."""

    values: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def id(self) -> str:
        """Digest over the headers."""
        return digest(*(part for pair in sorted(self.values.items()) for part in pair))

    def headers(self) -> Mapping[str, str]:
        """The same each time."""
        return self.values


def bearer(token: str) -> Credential:
    """``Authorization: Bearer``; nobody where the token is empty."""
    return header("Authorization", token, "Bearer ")


def header(name: str, secret: str, before: str = "") -> Credential:
    """A header of the vendor's own, such as ``PRIVATE-TOKEN``; nobody where the secret is empty."""
    secret = secret.strip()
    return Fixed({name: f"{before}{secret}"}, (secret,)) if secret else Anonymous()


def basic(user: str, password: str) -> Credential:
    """User and password as RFC 7617 has them."""
    packed = base64.b64encode(f"{user}:{password}".encode()).decode()
    return Fixed({"Authorization": f"Basic {packed}"}, (packed, password))


def digest(*parts: str) -> str:
    """A short name for a credential."""
    return hashlib.sha256("\0".join(("callboard", *parts)).encode()).hexdigest()[:24]
