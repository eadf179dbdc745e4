"""Pages on paper: light colours whatever the palette, all rows of the catalog, no controls."""

import pytest

pytestmark = pytest.mark.browser


def test_a_dark_page_is_printed_in_light_colours_with_all_rows_and_without_controls(chromium, address):
    """faults/site/print-dark and print-2000: light gray text on white; blank pages in place of rows that are not in the document."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{address}catalog/")
    page.locator("[data-catalog][data-ready]").wait_for()
    number = int(page.locator("[data-status]").locator("> :first-child").inner_text())
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    colour = page.evaluate("() => getComputedStyle(document.querySelector('article')).color")
    assert max(int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")) < 100
    assert page.locator("[data-table] tbody tr:not(.cb-spacer)").count() == number
    assert not page.locator("[data-q]").is_visible()
    assert not page.locator(".md-header").is_visible()
    spare = page.evaluate(
        "() => [...document.querySelectorAll('.cb-spacer')].reduce((sum, row) => sum + row.getBoundingClientRect().height, 0)"
    )
    assert spare == 0
    context.close()
