"""URLs that others wrote → whether they exist, by requests that reach public addresses only and follow no redirect."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import Any
from urllib.parse import urlsplit

import httpcore

from callboard import __version__
from callboard.model.data_classes import dataclass

SECONDS = 8.0
"""Of one connection, or of waiting for one answer."""
MISSING = frozenset({404, 410})
NO_HOST = "no such host"
_HEADERS = {"User-Agent": f"callboard/{__version__} (link check)", "Accept": "*/*"}
_PORTS = {"http": 80, "https": 443}
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that stand for addresses of IPv4."""
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})

IsAllowed = Callable[[str], bool]


class PrivateAddressError(Exception):
    """A host has an address that is not public."""


@dataclass(slots=True)
class LinkProbe:
    """Sends HEAD, then GET where that says that something is missing; at most ``requests`` of both."""

    requests: int
    is_allowed: IsAllowed = field(default_factory=lambda: is_public_address)
    """Whether an address may be connected to."""
    ports: frozenset[int] = frozenset(_PORTS.values())

    def missing(self, url: str) -> str | None:
        """Why the URL does not exist; an empty string if it does, or needs a sign-in; None if that cannot be said."""
        if not self.may_ask(url):
            return None
        try:
            status = self._status("HEAD", url)
            if status in MISSING or status in {405, 501}:  # some hosts know no HEAD, or answer it wrongly
                status = self._status("GET", url)
        except socket.gaierror as error:
            return NO_HOST if error.errno in _NO_SUCH_NAME else None
        except (PrivateAddressError, OSError, ValueError, UnicodeError, httpcore.TimeoutException, httpcore.NetworkError):
            return None
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol):
            return None
        return None if status is None else str(status) if status in MISSING else ""

    def may_ask(self, url: str) -> bool:
        """Whether the URL is one of the web, without credentials, at a usual port; and two requests are left."""
        try:
            parts = urlsplit(url)
            port = parts.port or _PORTS.get(parts.scheme, 0)
        except ValueError:
            return False
        is_plain = parts.scheme in _PORTS and bool(parts.hostname) and "@" not in parts.netloc and url.isascii() and url.isprintable()
        return is_plain and " " not in url and port in self.ports and self.requests >= len(_PORTS)

    def _status(self, method: str, url: str) -> int | None:
        if self.requests <= 0:
            return None
        self.requests -= 1
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), SECONDS)
        with (
            httpcore.ConnectionPool(network_backend=_CheckedBackend(self.is_allowed), max_connections=1) as pool,
            pool.stream(method, url.partition("#")[0], headers=[*_HEADERS.items()], extensions={"timeout": timeouts}) as response,
        ):
            return int(response.status)


def is_public_address(text: str) -> bool:
    """Whether an IP address is one of the public internet; an IPv6 address that stands for one of IPv4 is judged by that."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address in _TRANSLATED or address.sixtofour or address.teredo:
            return False
        if address.ipv4_mapped:
            return is_public_address(str(address.ipv4_mapped))
    return address.is_global and not address.is_multicast


class _CheckedBackend(httpcore.NetworkBackend):
    """Connects to the address that was judged: the name is not resolved a second time."""

    def __init__(self, is_allowed: IsAllowed) -> None:
        self._is_allowed = is_allowed
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the host. Raises ``PrivateAddressError`` if one of its addresses is not allowed."""
        found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        if not found or not all(map(self._is_allowed, found)):
            raise PrivateAddressError(host)
        return self._inner.connect_tcp(found[0], port, timeout, local_address, socket_options)
