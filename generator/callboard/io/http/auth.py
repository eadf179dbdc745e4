"""Tokens and passwords → request headers. A credential is sent only to the origin of the base URL of its client."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Protocol, runtime_checkable

from callboard.io.http.limits import Traffic
from callboard.io.http.messages import HttpRequest
from callboard.model.data_classes import dataclass


class Credential(Protocol):
    """Headers that authenticate a request."""

    @property
    def id(self) -> str:
        """A digest that separates credentials in the cache and does not reveal the secret."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Strings that must never be shown or cached."""

    def headers(self) -> Mapping[str, str]:
        """Called before each attempt. May raise ``SourceError``."""


@runtime_checkable
class SigningCredential(Protocol):
    """A credential whose headers depend on the request, such as the signatures of AWS."""

    def signed(self, request: HttpRequest) -> Mapping[str, str]:
        """Headers for this request; called before each attempt. May raise ``SourceError``."""


@runtime_checkable
class RequestingCredential(Protocol):
    """A credential that requests its tokens; its requests are counted among those of the client that uses it."""

    @property
    def traffic(self) -> Traffic:
        """What it sends."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """No authentication."""

    id: str = ""
    secrets: tuple[str, ...] = ()

    def headers(self) -> Mapping[str, str]:
        """No headers."""
        return {}


@dataclass(frozen=True, slots=True)
class StaticCredential:
    """The same headers for each request."""

    values: Mapping[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    @property
    def id(self) -> str:
        """A digest of the headers."""
        return digest(*(part for pair in sorted(self.values.items()) for part in pair))

    def headers(self) -> Mapping[str, str]:
        """The headers."""
        return self.values


def bearer(token: str) -> Credential:
    """``Authorization: Bearer``; anonymous where the token is empty."""
    return header("Authorization", token, "Bearer ")


def header(name: str, secret: str, prefix: str = "") -> Credential:
    """A vendor-specific header, such as ``PRIVATE-TOKEN``; anonymous where the secret is empty."""
    secret = secret.strip()
    return StaticCredential({name: f"{prefix}{secret}"}, (secret,)) if secret else Anonymous()


def basic(user: str, password: str) -> Credential:
    """User and password by Basic authentication (RFC 7617)."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return StaticCredential({"Authorization": f"Basic {encoded}"}, (encoded, password))


def digest(*parts: str) -> str:
    """A short digest of the parts of a credential."""
    return hashlib.sha256("\0".join(("callboard", *parts)).encode()).hexdigest()[:24]
