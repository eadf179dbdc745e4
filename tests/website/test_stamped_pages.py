"""The proof of the design: pages stamped into frames of the real theme behave as the theme's own, in a real browser."""

import shutil

import pytest

from callboard.pages.page import Page, TocEntry
from callboard.website.frames import stamp
from callboard.website.joined_scripts import joined_scripts
from callboard.website.rendering import up_for
from callboard.website.style_sheets import page_styles

pytestmark = pytest.mark.browser
TOC = (TocEntry("about", "About & more"), TocEntry("rest", "Rest", (TocEntry("deep", "Deep"),)))
CONTENT = '<h1 id="content">qztitlezq</h1>' + "".join(f'<h2 id="{i}">{i}</h2>' + "<p>words</p>" * 60 for i in ("about", "rest", "deep"))
PAGES = {"": "", "catalog/": "catalog/", "catalog/default/component/x/": "catalog/", "teams/": "teams/", "404.html": ""}


@pytest.fixture(scope="module")
def stamped(laid, project, tmp_path_factory):
    web = tmp_path_factory.mktemp("web")
    for path, file in laid.files.items():
        (web / "portal" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, web / "portal" / path)
    for path, content in joined_scripts(laid.files, project.files).items():
        (web / "portal" / path).write_bytes(content)
    styles = page_styles(laid, project.files, "", ())
    (web / "portal/assets/portal.css").write_bytes(styles.of_guides())
    (web / "portal/assets/page.css").write_bytes(styles.of_pages())
    for path, tab in PAGES.items():
        page = Page(path, "x.html", "entity" if path else "wide", tab, f"Title of {path}", lambda: None, ref="component:default/x")
        frame = laid.frames[page.frame].fitted(tab, up_for(path, project.portal.url), project.portal.name, project.portal.url)
        file = web / "portal" / (path if path.endswith(".html") else f"{path}index.html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(stamp(frame, page, CONTENT, TOC if path else ()))
    return web


@pytest.mark.parametrize(("path", "tab"), [(path, tab) for path, tab in PAGES.items() if path != "404.html"])
def test_a_page_loads_without_complaint_and_without_another_host_and_its_tab_is_marked(stamped, serve, watched, path, tab):
    page, complaints = watched
    home = f"{serve(stamped)}/portal/"
    page.goto(home + path, wait_until="networkidle")
    assert complaints == []
    marked = page.locator(".md-tabs__item--active a")
    assert marked.count() == 1
    assert marked.evaluate("a => a.href") == home + tab
    assert page.locator("[data-entity-ref]").get_attribute("data-entity-ref") == "component:default/x"


def test_the_not_found_page_works_at_any_address(stamped, serve, watched):
    page, complaints = watched
    text = (stamped / "portal/404.html").read_text()
    (stamped / "portal/a/b/c").mkdir(parents=True, exist_ok=True)
    (stamped / "portal/a/b/c/index.html").write_text(text)
    page.goto(f"{serve(stamped)}/portal/a/b/c/", wait_until="networkidle")
    assert complaints == []


def test_the_contents_lead_to_their_headings(stamped, serve, watched):
    page, complaints = watched
    page.goto(f"{serve(stamped)}/portal/catalog/default/component/x/", wait_until="networkidle")
    links = page.locator(".md-nav--secondary a")
    assert [text.strip() for text in links.all_inner_texts()] == ["About & more", "Rest", "Deep"]
    links.nth(2).click()
    page.wait_for_function("document.querySelector('#deep').getBoundingClientRect().top < 200")
    assert page.url.endswith("#deep")
    assert complaints == []


def test_the_palette_can_be_switched_under_the_policy_and_stays_switched_on_pages_of_every_depth(stamped, serve, watched):
    page, complaints = watched
    home = f"{serve(stamped)}/portal/"
    page.goto(home, wait_until="networkidle")
    assert page.locator("body").get_attribute("data-md-color-scheme") == "default"
    page.get_by_role("button", name="Switch to dark").click()
    for path in (*PAGES, "guides/how/one/"):
        page.goto(home + path, wait_until="networkidle")
        assert page.locator("body").get_attribute("data-md-color-scheme") == "slate", path
    assert complaints == []


def test_a_script_that_slipped_into_a_page_does_not_run(stamped, serve, watched):
    page, complaints = watched
    evil = stamped / "portal/evil"
    evil.mkdir(exist_ok=True)
    text = (stamped / "portal/catalog/index.html").read_text()
    (evil / "index.html").write_text(text.replace("<h1", '<script>window.ran = 1</script><img src="https://elsewhere.example/x.png"><h1'))
    page.goto(f"{serve(stamped)}/portal/evil/", wait_until="networkidle")
    assert page.evaluate("window.ran") is None
    assert any("script-src" in text for text in complaints)
    assert any("img-src" in text for text in complaints)
