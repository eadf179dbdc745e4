"""Controls are there from the first paint, the scripts that serve them are not: nothing that is pressed or chosen before is lost."""

import re

import pytest

from support import EVERY_CASE

pytestmark = [pytest.mark.browser, pytest.mark.long]

PAGES = (
    "", "catalog/", "apis/", "teams/", "systems/", "domains/", "changes/", "problems/", "status/", "search/",
    "catalog/default/api/orders-api/", "catalog/default/component/order-svc/",
    "catalog/default/group/team-orders/", "catalog/default/user/ann/", "no-such-page/",
)  # fmt: skip
CHOICES = """() => [...document.querySelectorAll("main :is(select, input)")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.disabled)
    .filter((each) => !each.closest("[data-catalog], [data-search-page], form[action]"))
    .map((each) => each.outerHTML)"""
"""Fields that take a choice before a script can. The catalog and the search keep such choices; a form with an address needs no script."""
BUTTONS = """() => [...document.querySelectorAll(".cb-page button, .cb-search")]
    .filter((each) => each.checkVisibility({ visibilityProperty: true }) && each.getBoundingClientRect().width)"""
SCRIPTS = re.compile(r"/assets/(?!page\.js)[^/]*\.js")
AGAIN = """addEventListener("click", (e) => { if (!e.isTrusted) { window.again = (window.again ?? 0) + 1; } }, true);"""


def holding(page, pattern):
    """The requests that match are answered only when the test says so."""
    held = []

    def hold(route):
        held.append(route)

    page.route(pattern, hold)
    return held


def release(held):
    while held:
        held.pop(0).continue_()


@pytest.mark.parametrize("held_width", [1280, pytest.param(400, marks=EVERY_CASE)])
def test_no_page_loses_what_is_pressed_before_its_scripts_run(chromium, address, held_width):
    context = chromium.new_context(viewport={"width": held_width, "height": 900})
    context.add_init_script(AGAIN)
    page = context.new_page()
    held = holding(page, SCRIPTS)
    for path in PAGES:
        answer = page.goto(address + path, wait_until="commit")
        assert answer.ok or "no-such" in path
        page.locator("h1").first.wait_for()
        page.locator("footer").first.wait_for(state="attached")
        assert page.evaluate(CHOICES) == [], path
        buttons = page.evaluate_handle(BUTTONS)
        count = buttons.evaluate("(all) => all.length")
        if count:
            buttons.evaluate_handle("(all) => all.at(-1)").as_element().click()
        while not page.evaluate("() => document.documentElement.classList.contains('cb-ready')"):
            release(held)
            page.wait_for_timeout(20)
        release(held)  # what the scripts import later
        assert not count or page.evaluate("() => window.again"), path
    page.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.mark.parametrize("keys", ["/", "Control+k"])
@pytest.mark.parametrize("path", ["", "teams/", "catalog/default/component/order-svc/"])
def test_a_key_of_the_search_that_is_pressed_before_its_script_runs_opens_it(chromium, address, path, keys):
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    held = holding(page, SCRIPTS)
    page.goto(address + path, wait_until="commit")
    page.locator("footer").first.wait_for(state="attached")
    page.locator("h1").first.click()
    page.keyboard.press(keys)
    page.keyboard.press("Shift")  # a key that nothing waits for does not take its place
    page.keyboard.type("order k/")
    assert page.locator("dialog[open]").count() == 0
    while not page.evaluate("() => document.documentElement.classList.contains('cb-ready')"):
        release(held)
        page.wait_for_timeout(20)
    focused = "() => document.activeElement.matches('dialog[open] input, [data-search-form] input')"
    page.wait_for_function(focused)
    assert page.evaluate("() => document.activeElement.value") == "order k/"
    page.unroute_all(behavior="ignoreErrors")
    page.context.close()


def test_what_is_done_early_in_the_catalog_is_done_when_its_table_is_ready(chromium, address):
    page = chromium.new_context(viewport={"width": 1280, "height": 900}).new_page()
    held = holding(page, "**/names.json*")
    page.goto(f"{address}catalog/", wait_until="domcontentloaded")
    page.locator("th[data-key=owner] button").click()
    page.wait_for_function("() => document.documentElement.classList.contains('cb-ready')")
    assert page.locator("[data-ready]").count() == 0
    held.pop().continue_()
    page.locator("th[data-key=owner][aria-sort=ascending]").wait_for()
    page = page.context.new_page()
    held = holding(page, SCRIPTS)
    page.goto(f"{address}search/", wait_until="commit")
    page.locator("main input[type=search]").fill("order")
    for _ in range(500):
        release(held)
        page.wait_for_timeout(20)
        if page.locator("[data-search-page] .cb-hit").count():
            break
    assert "Ordering" in page.locator("[data-search-page]").inner_text()
    page.unroute_all(behavior="ignoreErrors")
    page.context.close()
