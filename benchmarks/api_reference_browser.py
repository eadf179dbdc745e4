"""Time in Chromium until a description can be read: pages of a portal beside Swagger UI and Redoc, on the same document.

npm install --prefix LIBRARIES swagger-ui-dist@5 redoc@2
python benchmarks/api_reference_browser.py api.github.com.json LIBRARIES/node_modules [--seconds 90] [--times 3]

All files come from this machine, compressed with gzip as hosts do. Each page is opened three times, in turns, and the median is printed. Besides the clock,
which other programs disturb, stands the work of the page's own thread.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import TimeoutError as BrowserTimeoutError

from measuring import python, run

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
BUILD = "from callboard.__main__ import main; main()"
API = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: api}\nspec: {type: openapi, lifecycle: production, owner: team, definition: {$text: ./api.json}}\n"
SWAGGER = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="swagger-ui.css"><div id="ui"></div><script src="swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({url: "api.json", dom_id: "#ui", validatorUrl: null, docExpansion: "list"})</script>"""
REDOC = """<!doctype html><meta charset="utf-8"><div id="ui"></div><script src="redoc.standalone.js"></script>
<script>Redoc.init("api.json", {disableSearch: true}, document.getElementById("ui"))</script>"""


@functools.cache
def compressed(path: str) -> bytes:
    """A file with gzip, once: hosts keep it."""
    return gzip.compress(Path(path).read_bytes(), 6)


class Opened(NamedTuple):
    """What one visit took: seconds until readable and of work, MB of scripts' memory, nodes of the page."""

    seconds: float
    work: float
    heap: float
    nodes: float


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Static files of one folder, compressed."""

    def do_GET(self) -> None:
        """Send the file, or the page of the folder."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        body = compressed(str(path))
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with contextlib.suppress(ConnectionError):  # of a page that was given up
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def portal(folder: Path, definition: Path) -> Path:
    """A built portal with this API."""
    repository = folder / "repositories/api"
    repository.mkdir(parents=True)
    shutil.copy(definition, repository / "api.json")
    (repository / "catalog-info.yaml").write_text(API)
    (folder / "sources.yaml").write_text("version: 1\nsources:\n  - {name: all, type: files, path: repositories, repositories: '*'}\n")
    made = run(python(BUILD, "build"), folder, folder / "log")
    print(f"portal built: {made.cpu:.1f} s CPU, peak {made.peak_mb:.0f} MB")
    return folder / "site"


def library(folder: Path, definition: Path, page: str, *files: Path) -> Path:
    """A folder with the page of a library, its files and the definition."""
    folder.mkdir()
    for file in files:
        shutil.copy(file, folder / file.name)
    shutil.copy(definition, folder / "api.json")
    (folder / "index.html").write_text(page)
    return folder


def visit(browser: Browser, address: str, readable: str, seconds: int) -> Opened | None:
    """Open a page, and wait for its first operation or type; None if it is not there in time."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    started = time.perf_counter()
    try:
        page.goto(address, wait_until="commit", timeout=seconds * 1000)
        page.wait_for_selector(readable, timeout=seconds * 1000)
        took = time.perf_counter() - started
        found = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
        return Opened(took, found["TaskDuration"], found["JSHeapUsedSize"] / 1e6, found["Nodes"])
    except BrowserTimeoutError:
        return None
    finally:
        page.close()


def told(visits: list[Opened | None], seconds: int) -> str:
    """The medians, and how often the page was not readable in time."""
    good = [each for each in visits if each]
    if len(good) * 2 <= len(visits):
        return f"not within {seconds} s ({len(visits) - len(good)} of {len(visits)})"
    took, work, heap, nodes = map(statistics.median, zip(*good, strict=True))
    return f"{took:6.1f} s  work {work:5.1f} s, heap {heap:6.0f} MB, {nodes:9,.0f} nodes"


def main() -> None:
    """Build, serve, and visit each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("definition", type=Path, help="an OpenAPI description as JSON")
    parser.add_argument("libraries", type=Path, help="node_modules with swagger-ui-dist and redoc")
    parser.add_argument("--seconds", type=int, default=90, help="how long to wait for each")
    parser.add_argument("--times", type=int, default=3, help="visits of each, in turns")
    arguments = parser.parse_args()
    swagger, redoc = arguments.libraries / "swagger-ui-dist", arguments.libraries / "redoc/bundles/redoc.standalone.js"
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        root = Path(temporary)
        site = portal(root / "portal", arguments.definition)
        library(root / "swagger", arguments.definition, SWAGGER, swagger / "swagger-ui.css", swagger / "swagger-ui-bundle.js")
        library(root / "redoc", arguments.definition, REDOC, redoc)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(root)))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}/"
        reference = site / "catalog/default/api/api/reference"
        largest = max(reference.rglob("index.html"), key=lambda path: path.stat().st_size)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        path = largest.parent.relative_to(root).as_posix()
        first = f"{base}{reference.relative_to(root).as_posix()}/"
        readable = ".cb-op, .cb-entry h3, .cb-apitype h3"
        visited = {
            "portal, first page": (first, readable),
            f"portal, largest page ({largest.stat().st_size // 1000} KB)": (f"{base}{path}/", readable),
            "Redoc": (f"{base}redoc/", "[data-section-id^='tag/'] h2, [data-section-id*='operation']"),
            "Swagger UI": (f"{base}swagger/", ".opblock"),
        }
        found: dict[str, list[Opened | None]] = {name: [] for name in visited}
        for _ in range(arguments.times):
            for name, (address, awaited) in visited.items():
                found[name].append(visit(browser, address, awaited, arguments.seconds))
        for name, visits in found.items():
            print(f"{name:34} {told(visits, arguments.seconds)}")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
