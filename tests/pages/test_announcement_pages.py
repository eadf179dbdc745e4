"""Announcements on the site: an archive, a page and a feed entry for each, and a banner that the browser shows on its days."""

import functools
import http.server
import shutil
import threading
from xml.etree import ElementTree as ET

import pytest

from support.portal import callboard, digests, write

ATOM = "{http://www.w3.org/2005/Atom}"
# A build of these tests is at 2026-09-21 (support/portal.py).
FILES = {
    "old": "---\ntitle: Over\nfrom: 2026-09-01\nuntil: 2026-09-20\n---\nLong *ago*.\n",
    "now": "---\ntitle: No <b>deployments</b>\nfrom: 2026-09-21\nuntil: 2026-09-30\n---\n"
    "Ask [them](group:default/team-shop). <script>alert(1)</script> [x](javascript:alert(1)) ![p](https://tracker.example/p.png)\n",
    "books": "---\ntitle: For the books\nfrom: 2026-09-25\nuntil: 2026-09-25\naudience: [team-books]\n---\nCount again.\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("announced"))
    (folder / "announcements").mkdir()
    for name, text in FILES.items():
        (folder / f"announcements/{name}.md").write_text(text)
    built = callboard(folder, "build")
    assert (built.returncode, built.stderr.count("DOC018")) == (0, 0), built.stderr
    return folder


def article(folder, path):
    return (folder / "site" / path / "index.html").read_text().partition("<article")[2].partition("</article>")[0]


def test_the_archive_has_all_of_them_and_each_has_a_safe_page(folder):
    archive = article(folder, "announcements")
    assert [archive.index(title) for title in ("For the books", "No &lt;b&gt;", "Over")] == sorted(
        archive.index(title) for title in ("For the books", "No &lt;b&gt;", "Over")
    )
    page = article(folder, "announcements/now")
    assert 'href="../../catalog/default/group/team-shop/"' in page
    assert "<script>alert" not in page
    assert "javascript:" not in page.replace("[x](javascript:alert(1))", "")
    assert "<img" not in page


def test_the_start_page_has_what_has_not_ended_and_shows_nothing_without_script(folder):
    home = article(folder, "")
    assert '<section aria-label="Announcements" data-announcements hidden>' in home
    assert home.count("data-from=") == 2
    assert "Over" not in home
    assert 'data-teams="group:default/team-books"' in home
    assert 'href="./announcements/"' in home


def test_the_feed_has_those_whose_first_day_has_come(folder):
    feed = ET.parse(folder / "site/announcements/feed.xml").getroot()
    entries = [(each.findtext(f"{ATOM}title"), each.findtext(f"{ATOM}updated")) for each in feed.findall(f"{ATOM}entry")]
    assert entries == [("No <b>deployments</b>", "2026-09-20T22:00:00Z"), ("Over", "2026-08-31T22:00:00Z")]
    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == "https://portal.example/announcements/now/"


@pytest.mark.long
def test_only_pages_that_an_announcement_is_on_change_and_none_on_another_day_on_which_none_begins_or_ends(folder, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    before = digests(copy / "site")

    def changed(**environ):
        assert callboard(copy, "build", **environ).returncode == 0
        after = digests(copy / "site")
        return {path for path in {*before, *after} if before.get(path) != after.get(path)}

    timed = {"status/index.html", "status/collections.json"}
    assert changed(SOURCE_DATE_EPOCH="1790100000") <= timed  # 2026-09-22
    (copy / "announcements/now.md").write_text(FILES["now"].replace("Ask", "Please ask"))
    of_text = changed(SOURCE_DATE_EPOCH="1790100000") - timed
    assert "announcements/now/index.html" in of_text
    assert {path for path in of_text if path.endswith("index.html")} == {"announcements/index.html", "announcements/now/index.html"}
    shutil.copyfile(folder / "announcements/now.md", copy / "announcements/now.md")
    of_day = changed(SOURCE_DATE_EPOCH="1790350000") - timed  # 2026-09-25: the feed has the third one
    assert of_day == {"announcements/feed.xml"}
    shutil.rmtree(copy / "announcements")
    assert "announcements/index.html" in changed(SOURCE_DATE_EPOCH="1790350000")
    assert not (copy / "site/announcements").exists()


class Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def address(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=str(folder / "site")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def banners(context, address, at):
    page = context.new_page()
    page.clock.set_fixed_time(f"{at}T12:00:00")
    page.goto(address, wait_until="load")
    return page, page.eval_on_selector_all(
        "[data-announcements]:not([hidden]) [data-from]:not([hidden]) a", "all => all.map(one => one.textContent)"
    )


@pytest.mark.browser
def test_the_browser_shows_them_on_their_days_to_their_teams_until_they_are_dismissed(chromium, address):
    context = chromium.new_context(timezone_id="America/Los_Angeles")
    everyone, team = "No <b>deployments</b>", "For the books"
    shown = {day: banners(context, address, f"2026-09-{day}")[1] for day in ("20", "21", "30")} | {
        "1": banners(context, address, "2026-10-01")[1]
    }
    assert shown == {"20": [], "21": [everyone], "30": [everyone], "1": []}
    page, found = banners(context, address, "2026-09-25")
    assert found == [everyone]
    page.evaluate("localStorage.setItem('callboard:/:team', JSON.stringify({ref: 'group:default/team-books'}))")
    page, found = banners(context, address, "2026-09-25")
    assert found == [team, everyone]
    page.get_by_role("region", name="Announcements").get_by_role("button", name=f"Dismiss: {everyone}").press("Enter")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-label') === 'Dismiss: For the books'")
    assert banners(context, address, "2026-09-25")[1] == [team]
    context.close()
