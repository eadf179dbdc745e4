"""Responses by path → a server on localhost that sends them, and the requests that it received."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from callboard.model.data_classes import dataclass

NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class FakeRequest:
    """A request that a plugin sent."""

    method: str
    path: str
    """Without the query: ``/api/flags``."""
    query: Mapping[str, str]
    """Of several values of one name, the last."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class FakeResponse:
    """A response of the server."""

    value: Any = None
    """Bytes or a string are sent as they are, anything else as JSON."""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    """Seconds before the response is sent."""

    @property
    def body(self) -> bytes:
        """The bytes that are sent."""
        if isinstance(self.value, bytes):
            return self.value
        return self.value.encode() if isinstance(self.value, str) else json.dumps(self.value).encode()


Reply = Callable[[FakeRequest], FakeResponse]


class FakeServer:
    """An HTTP server on a free port of localhost, for tests of plugins; use it as a context manager.

    It answers with status 404 where no response was given.
    """

    def __init__(self) -> None:
        self.requests: list[FakeRequest] = []
        """All requests so far, in the order in which they arrived."""
        self._replies: dict[tuple[str, str], list[Reply]] = {}
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._respond))
        self._thread = threading.Thread(target=lambda: self._server.serve_forever(poll_interval=0.01), daemon=True)

    @property
    def url(self) -> str:
        """The base URL, without a final slash."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def reply(
        self, path: str, value: Any = None, *, method: str = "GET", status: int = 200, headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
    ) -> None:  # fmt: skip
        """Give a response for a path. Of several for one path, each is sent once, in this order, and the last one from then on."""
        self.reply_with(path, lambda _: FakeResponse(value, status, headers or {}, delay), method=method)

    def reply_with(self, path: str, reply: Reply, *, method: str = "GET") -> None:
        """Give a function that makes the response of a request, as for ``reply``."""
        with self._lock:
            self._replies.setdefault((method, path), []).append(reply)

    def reply_pages(self, path: str, pages: Sequence[Any]) -> None:
        """Give the pages of a listing: the query parameter ``page`` selects one (from 1), and the header ``Link`` leads to the next."""

        def page(request: FakeRequest) -> FakeResponse:
            number = int(request.query.get("page", "1"))
            following = f'<{self.url}{path}?page={number + 1}>; rel="next"'
            return FakeResponse(pages[number - 1], headers={"Link": following} if number < len(pages) else {})

        self.reply_with(path, page)

    def count(self, path: str = "", *, method: str = "") -> int:
        """The number of requests so far, of a path and of a method where they are given."""
        with self._lock:
            return sum(1 for each in self.requests if path in {"", each.path} and method in {"", each.method})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _respond(self, request: FakeRequest) -> FakeResponse:
        with self._lock:
            self.requests.append(request)
            replies = self._replies.get((request.method, request.path), [])
            reply = replies.pop(0) if len(replies) > 1 else replies[0] if replies else None
        return reply(request) if reply else FakeResponse({"error": f"no response was given for {request.path}"}, NOT_FOUND)


def _handler(respond: Reply) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            response = respond(FakeRequest(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, body))
            time.sleep(response.delay)
            self.send_response(response.status)
            for name, value in {"Content-Type": "application/json", **response.headers, "Content-Length": str(len(response.body))}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(response.body)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - names that http.server calls

        def log_message(self, *arguments: object) -> None:
            """Print nothing: a test reads ``requests``."""

    return Handler
