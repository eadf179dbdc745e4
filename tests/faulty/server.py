"""A small HTTP server that answers by a function, records its requests, and tolerates clients that disconnect."""

import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """A request that arrived."""

    method: str
    target: str
    headers: dict
    body: bytes = b""
    number: int = 0
    """Of all requests of the server, from 1."""
    path: str = field(init=False)
    """Still quoted."""
    query: dict = field(init=False)

    def __post_init__(self):
        parts = urlsplit(self.target)
        self.path, self.query = parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))

    def json(self):
        return json.loads(self.body)


class Wire:
    """The way back."""

    def __init__(self, handler, stopping):
        self._handler = handler
        self._stopping = stopping

    def head(self, status=200, headers=(), length=None):
        """Status and headers; without a length the body ends with the connection."""
        handler = self._handler
        handler.send_response_only(status)
        for name, value in dict(headers).items():
            handler.send_header(name, value)
        if length is None:
            handler.send_header("Connection", "close")
            handler.close_connection = True
        else:
            handler.send_header("Content-Length", str(length))
        handler.end_headers()

    def write(self, data):
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def answer(self, status=200, body=b"", headers=()):
        body = body if isinstance(body, bytes) else body.encode()
        self.head(status, headers, len(body))
        if self._handler.command != "HEAD":
            self.write(body)

    def wait(self, seconds):
        """True where the server is being stopped."""
        return self._stopping.wait(seconds)

    def reset(self):
        """Break the connection so that the other side sees a reset."""
        self._handler.close_connection = True
        self._handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._handler.connection.close()


def json_answer(wire, value, status=200, headers=()):
    wire.answer(status, json.dumps(value), {"Content-Type": "application/json", **dict(headers)})


class Server:
    """``with Server(answer) as server``: ``answer(asked, wire)`` is called for each request in a thread of its own."""

    def __init__(self, answer):
        self.requests = []
        self._answer = answer
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._http = _Quiet(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def _handler(server):  # noqa: N805 - self is the handler's
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self):
                length = int(self.headers.get("Content-Length") or 0)
                asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length))
                with server._lock:
                    server.requests.append(asked)
                    asked.number = len(server.requests)
                with contextlib.suppress(OSError):
                    server._answer(asked, Wire(self, server._stopping))

            do_GET = do_POST = do_HEAD = do_PUT = do_DELETE = do_PATCH = do_CONNECT = _any  # noqa: N815 - names of the standard library

            def log_message(self, *_):
                pass

        return Handler


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that went away is what these tests are about."""


def closed_port():
    """A port of loopback on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
