"""Time in Chromium until a description can be read: pages of a portal beside Swagger UI and Redoc, on the same document.

npm install --prefix LIBRARIES swagger-ui-dist@5 redoc@2
python benchmarks/api_reference_browser.py api.github.com.json LIBRARIES/node_modules [--seconds 90]

All files come from this machine. Besides the clock, which other programs disturb, stands the work of the page's own thread.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import shutil
import sys
import tempfile
import threading
import time
from pathlib import Path

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


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Static files of one folder, compressed by nobody."""

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


def visit(browser: Browser, name: str, address: str, readable: str, seconds: int) -> None:
    """Open a page, and print when its first operation or type is there."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")
    started = time.perf_counter()
    try:
        page.goto(address, wait_until="commit", timeout=seconds * 1000)
        page.wait_for_selector(readable, timeout=seconds * 1000)
        took = f"{time.perf_counter() - started:6.1f} s"
        found = {each["name"]: each["value"] for each in tools.send("Performance.getMetrics")["metrics"]}
        work = f"work {found['TaskDuration']:5.1f} s, heap {found['JSHeapUsedSize'] / 1e6:6.0f} MB, {found['Nodes']:9,.0f} nodes"
    except BrowserTimeoutError:
        took, work = f"not within {seconds} s", ""
    print(f"{name:34} {took}  {work}")
    page.close()


def main() -> None:
    """Build, serve, and visit each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("definition", type=Path, help="an OpenAPI description as JSON")
    parser.add_argument("libraries", type=Path, help="node_modules with swagger-ui-dist and redoc")
    parser.add_argument("--seconds", type=int, default=90, help="how long to wait for each")
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
        readable = ".cb-op, .cb-entry h3, .cb-apitype h3"
        visit(browser, "portal, first page", f"{base}{reference.relative_to(root).as_posix()}/", readable, arguments.seconds)
        visit(browser, f"portal, largest page ({largest.stat().st_size // 1000} KB)", f"{base}{path}/", readable, arguments.seconds)
        visit(browser, "Redoc", f"{base}redoc/", "[data-section-id^='tag/'] h2, [data-section-id*='operation']", arguments.seconds)
        visit(browser, "Swagger UI", f"{base}swagger/", ".opblock", arguments.seconds)
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    sys.exit(main())
