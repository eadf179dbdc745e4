"""A site out of real frames, a web server on loopback, and Chromium."""

import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import pytest

from callboard.settings.settings import Portal
from callboard.website import mkdocs_project, overlays, theme_build

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def guides_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    (folder / "guides/how").mkdir(parents=True)
    table = "| a | b |\n|---|--:|\n| 1 | 2 |\n"
    (folder / "guides/index.md").write_text(f"# All guides\n\nFirst words about parcels.\n\n## Rules\n\n{table}\n```python\nx = 1\n```\n")
    (folder / "guides/how/one.md").write_text("# How to begin\n\n## Step\n\n[back](../index.md#rules)\n")
    (folder / "guides/how/quiet.md").write_text("---\nsearch: {exclude: true}\n---\n# Quiet\n\nNobody looks for this.\n")
    return folder


@pytest.fixture(scope="session")
def project(guides_folder):
    """A portal with three guides and a name that needs escaping."""
    portal = Portal(name='Acme "&" <b>', url="https://x.example/portal/")
    read = overlays.read_overlays(guides_folder, portal)
    return mkdocs_project.MkDocsProject(portal, guides_folder, read.files, read.labels, read.guides)


@pytest.fixture(scope="session")
def frames_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("frames")


@pytest.fixture(scope="session")
def laid(project, frames_cache):
    """The foundation of that portal, by the real MkDocs."""
    return theme_build.ThemeBuild(project, frames_cache, Path(sys.executable), os.environ).finish()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def serve():
    """Serves a folder on loopback; gives its address."""
    servers = []

    def start(folder):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def watched(chromium):
    """``(page, complaints)``: every console message, failed request, error status and foreign host ends up in the list."""
    page = chromium.new_context(viewport={"width": 1300, "height": 800}).new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    # A page that is left aborts what it still loads, such as its icon.
    page.on("requestfailed", lambda request: request.failure == "net::ERR_ABORTED" or complaints.append(f"failed: {request.url}"))
    page.on("response", lambda response: complaints.append(f"{response.status}: {response.url}") if response.status >= 400 else None)
    page.on(
        "request",
        lambda request: None if "//127.0.0.1:" in request.url or request.url.startswith("data:") else complaints.append(request.url),
    )
    yield page, complaints
    page.context.close()
