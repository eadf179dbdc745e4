"""The preview as a running server: headers, events, changes, and a real browser that loads again."""

import http.client
import threading
import time

import pytest

from generator.errors import CallboardError, WebsiteError
from generator.server.preview import Preview
from generator.server.watching import build_on_change, build_once

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
    running = Preview(site, "/p/", port=0)
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
        Preview(site, port=port)


def test_open_pages_are_told_of_a_new_site_and_of_a_failure(preview):
    states = preview.states()
    first = next(states)
    preview.show_error("no such file")
    assert next(states) == type(first)(first.version, "no such file")
    preview.show_new_site()
    assert next(states).version != first.version


def test_a_failed_build_keeps_the_site_and_says_why_in_the_terminal(preview):
    def fail():
        raise WebsiteError("template x is broken", "Mend it.")

    said = []
    assert not build_once(fail, preview, said.append)
    assert "template x is broken\nMend it." in said[0]
    assert next(preview.states()).error == "template x is broken\nMend it."
    assert build_once(lambda: None, preview, said.append)
    assert next(preview.states()).error == ""


def test_a_fault_of_our_own_does_not_end_the_preview(preview):
    assert not build_once(lambda: 1 // 0, preview, lambda _: None)
    assert next(preview.states()).error.startswith("ZeroDivisionError")


def test_a_change_in_a_watched_folder_builds_again_and_our_own_output_does_not(preview, site, tmp_path):
    source = tmp_path / "portal"
    output = source / "out"
    output.mkdir(parents=True)
    stop, built = threading.Event(), threading.Event()
    count = []

    def build():
        count.append(1)
        (output / "index.html").write_text(str(len(count)))
        built.set()

    arguments = ([source, tmp_path / "missing"], [output], build, preview, stop, lambda _: None)
    watcher = threading.Thread(target=build_on_change, args=arguments, daemon=True)
    watcher.start()
    for number in range(100):  # the watcher needs a moment to begin
        (source / "catalog-info.yaml").write_text(str(number))
        if built.wait(0.2):
            break
    settled = -1
    while settled != len(count):
        settled = len(count)
        time.sleep(0.8)
    (output / "other.html").write_text("x")
    time.sleep(1)
    stop.set()
    watcher.join(10)
    assert settled >= 1
    assert len(count) == settled


@pytest.fixture
def browser_page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.browser
def test_an_open_page_loads_again_after_a_build_and_shows_a_failure_as_text(preview, site, browser_page):
    complaints = []
    browser_page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    browser_page.goto(preview.address)
    evil = "<b>broken</b> & more"
    preview.show_error(evil)
    browser_page.wait_for_selector("#callboard-error")
    assert evil in browser_page.locator("#callboard-error").inner_text()
    assert browser_page.locator("#callboard-error").evaluate("e => getComputedStyle(e).position") == "fixed"
    (site / "index.html").write_text((site / "index.html").read_text().replace("first", "second"))
    preview.show_new_site()
    browser_page.wait_for_selector("h1:has-text('second')")
    assert browser_page.locator("#callboard-error").count() == 0
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []
