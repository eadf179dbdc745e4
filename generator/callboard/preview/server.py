"""The preview's web server: threads on loopback, no caching, an event after each build."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from callboard.model.errors import CallboardError
from callboard.preview.answers import RESERVED, Note, PageAnswer, PageState, ReadSiteFile, answer, broken, host_allowed

_OWN = {name: Path(__file__).with_name(name) for name in ("reload.js", "overlay.js", "overlay.css")}
_HEARTBEAT = 15.0
"""Seconds of silence after which a line is sent, to notice browsers that have gone."""


class Preview:
    """A site on loopback.

    Args:
        read: gives a file of the site; may raise ``CallboardError``. Asked from several threads.
        base: path under which it is shown, with a final ``/``.
        port: 0 takes a free one.

    Raises:
        CallboardError: the port is taken.
    """

    def __init__(self, read: ReadSiteFile, base: str = "/", port: int = 8000) -> None:
        self.read = read
        self.base = base
        self._changed = threading.Condition()
        self._builds = 0
        self._token = secrets.token_hex(8)
        self._error = ""
        self._notes: tuple[Note, ...] = ()
        self._more = 0
        self._open = True
        try:
            self._server = _Server(("127.0.0.1", port), _Handler, self)
        except OSError as error:
            raise CallboardError(f"The preview cannot use port {port}: {error}.", "Choose another port with --port.") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="preview", daemon=True)

    @property
    def address(self) -> str:
        """Where the site is, such as ``http://127.0.0.1:8000/portal/``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.base}"

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End all connections and the thread."""
        with self._changed:
            self._open = False
            self._changed.notify_all()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def show_new_site(self, notes: Sequence[Note] = (), more: int = 0) -> None:
        """There is another site: open pages load again, and show these problems of the change, of which there are ``more``."""
        with self._changed:
            self._builds += 1
            self._error = ""
            self._notes, self._more = tuple(notes), more
            self._changed.notify_all()

    def show_error(self, text: str) -> None:
        """A change cannot be shown: open pages say so; the site stays as it was."""
        with self._changed:
            self._error = text
            self._changed.notify_all()

    def show_no_error(self) -> None:
        """What could not be shown is undone: the site is the one that there was."""
        with self._changed:
            self._error = ""
            self._changed.notify_all()

    def states(self) -> Iterator[PageState | None]:
        """The state now and after each change; None when nothing happened for a while; ends with the server."""
        told: PageState | None = None
        while True:
            with self._changed:
                if self._open and self._state() == told:
                    self._changed.wait(_HEARTBEAT)
                if not self._open:
                    return
                state = self._state()
            yield state if state != told else None
            told = state

    def _state(self) -> PageState:
        # The server's own identity is part of it: after a restart, old pages load again.
        return PageState(f"{self._token}-{self._builds}", self._error, self._notes, self._more)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler], preview: Preview) -> None:
        super().__init__(address, handler)
        self.preview = preview

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up in the middle is nothing to tell of."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        preview = self.server.preview
        if not host_allowed(self.headers.get("Host")):
            self._send(PageAnswer(421, body=b"This preview accepts only the host names localhost and 127.0.0.1."))
        elif self.path == f"{preview.base}{RESERVED}events":
            self._stream(preview)
        elif self.path.startswith(f"{preview.base}{RESERVED}"):
            self._send(answer(_own, f"{preview.base}{RESERVED}", self.path))
        else:
            self._send(_answered(preview, self.path))

    do_HEAD = do_GET  # noqa: N815 - the base class asks for this name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """The terminal is for builds."""

    def version_string(self) -> str:
        return "callboard"

    def _send(self, made: PageAnswer) -> None:
        self.send_response(made.status)
        if made.location:
            self.send_header("Location", made.location)
        self.send_header("Content-Type", made.content_type)
        self.send_header("Content-Length", str(len(made.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(made.body)

    def _stream(self, preview: Preview) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command == "HEAD":
            return
        for state in preview.states():
            line = f"event: state\ndata: {json.dumps(asdict(state))}\n\n" if state else ": still here\n\n"
            self.wfile.write(line.encode())
            self.wfile.flush()


def _own(name: str) -> bytes | None:
    """The preview's own scripts and styles."""
    return _OWN[name].read_bytes() if name in _OWN else None


def _answered(preview: Preview, target: str) -> PageAnswer:
    try:
        return answer(preview.read, preview.base, target)
    except CallboardError as error:
        return broken("\n".join(filter(None, (str(error), error.hint))), preview.base)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one page must not end an afternoon's preview
        return broken(f"{type(error).__name__}: {error}", preview.base)
