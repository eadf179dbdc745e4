"""A site on a server of our own, and Chromium."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from indexed_site import write_indexed_site
from small_site import write_site

from support import EVERY_CASE


class Server(http.server.SimpleHTTPRequestHandler):
    """Static files, and ``404.html`` for everything else, as hosts of static sites do."""

    def log_message(self, *args):
        pass

    def send_error(self, code, message=None, explain=None):
        page = Path(self.directory) / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Patient(http.server.ThreadingHTTPServer):
    """A browser that leaves a page hangs up on what it no longer needs: nothing to talk about."""

    def handle_error(self, request, client_address):
        pass


@pytest.fixture(scope="session")
def serve():
    """Serves a folder on loopback; gives its address with a final slash."""
    servers = []

    def start(folder):
        server = Patient(("127.0.0.1", 0), functools.partial(Server, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="session")
def folder(chromium, tmp_path_factory):
    """The small site; only built where a browser can look at it."""
    return write_site(tmp_path_factory.mktemp("small"), more=150)


@pytest.fixture(scope="session")
def indexed(folder, serve, tmp_path_factory):
    """The address of the small site with documentation, a reference and facts in its index, below a path."""
    return f"{serve(write_indexed_site(folder, tmp_path_factory.mktemp('indexed')))}deep/portal/"


@pytest.fixture(scope="session")
def address(folder, serve):
    return serve(folder)


@pytest.fixture(params=[pytest.param(1440, id="desktop"), pytest.param(400, id="phone", marks=EVERY_CASE)])
def width(request):
    return request.param


@pytest.fixture
def page(chromium, width):
    """A page that fails its test when something went to the console, to another host, or was not found."""
    context = chromium.new_context(viewport={"width": width, "height": 900})
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on(
        "request", lambda asked: None if asked.url.startswith(("http://127.0.0.1:", "data:", "blob:")) else complaints.append(asked.url)
    )
    opened.complaints = complaints
    yield opened
    context.close()
    assert not complaints
