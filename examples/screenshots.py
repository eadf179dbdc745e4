"""Takes the pictures of the README from the built example portal: `make screenshots`. Needs Chromium."""

from __future__ import annotations

import functools
import http.server
import shutil
import sys
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
PICTURES = {
    # name: path, palette, width, height
    "home-light": ("", "light", 1280, 860),
    "catalog-light": ("catalog/?kind=component", "light", 1280, 860),
    "component-light": ("catalog/default/component/checkout-service/", "light", 1280, 1180),
    "component-dark": ("catalog/default/component/checkout-service/", "dark", 1280, 1180),
    "system-light": ("catalog/default/system/checkout/", "light", 1280, 860),
    "team-dark-400": ("catalog/default/group/team-checkout/", "dark", 400, 860),
    "search-dark": ("", "dark", 1280, 860),
}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    """Serve `site/` on loopback and take every picture into `docs/images/`."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only this script needs it

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("Needs Chromium: apt-get install chromium")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(ROOT / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, (path, palette, width, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=palette)
            page.goto(f"http://127.0.0.1:{server.server_address[1]}/{path}", wait_until="networkidle")
            page.wait_for_timeout(900)  # scripts write ages and show controls when the browser is idle
            if name.startswith("search"):
                page.keyboard.press("/")
                page.keyboard.type("checkout", delay=30)
                page.wait_for_timeout(900)
            page.screenshot(path=str(ROOT / f"docs/images/{name}.png"))
            page.close()
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main()
