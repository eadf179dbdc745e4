"""One HTTP request → one response over a pooled connection, bounded in time and bytes; failures as ``HttpError``."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # typeshed has it for some systems only

import certifi
import httpcore

from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits, Traffic
from callboard.io.http.messages import HttpRequest, HttpResponse
from callboard.io.http.urls import shown

IDLE_SECONDS = 15.0
CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
GZIP = 31
"""``wbits`` of zlib for a gzip stream with its header."""
CHUNK = 65_536
NO_BODY = frozenset({204, 304})
ERROR_BODY = 20_000
"""Bytes of an error's body that are read for the host's message."""


class Deadline(threading.local):
    """When the request of this thread must have ended."""

    def __init__(self) -> None:
        self._end = float("inf")

    def start(self, seconds: float) -> None:
        """Let the request end within that many seconds from now."""
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None) -> float:
        """The timeout of the next operation. Raises ``httpcore.ReadTimeout`` where the time is up."""
        rest = self._end - time.monotonic()
        if rest <= 0:
            raise httpcore.ReadTimeout("the time limit of the request is exceeded")
        return rest if timeout is None else min(timeout, rest)


class BoundedBackend(httpcore.NetworkBackend):
    """Opens connections whose operations end at a deadline: a library's timeouts would not bound a host that sends byte by byte."""

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


def pool_for(base_url: str, environ: Mapping[str, str], at_once: int, deadline: Deadline) -> httpcore.ConnectionPool:
    """A connection pool for the origin of ``base_url``. Raises ``HttpError`` for an unusable proxy or certificate file."""
    backend = BoundedBackend(deadline)
    trusted = trusted_authorities(environ) if base_url.startswith("https:") else None
    proxy = proxy_of(base_url, environ)
    if not proxy:
        return httpcore.ConnectionPool(ssl_context=trusted, max_connections=at_once, keepalive_expiry=IDLE_SECONDS, network_backend=backend)
    parts = urlsplit(proxy)
    proxy_auth = (unquote(parts.username or ""), unquote(parts.password or "")) if parts.username else None
    proxy_url = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    try:
        return httpcore.HTTPProxy(
            proxy_url,
            proxy_auth=proxy_auth,
            ssl_context=trusted,
            max_connections=at_once,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=backend,
        )
    except (ValueError, TypeError) as error:
        raise HttpError("bad-url", f"the proxy {shown(proxy_url)} cannot be used ({error})", "Correct HTTPS_PROXY.") from None


def proxy_of(base_url: str, environ: Mapping[str, str]) -> str:
    """The proxy's URL for a host, or an empty string: ``HTTPS_PROXY``, ``HTTP_PROXY``, ``ALL_PROXY``, less ``NO_PROXY``."""
    parts = urlsplit(base_url)
    value = _first(environ, f"{parts.scheme}_proxy", "all_proxy")
    if not value or proxy_bypass_environment(parts.netloc, {"no": _first(environ, "no_proxy")}):
        return ""
    url = value if "://" in value else f"http://{value}"
    if urlsplit(url).scheme not in {"http", "https"}:
        raise HttpError("bad-url", f"the scheme of the proxy {shown(url)} is not supported", "Name a proxy that begins with http://.")
    return url


def trusted_authorities(environ: Mapping[str, str]) -> ssl.SSLContext:
    """Certificate authorities: those of the file that the environment names, else those of the system and of Mozilla's list."""
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


def received(chunks: Iterable[bytes], encoding: str, limit: int, count: Callable[[int], None]) -> bytes:
    """The decompressed body of at most ``limit`` bytes; ``count`` gets the size of each chunk. Raises ``HttpError``."""
    decompress = _decompressor(encoding.strip().lower(), limit)
    body = bytearray()
    for chunk in chunks:
        count(len(chunk))
        for part in decompress(chunk):
            body += part
            if len(body) > limit:
                raise HttpError("too-large", f"the response has more than {limit:,} bytes")
    return bytes(body)


