"""A function that reads files of a site → a web server on the loopback interface, which sends an event to open pages after each change."""

from __future__ import annotations

import errno
import json
import secrets
import socket
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from callboard.model.errors import CallboardError
from callboard.preview.responses import (
    RESERVED,
    Note,
    PageResponse,
    PageState,
    ReadSiteFile,
    accepted_hosts,
    error_page,
    host_allowed,
    is_loopback,
    respond,
)

_ASSETS = {name: Path(__file__).with_name(name) for name in ("reload.js", "overlay.js", "overlay.css")}
LOOPBACK = "127.0.0.1"
_HEARTBEAT = 15.0
"""Seconds without an event after which a comment line is sent, to detect closed connections."""


class PreviewServer:
    """A web server for one site. It answers in threads, and forbids browsers to cache.

    Args:
        read: reads a file of the site; may raise ``CallboardError``. Called from several threads.
        base: path under which the site is served, with a final ``/``.
        port: 0 selects a free one.
        host: address or name to listen on; the unspecified addresses ``0.0.0.0`` and ``::`` mean all addresses of this machine.

    Raises:
        CallboardError: the port is in use, or this machine does not have the address.
    """

    def __init__(self, read: ReadSiteFile, base: str = "/", port: int = 8000, host: str = LOOPBACK) -> None:
        self.read = read
        self.base = base
        self.host = host
        self._changed = threading.Condition()
        self._version = 0
        self._token = secrets.token_hex(8)
        """Identifies this run of the server."""
        self._error = ""
        self._notes: tuple[Note, ...] = ()
        self._more = 0
        self._is_open = True
        try:
            self._server = _server_class(host)((host, port), _Handler, self)
        except OSError as error:
            raise CallboardError(*_refused(host, port, error)) from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="preview", daemon=True)

    @property
    def address(self) -> str:
        """URL of the site, such as ``http://127.0.0.1:8000/portal/``."""
        name = {"0.0.0.0": LOOPBACK, "::": "::1"}.get(self.host, self.host)  # noqa: S104 - compared, not bound
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}{self.base}"

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self._server.server_address[1])

    @property
    def is_local(self) -> bool:
        """True if only this machine can reach it."""
        return is_loopback(self.host)

    def start(self) -> None:
        """Start to answer requests, in another thread."""
        self._thread.start()

    def stop(self) -> None:
        """Close all connections, and stop the thread."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def show_new_site(self, notes: Sequence[Note] = (), more: int = 0) -> None:
        """Make open pages reload, and show these problems of the change and the number of further ones."""
        with self._changed:
            self._version += 1
            self._error = ""
            self._notes, self._more = tuple(notes), more
            self._changed.notify_all()

    def show_error(self, message: str) -> None:
        """Show on open pages that a change could not be rendered; they do not reload."""
        with self._changed:
            self._error = message
            self._changed.notify_all()

    def clear_error(self) -> None:
        """Remove the error from open pages after the change that caused it was undone; they do not reload."""
        with self._changed:
            self._error = ""
            self._changed.notify_all()

    def states(self) -> Iterator[PageState | None]:
        """Yields the state now and after each change, and None after a while without changes; ends when the server stops."""
        sent: PageState | None = None
        while True:
            with self._changed:
                if self._is_open and self._state() == sent:
                    self._changed.wait(_HEARTBEAT)
                if not self._is_open:
                    return
                state = self._state()
            yield state if state != sent else None
            sent = state

    def _state(self) -> PageState:
        # The token differs after a restart, so that pages of the previous run reload.
        return PageState(f"{self._token}-{self._version}", self._error, self._notes, self._more)


def _server_class(host: str) -> type[_Server]:
    return _Server6 if ":" in host else _Server


def _refused(host: str, port: int, error: OSError) -> tuple[str, str]:
    """Why the server cannot listen, and what to do about it."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return f'This machine has no address "{host}".', "Give one of its addresses to --host, or 0.0.0.0 for all of them."
    if error.errno == errno.EADDRINUSE:
        return f"Another program uses port {port}.", "Choose another port with --port, or --port 0 for a free one."
    return f"The preview cannot use port {port}: {error.strerror}.", "Choose another port with --port."


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], preview: PreviewServer) -> None:
        super().__init__(address, handler)
        self.preview = preview

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing: browsers close connections at any time."""


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        preview = self.server.preview
        if not host_allowed(self.headers.get("Host"), preview.host):
            self._send(PageResponse(421, body=f"This preview accepts only {accepted_hosts(preview.host)} as its host name.".encode()))
        elif self.path == f"{preview.base}{RESERVED}events":
            self._stream(preview)
        elif self.path.startswith(f"{preview.base}{RESERVED}"):
            self._send(respond(_asset, f"{preview.base}{RESERVED}", self.path))
        else:
            self._send(_response(preview, self.path))

    do_HEAD = do_GET  # noqa: N815 - name of the base class

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - name of the base class
        """Print nothing: the terminal shows changes and their problems."""

    def version_string(self) -> str:
        return "callboard"

    def _send(self, response: PageResponse) -> None:
        self.send_response(response.status)
        if response.location:
            self.send_header("Location", response.location)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def _stream(self, preview: PreviewServer) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "HEAD":
            return
        for state in preview.states():
            line = f"event: state\ndata: {json.dumps(asdict(state))}\n\n" if state else ": heartbeat\n\n"
            self.wfile.write(line.encode())
            self.wfile.flush()


def _asset(name: str) -> bytes | None:
    """A script or style sheet of the preview; None if there is no such file."""
    return _ASSETS[name].read_bytes() if name in _ASSETS else None


def _response(preview: PreviewServer, target: str) -> PageResponse:
    try:
        return respond(preview.read, preview.base, target)
    except CallboardError as error:
        return error_page("\n".join(filter(None, (str(error), error.hint))), preview.base)
    except Exception as error:  # noqa: BLE001 - a bug in the rendering of one page must not stop the preview
        return error_page(f"{type(error).__name__}: {error}", preview.base)
