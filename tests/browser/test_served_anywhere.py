"""The site on hosts without indexes of folders, below a path that nobody named, as files, and without its data."""

import functools
import http.server
import threading
from pathlib import Path

import pytest
from small_site import write_site

pytestmark = pytest.mark.browser


class WithoutIndexes(http.server.SimpleHTTPRequestHandler):
    """Files alone, as an object store serves them: a folder is not found."""

    def log_message(self, *args):
        pass

    def do_GET(self):
        if Path(self.translate_path(self.path)).is_dir():
            self.send_error(403)
        else:
            super().do_GET()


@pytest.fixture
def open_page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.failed = []
    page.on("response", lambda answer: page.failed.append(answer.url) if answer.status >= 400 else None)
    yield page
    context.close()


def test_with_index_links_every_step_works_on_a_host_without_indexes(open_page, tmp_path):
    """faults/site/no-index-server: every link was refused."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/index.md").write_text("# Guides\n\nAbout parts; see [the first](first.md).\n", encoding="utf-8")
    (tmp_path / "docs/first.md").write_text("# First\n\nText.\n", encoding="utf-8")
    site = write_site(tmp_path, settings="publish: {index_links: true}\n")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(WithoutIndexes, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page = open_page
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/index.html")
    page.locator(".md-tabs a", has_text="Catalog").click()
    page.locator("[data-catalog][data-ready]").wait_for()
    page.locator("[data-kind=api]").click()
    page.locator("[data-table] a", has_text="Orders API").click()
    page.wait_for_url("**/api/orders-api/index.html")
    page.locator("article a[href*='component/storefront']").first.click()
    page.wait_for_url("**/storefront/index.html")
    page.keyboard.press("Control+k")
    page.keyboard.type("order service")
    page.locator("dialog [role=option][aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/order-svc/index.html")
    page.goto(f"http://127.0.0.1:{server.server_address[1]}/guides/index.html")
    page.get_by_role("link", name="the first").click()
    page.wait_for_url("**/guides/first/index.html")
    server.shutdown()
    server.server_close()
    assert page.failed == []
    links = [link for file in site.rglob("*.html") if file.name != "404.html" for link in hrefs(file)]
    assert [link for link in links if link.endswith("/") and "://" not in link] == []
    assert "https://portal.example/catalog/index.html" in (site / "sitemap.xml").read_text()


def hrefs(file):
    return [part.partition('"')[0].partition("?")[0].partition("#")[0] for part in file.read_text(encoding="utf-8").split(' href="')[1:]]


def test_the_page_of_unknown_addresses_finds_its_root_below_a_path(open_page, folder, serve, tmp_path):
    """faults/site/404-subpath: without styles, with dead links."""
    (tmp_path / "portal").symlink_to(folder)
    (tmp_path / "404.html").symlink_to(folder / "404.html")
    address = serve(tmp_path)
    open_page.goto(f"{address}portal/catalog/default/component/order-servise/")
    near = open_page.locator(".cb-near a").first
    near.wait_for()
    assert near.get_attribute("href") == "/portal/catalog/default/component/order-svc/"
    assert open_page.get_by_role("link", name="Open the catalog").get_attribute("href") == "/portal/catalog/"
    assert open_page.evaluate("() => getComputedStyle(document.documentElement).getPropertyValue('--cb-canvas')") != ""
    open_page.goto(f"{address}portal/catalog/Default/Component/Order-SVC")
    open_page.wait_for_url("**/portal/catalog/default/component/order-svc/")


def test_pages_opened_as_files_have_styles_text_links_and_diagrams_and_no_dead_controls(open_page, folder):
    open_page.goto((folder / "index.html").as_uri())
    open_page.get_by_text("This page was opened as a file").wait_for()
    assert not open_page.locator("[data-search-form]").is_visible()
    open_page.locator(".md-tabs a", has_text="Catalog").click()
    open_page.wait_for_url("**/catalog/index.html")
    assert not open_page.locator("[data-q]").is_visible()
    assert open_page.locator("table tbody tr").count() == 100
    open_page.locator("[data-table] a", has_text="Order service").click()
    open_page.wait_for_url("**/order-svc/index.html")
    assert open_page.locator("svg.cb-graph rect").first.evaluate("each => getComputedStyle(each).width").endswith("px")


def test_without_its_data_controls_are_disabled_with_a_sentence(open_page, address):
    """faults/site/names-json-unreachable: filters were ticked and did nothing. A sign-in page in place of data is the same."""
    open_page.route("**/names.json*", lambda route: route.fulfill(body="<!doctype html><title>Sign in</title>", content_type="text/html"))
    open_page.goto(f"{address}catalog/")
    open_page.get_by_text("could not be loaded").wait_for()
    assert open_page.locator("[data-q]").is_disabled()
    assert open_page.locator("table tbody tr").count() > 90
    open_page.goto(address)
    open_page.get_by_role("button", name="Select team").click()
    open_page.locator("[data-my-team]").get_by_text("could not be loaded").wait_for()
    open_page.keyboard.press("Control+k")
    open_page.keyboard.type("order")
    open_page.locator("dialog").get_by_text("Search is unavailable").first.wait_for()