def _decompressor(encoding: str, limit: int) -> Callable[[bytes], Iterator[bytes]]:
    if encoding in {"", "identity"}:
        return lambda chunk: iter((chunk,))
    if encoding not in {"gzip", "x-gzip"}:
        raise HttpError("wrong-type", f"the response is compressed with {encoding[:20]!r}, which was not requested")
    stream = zlib.decompressobj(GZIP)

    def decompress(chunk: bytes) -> Iterator[bytes]:
        done = 0
        while chunk and not stream.eof and done <= limit:
            try:
                part = stream.decompress(chunk, CHUNK)
            except zlib.error:
                raise HttpError("reset", "the compressed response is corrupt") from None
            chunk = stream.unconsumed_tail
            done += len(part)
            yield part

    return decompress


def exchange(
    pool: httpcore.ConnectionPool,
    deadline: Deadline,
    request: HttpRequest,
    headers: Mapping[str, str],
    limits: ClientLimits,
    traffic: Traffic,
) -> HttpResponse:
    """Send a request and receive its response. Raises ``HttpError``."""
    deadline.start(limits.request_seconds)
    with _as_http_error(shown(request.url)), pool.stream(
        request.method, request.url, headers=[*headers.items()], content=request.content or None, extensions=_timeouts(limits)
    ) as response:  # fmt: skip
        names = _headers(response.headers)
        if response.status in NO_BODY:
            return HttpResponse(response.status, names, b"")
        limit = request.limit or limits.body_bytes
        is_error = not 200 <= response.status < 300  # noqa: PLR2004 - the range of success
        chunks = response.iter_stream()
        encoding = names.get("content-encoding", "")
        if is_error:
            return HttpResponse(response.status, names, _error_body(chunks, encoding, traffic))
        if _length(names) > limit and not encoding:
            raise HttpError("too-large", f"the response has {_length(names):,} bytes; at most {limit:,} are read")
        return HttpResponse(response.status, names, received(chunks, encoding, limit, lambda n: _count(traffic, n)))


def _count(traffic: Traffic, size: int) -> None:
    traffic.add(received=size)


def _error_body(chunks: Iterator[bytes], encoding: str, traffic: Traffic) -> bytes:
    """The body of an error; empty where it is broken or endless, since the status matters more."""
    with contextlib.suppress(HttpError, httpcore.ReadError, httpcore.RemoteProtocolError, httpcore.ReadTimeout):
        return received(chunks, encoding, ERROR_BODY, lambda n: _count(traffic, n))
    return b""


def _timeouts(limits: ClientLimits) -> dict[str, dict[str, float]]:
    seconds = limits.silence_seconds
    return {"timeout": {"connect": limits.connect_seconds, "read": seconds, "write": seconds, "pool": limits.request_seconds}}


@contextlib.contextmanager
def _as_http_error(where: str) -> Iterator[None]:
    try:
        yield
    except HttpError as error:
        raise HttpError(error.kind, f"{where}: {error}", error.hint) from None
    except httpcore.TimeoutException as error:
        words = "cannot be reached in time" if isinstance(error, httpcore.ConnectTimeout) else "did not answer in time"
        raise HttpError("timeout", f"{where} {words}") from None
    except httpcore.ProxyError as error:
        raise HttpError("refused", f"the proxy refused the connection to {where} ({error})") from None
    except httpcore.ConnectError as error:
        cause = error.__cause__
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE" in str(error) or "SSL" in str(error):
            raise HttpError("untrusted", f"the certificate of {where} is not trusted ({_reason(error)})") from None
        raise HttpError("refused", f"{where} cannot be reached ({_reason(error)})") from None
    except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
        raise HttpError("reset", f"{where} closed the connection early ({_reason(error)})") from None
    except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, ValueError, OSError) as error:
        raise HttpError("bad-url", f"{where} cannot be requested ({_reason(error)})") from None


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _headers(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("ascii", "replace").lower(), value.decode("latin-1")
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _length(headers: Mapping[str, str]) -> int:
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0  # noqa: PLR2004 - beyond any body
