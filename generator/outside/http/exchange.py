"""One request sent and one answer received, with every way in which that fails told as an ``HttpError``."""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import httpcore

from generator.outside.http.addressing import shown
from generator.outside.http.deadlines import Deadline
from generator.outside.http.errors import HttpError
from generator.outside.http.limits import Limits
from generator.outside.http.receiving import received
from generator.outside.http.traffic import Traffic

NO_BODY = frozenset({204, 304})
ERROR_BODY = 20_000
"""Bytes of an error's body that are read to tell what the host says."""


@dataclass(frozen=True, slots=True)
class Request:
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
class Received:
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    pool: httpcore.ConnectionPool, deadline: Deadline, request: Request, headers: Mapping[str, str], limits: Limits, traffic: Traffic
) -> Received:
    """Send and receive once. Raises ``HttpError``."""
    deadline.start(limits.request_seconds)
    with _told(shown(request.url)), pool.stream(
        request.method, request.url, headers=[*headers.items()], content=request.content or None, extensions=_timeouts(limits)
    ) as response:  # fmt: skip
        names = _headers(response.headers)
        if response.status in NO_BODY:
            return Received(response.status, names, b"")
        limit = request.limit or limits.body_bytes
        is_error = not 200 <= response.status < 300  # noqa: PLR2004 - the range of success
        pieces = response.iter_stream()
        encoding = names.get("content-encoding", "")
        if is_error:
            return Received(response.status, names, _error_body(pieces, encoding, traffic))
        if _length(names) > limit and not encoding:
            raise HttpError("too-large", f"the answer has {_length(names):,} bytes; at most {limit:,} are read")
        return Received(response.status, names, received(pieces, encoding, limit, lambda n: _count(traffic, n)))


def _count(traffic: Traffic, size: int) -> None:
    traffic.add(received=size)


def _error_body(pieces: Iterator[bytes], encoding: str, traffic: Traffic) -> bytes:
    """What an error says matters less than its status: a broken or endless body is left."""
    with contextlib.suppress(HttpError, httpcore.ReadError, httpcore.RemoteProtocolError, httpcore.ReadTimeout):
        return received(pieces, encoding, ERROR_BODY, lambda n: _count(traffic, n))
    return b""


def _timeouts(limits: Limits) -> dict[str, dict[str, float]]:
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
