"""The preview as a running server: headers, events, changes, and a real browser that loads again."""

import gc
import http.client
import os
import sys
from datetime import UTC, datetime

import pytest

from callboard.model.errors import CallboardError, WebsiteError
from callboard.preview.loop import PreviewLoop
from callboard.preview.portal import PreviewPortal
from callboard.preview.responses import Note, PageState, folder
from callboard.preview.server import PreviewServer

pytestmark = pytest.mark.long

POLICY = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'; style-src 'self'\">"


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text(
        f'<!doctype html><html lang="en"><head>{POLICY}<title>t</title></head><body><h1>first</h1></body></html>'
    )
    return folder


@pytest.fixture
def preview(site):
    running = PreviewServer(folder(site), "/p/", port=0)
    running.start()
    yield running
    running.stop()


def ask(preview, path="/p/", host="localhost", method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", int(preview.address.split(":")[2].split("/")[0]), timeout=10)
    connection.request(method, path, headers={"Host": host})
    response = connection.getresponse()
    answered = response.status, dict(response.getheaders()), response.read()
    connection.close()
    return answered


def test_nothing_may_be_kept_by_the_browser_and_types_are_what_they_say(preview):
    status, headers, body = ask(preview)
    assert (status, headers["Cache-Control"], headers["X-Content-Type-Options"]) == (200, "no-store", "nosniff")
    assert b"first" in body


def test_a_request_under_another_hosts_name_gets_nothing(preview):
    for path in ("/p/", "/p/__callboard/events", "/p/__callboard/reload.js"):
        status, _, body = ask(preview, path, host="evil.example")
        assert status == 421
        assert b"first" not in body


def test_asking_for_the_head_gives_no_body_and_other_methods_are_refused(preview):
    assert ask(preview, method="HEAD")[2] == b""
    assert ask(preview, method="POST")[0] == 501


def test_a_taken_port_is_an_error_that_names_it(preview, site):
    port = int(preview.address.split(":")[2].split("/")[0])
    with pytest.raises(CallboardError, match=f"port {port}"):
        PreviewServer(folder(site), port=port)


def test_an_address_that_this_machine_does_not_have_is_an_error_that_names_it(site):
    with pytest.raises(CallboardError, match=r'no address "192\.0\.2\.1"') as caught:
        PreviewServer(folder(site), port=0, host="192.0.2.1")
    assert "--host" in caught.value.hint


@pytest.mark.parametrize(("host", "address", "accepted"), [
    ("0.0.0.0", "127.0.0.1", {"10.0.0.7:80": 200, "localhost": 200, "[fd00::1]:80": 200, "evil.example": 421, "1.2.3.4.evil.example": 421}),
    ("127.0.0.1", "127.0.0.1", {"10.0.0.7": 421, "localhost:1": 200}),
])  # fmt: skip
def test_a_preview_for_others_accepts_addresses_and_no_names(site, host, address, accepted):
    running = PreviewServer(folder(site), port=0, host=host)
    running.start()
    assert running.address == f"http://{address}:{running.port}/"
    assert running.is_local == (host == "127.0.0.1")
    try:
        assert {name: ask(running, "/", host=name)[0] for name in accepted} == accepted
    finally:
        running.stop()


def test_a_preview_that_never_began_can_be_ended(site):
    PreviewServer(folder(site), port=0).stop()


def test_open_pages_are_told_of_a_new_site_and_of_a_failure(preview):
    states = preview.states()
    first = next(states)
    preview.show_error("no such file")
    assert next(states) == PageState(first.version, "no such file")
    preview.show_new_site()
    assert next(states).version != first.version


def test_open_pages_are_told_the_problems_of_a_change_and_of_nothing_once_it_is_undone(preview):
    states = preview.states()
    next(states)
    note = Note("warning", "REF001", "shop/catalog-info.yaml:7:3", "names nobody", "Correct it.", "problems/ref001/")
    preview.show_new_site([note], more=2)
    shown = next(states)
    assert (shown.notes, shown.more, shown.error) == ((note,), 2, "")
    preview.show_error("broken")
    assert next(states).error == "broken"
    preview.clear_error()
    assert next(states) == shown


def test_a_page_that_cannot_be_made_does_not_end_the_preview(site):
    def read(path):
        if path == "index.html":
            raise WebsiteError("home.html:3: unknown tag", "Mend it.")
        return 1 // 0

    running = PreviewServer(read, port=0)
    running.start()
    try:
        assert b"home.html:3: unknown tag\nMend it." in ask(running, "/")[2]
        status, _, body = ask(running, "/other.html")
        assert (status, b"ZeroDivisionError" in body) == (500, True)
    finally:
        running.stop()


def test_a_portal_that_cannot_be_read_at_the_start_is_an_error_in_the_terminal_and_on_the_page(tmp_path):
    config, lines = tmp_path / "sources.yaml", []
    config.write_text("version: 1\nportal: {name: Small}\nsources:\n  - {name: here, type: files, path: missing}\n")
    portal = PreviewPortal(config, os.environ, lambda: datetime.now(UTC))
    loop = PreviewLoop(portal, config, tmp_path / "site", [sys.executable, "-c", ""], os.environ, lines.append)
    try:
        server = loop.open(0)
        assert lines[0].startswith("Could not render the site; it is rendered again after the next change.\n")
        status, _, body = ask(server, "/")
        assert (status, b"There is no site yet" in body) == (500, True)
    finally:
        loop.close()
        gc.unfreeze()


def test_the_previews_own_files_are_these_and_no_others(preview):
    for name in ("reload.js", "overlay.js", "overlay.css"):
        assert ask(preview, f"/p/__callboard/{name}")[0] == 200
    for name in ("server.py", "../responses.py", "%2e%2e/responses.py", ""):
        assert ask(preview, f"/p/__callboard/{name}")[0] == 404


@pytest.fixture
def browser_page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


EVIL = "<b>broken</b> & `<img src=x onerror=alert(1)>` more"
NOTE = Note("error", "SPC006", "shop/catalog-info.yaml:7:3", EVIL, "Write `spec:` below it.", "problems/spc006/")


def overlay(page):
    return page.locator("callboard-overlay section")


@pytest.mark.browser
def test_an_open_page_loads_again_and_shows_the_problems_of_the_change_as_text(preview, site, browser_page):
    complaints = []
    browser_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    browser_page.goto(preview.address)
    assert overlay(browser_page).count() == 0
    (site / "index.html").write_text((site / "index.html").read_text().replace("first", "second"))
    preview.show_new_site([NOTE], more=3)
    browser_page.wait_for_selector("h1:has-text('second')")
    overlay(browser_page).wait_for()
    text = overlay(browser_page).inner_text()
    assert "4 problems in your changes" in text
    assert "<b>broken</b> & <img src=x onerror=alert(1)> more" in text
    assert "shop/catalog-info.yaml:7:3" in text
    assert overlay(browser_page).get_by_role("link", name="SPC006").get_attribute("href") == f"{preview.address}problems/spc006/"
    assert overlay(browser_page).locator("img, b").count() == 0
    assert browser_page.evaluate("document.activeElement.tagName") == "BODY"
    overlay(browser_page).get_by_role("status").filter(has_text="4 problems").wait_for(state="attached")
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []


@pytest.mark.browser
@pytest.mark.parametrize("way", ["Escape", "button"])
def test_the_overlay_goes_away_when_asked_and_comes_back_with_the_next_change(preview, browser_page, way):
    browser_page.goto(preview.address)
    preview.show_new_site([NOTE])
    overlay(browser_page).wait_for()
    if way == "Escape":
        browser_page.keyboard.press("Escape")
    else:
        overlay(browser_page).get_by_role("button", name="Close").click()
    assert overlay(browser_page).count() == 0
    with browser_page.expect_response("**/events"):
        browser_page.reload()
    browser_page.wait_for_timeout(300)
    assert overlay(browser_page).count() == 0
    preview.show_new_site([NOTE])
    overlay(browser_page).wait_for()


@pytest.mark.browser
def test_a_change_that_cannot_be_shown_is_said_over_the_last_good_site(preview, browser_page):
    browser_page.goto(preview.address)
    preview.show_error(f"sources.yaml:3:5: {EVIL}")
    overlay(browser_page).wait_for()
    assert f"sources.yaml:3:5: {EVIL}" in overlay(browser_page).inner_text()
    assert overlay(browser_page).get_by_role("alert").count() == 1
    assert browser_page.locator("h1").inner_text() == "first"
    preview.clear_error()
    overlay(browser_page).wait_for(state="detached")
