"""One request sent and one answer received over a pooled connection, bounded in time and bytes."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed has it for some systems only

import certifi
import httpcore

from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits, Traffic
from callboard.io.http.urls import shown


class Deadline(threading.local):
    """When the request of this thread must be over."""

    def __init__(self) -> None:
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """From now on."""
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The timeout of the next step. Raises ``httpcore.ReadTimeout`` where the time is up."""
        rest = self._end - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is up")
        return rest if timeout is None else min(timeout, rest)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens connections that heed a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._inner = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a host."""
        stream = self._inner.connect_tcp(host, port, self._deadline.left(timeout), local_address, socket_options)
        return _BoundedStream(stream, self._deadline)


class _BoundedStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _BoundedStream(self._inner.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


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


GZIP = 31
"""``wbits`` of zlib for a gzip stream with its header."""
PIECE = 65_536


def received(pieces: Iterable[bytes], encoding: str, limit: int, count: Callable[[int], None]) -> bytes:
    """The unpacked body of at most ``limit`` bytes; ``count`` is told the bytes of each piece. Raises ``HttpError``."""
    unpack = _unpacker(encoding.strip().lower(), limit)
    body = bytearray()
    for piece in pieces:
        count(len(piece))
        for part in unpack(piece):
            body += part
            if len(body) > limit:
                raise HttpError("too-large", f"the answer has more than {limit:,} bytes")
    return bytes(body)


def _unpacker(encoding: str, limit: int) -> Callable[[bytes], Iterator[bytes]]:
    if encoding in {"", "identity"}:
        return lambda piece: iter((piece,))
    if encoding not in {"gzip", "x-gzip"}:
        raise HttpError("wrong-type", f"the answer is packed with {encoding[:20]!r}, which was not asked for")
    stream = zlib.decompressobj(GZIP)

    def unpack(piece: bytes) -> Iterator[bytes]:
        done = 0
        while piece and not stream.eof and done <= limit:
            try:
                part = stream.decompress(piece, PIECE)
            except zlib.error:
                raise HttpError("reset", "the packed answer is broken") from None
            piece = stream.unconsumed_tail
            done += len(part)
            yield part

    return unpack


NO_BODY = frozenset({204, 304})
ERROR_BODY = 20_000
"""Bytes of an error's body that are read to tell what the host says."""


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What is asked."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    content: bytes = b""
    limit: int = 0
    """Bytes of the unpacked body."""
    fixed: bool = False
    """Whether what the URL names can never change, such as a file at a commit."""


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    pool: httpcore.ConnectionPool,
    deadline: Deadline,
    request: HttpRequest,
    headers: Mapping[str, str],
    limits: ClientLimits,
    traffic: Traffic,
) -> HttpResponse:
    """Send and receive once. Raises ``HttpError``."""
    deadline.start(limits.request_seconds)
    with _told(shown(request.url)), pool.stream(
        request.method, request.url, headers=[*headers.items()], content=request.content or None, extensions=_timeouts(limits)
    ) as response:  # fmt: skip
        names = _headers(response.headers)
        if response.status in NO_BODY:
            return HttpResponse(response.status, names, b"")
        limit = request.limit or limits.body_bytes
        is_error = not 200 <= response.status < 300  # noqa: PLR2004 - the range of success
        pieces = response.iter_stream()
        encoding = names.get("content-encoding", "")
        if is_error:
            return HttpResponse(response.status, names, _error_body(pieces, encoding, traffic))
        if _length(names) > limit and not encoding:
            raise HttpError("too-large", f"the answer has {_length(names):,} bytes; at most {limit:,} are read")
        return HttpResponse(response.status, names, received(pieces, encoding, limit, lambda n: _count(traffic, n)))


def _count(traffic: Traffic, size: int) -> None:
    traffic.add(received=size)


def _error_body(pieces: Iterator[bytes], encoding: str, traffic: Traffic) -> bytes:
    """What an error says matters less than its status: a broken or endless body is left."""
    with contextlib.suppress(HttpError, httpcore.ReadError, httpcore.RemoteProtocolError, httpcore.ReadTimeout):
        return received(pieces, encoding, ERROR_BODY, lambda n: _count(traffic, n))
    return b""


def _timeouts(limits: ClientLimits) -> dict[str, dict[str, float]]:
    silence = limits.silence_seconds
    return {"timeout": {"connect": limits.connect_seconds, "read": silence, "write": silence, "pool": limits.request_seconds}}


@contextlib.contextmanager
def _told(where: str) -> Iterator[None]:
    try:
        yield
    except HttpError as error:
        raise HttpError(error.kind, f"{where}: {error}", error.hint) from None
    except httpcore.TimeoutException as error:
        what = "cannot be reached in time" if isinstance(error, httpcore.ConnectTimeout) else "takes too long to answer"
        raise HttpError("timeout", f"{where} {what}") from None
    except httpcore.ProxyError as error:
        raise HttpError("refused", f"the proxy does not let us through to {where} ({error})") from None
    except httpcore.ConnectError as error:
        cause = error.__cause__
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE" in str(error) or "SSL" in str(error):
            raise HttpError("untrusted", f"{where} shows a certificate that is not trusted here ({_reason(error)})") from None
        raise HttpError("refused", f"{where} cannot be reached ({_reason(error)})") from None
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise HttpError("reset", f"{where} broke off in the middle ({_reason(error)})") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError, OSError) as error:
        raise HttpError("bad-url", f"{where} cannot be asked ({_reason(error)})") from None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("ascii", "replace").lower(), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _length(headers: Mapping[str, str]) -> int:
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0  # noqa: PLR2004 - beyond any body
