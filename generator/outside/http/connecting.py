"""Connections to one origin, through the proxy and with the certificate authorities that the environment names."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed has it for some systems only

import certifi
import httpcore

from generator.outside.http.addressing import shown
from generator.outside.http.deadlines import BoundedBackend, Deadline
from generator.outside.http.errors import HttpError

IDLE_SECONDS = 15.0
CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def pool_for(base_url: str, environ: Mapping[str, str], at_once: int, deadline: Deadline) -> httpcore.ConnectionPool:
    """A pool for the origin of ``base_url``. Raises ``HttpError`` for a proxy or a certificate file that cannot be used."""
    backend = BoundedBackend(deadline)
    trusted = trusted_authorities(environ) if base_url.startswith("https:") else None
    proxy = proxy_of(base_url, environ)
    if not proxy:
        return httpcore.ConnectionPool(ssl_context=trusted, max_connections=at_once, keepalive_expiry=IDLE_SECONDS, network_backend=backend)
    parts = urlsplit(proxy)
    named = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    plain = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    try:
        return httpcore.HTTPProxy(
            plain, proxy_auth=named, ssl_context=trusted, max_connections=at_once, keepalive_expiry=IDLE_SECONDS, network_backend=backend
        )
    except (ValueError, TypeError) as error:
        raise HttpError("bad-url", f"the proxy {shown(plain)} cannot be used ({error})", "Correct HTTPS_PROXY.") from None


def proxy_of(base_url: str, environ: Mapping[str, str]) -> str:
    """The proxy's URL for a host, or an empty text: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, less ``NO_PROXY``."""
    parts = urlsplit(base_url)
    value = _first(environ, f"{parts.scheme}_proxy", "all_proxy")
    if not value or proxy_bypass_environment(parts.netloc, {"no": _first(environ, "no_proxy")}):
        return ""
    url = value if "://" in value else f"http://{value}"
    if urlsplit(url).scheme not in {"http", "https"}:
        raise HttpError("bad-url", f"the proxy {shown(url)} is of a kind that is not known here", "Name a proxy that begins with http://.")
    return url


def trusted_authorities(environ: Mapping[str, str]) -> ssl.SSLContext:
    """The authorities of the file that the environment names; else those of the system and of Mozilla's list together."""
    file = next((environ[name] for name in CA_FILES if environ.get(name)), None)
    folder = environ.get("SSL_CERT_DIR") or None
    try:
        if file or folder:
            return ssl.create_default_context(cafile=file, capath=folder)
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
    except (OSError, ssl.SSLError) as error:
        name = Path(file or folder or "").name
        raise HttpError("untrusted", f"the certificate authorities in {name} cannot be read ({error.strerror or error})") from None
    return context


def _first(environ: Mapping[str, str], *names: str) -> str:
    return next((value for name in names for key in (name, name.upper()) if (value := environ.get(key, "").strip())), "")
