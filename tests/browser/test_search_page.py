"""Search: no filter hides a hit, counts are right, "more" goes on, Enter on home opens all results, no letter is lost."""

import re

import pytest
from small_site import write_site

pytestmark = pytest.mark.browser

GUIDES = {"index.md": "# Guides\n\nAbout parts.\n", "oracle.md": "# Parcel oracle\n\nThe parcel oracle, the parcel oracle.\n"}


@pytest.fixture(scope="module")
def guided(chromium, serve, tmp_path_factory):
    """A portal with guides, and with more hits in the text than a page of results shows."""
    folder = tmp_path_factory.mktemp("guided")
    for name, text in GUIDES.items():
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    texts = {f"part-{i:04}": f"Feeds the conveyor number {i}." for i in range(120)}
    texts["storefront"] = "The shop window; calls the parcel oracle and its conveyor."
    return serve(write_site(folder, more=120, descriptions=texts))


@pytest.fixture
def wide(chromium):
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    yield page
    page.context.close()


def texts(page):
    page.wait_for_function("() => /result/.test(document.querySelector('[data-status]').textContent)")
    return page.locator("[data-group=about] .cb-hit")


def test_a_filter_loses_no_hit_in_the_text_and_all_numbers_agree(wide, guided):
    """faults/site/search-facet-loses-hits: only the first results of the full text were looked through."""
    wide.goto(f"{guided}search/?q=conveyor")
    assert texts(wide).count() == 18
    assert wide.locator("[data-status]").inner_text() == "121 results"
    assert wide.locator("[data-group=about] h2 .cb-count").inner_text() == "121"
    more = wide.locator("[data-group=about] .cb-search-more")
    assert more.inner_text() == "103 more"
    for shown in (43, 68, 93, 118, 121):
        more.click()
        wide.wait_for_function("(shown) => document.querySelectorAll('[data-group=about] .cb-hit').length === shown", arg=shown)
    assert more.count() == 0
    choice = wide.locator("[data-facet=type] label", has_text="website")
    assert choice.locator(".cb-count").inner_text() == "1"
    choice.click()
    wide.wait_for_function("() => document.querySelectorAll('[data-group=about] .cb-hit').length === 1")
    assert texts(wide).first.get_attribute("href").endswith("/component/storefront/")
    assert wide.locator("[data-status]").inner_text() == "1 result"


def test_guides_come_after_everything_else(wide, guided):
    wide.goto(f"{guided}search/?q=oracle")
    texts(wide)
    paths = [hit.get_attribute("href") for hit in wide.locator("[data-found] .cb-hit").all()]
    assert [("guides/" in path) for path in paths] == [False, True]


def test_enter_on_home_opens_all_results_unless_a_hit_is_chosen(wide, guided):
    wide.goto(guided)
    wide.keyboard.press("/")
    wide.keyboard.type("part-0007")
    wide.locator("[data-search-form] [role=option]").first.wait_for()
    assert wide.locator("[data-search-form] [aria-selected=true]").count() == 0
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/search/?q=part-0007")
    wide.locator("[data-group=names] .cb-hit").first.wait_for()


def test_letters_typed_while_the_search_loads_are_kept(wide, guided):
    """faults/site/lost-letters: the dialog appeared when its modules were there."""
    wide.goto(f"{guided}teams/", wait_until="networkidle")
    wide.route(re.compile(r"/assets/(search-dialog|engine|hits)\.js"), lambda route: (wide.wait_for_timeout(150), route.continue_()))
    wide.keyboard.press("/")
    wide.keyboard.type("part-0017", delay=20)
    assert wide.locator("dialog[open] input").input_value() == "part-0017"
    wide.locator("dialog [role=option][aria-selected=true]").wait_for()
    wide.keyboard.press("Enter")
    wide.wait_for_url("**/component/part-0017/")


def test_shortcuts_work_on_any_layout_and_those_of_one_key_can_be_switched_off(wide, guided):
    wide.goto(f"{guided}teams/", wait_until="networkidle")
    wide.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'л', code: 'KeyK', ctrlKey: true, bubbles: true}))")
    wide.locator("dialog[open] button", has_text="Keys / and f: on").click()
    wide.keyboard.press("Escape")
    wide.reload(wait_until="networkidle")
    wide.keyboard.press("/")
    assert wide.locator("dialog[open]").count() == 0
    wide.keyboard.press("Control+k")
    wide.locator("dialog[open] button", has_text="Keys / and f: off").wait_for()
    wide.goto(f"{guided}catalog/")
    wide.locator("[data-catalog][data-ready]").wait_for()
    wide.keyboard.press("f")
    assert wide.evaluate("document.activeElement.localName") != "input"


def test_where_copying_is_not_allowed_the_button_says_so(wide, guided):
    """faults/site/insecure-copy: nothing happened on plain HTTP."""
    wide.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false")
    wide.goto(f"{guided}catalog/default/component/order-svc/", wait_until="networkidle")
    wide.locator("[data-copy] >> visible=true").first.click()
    wide.get_by_role("status").filter(has_text="does not allow copying").wait_for()
