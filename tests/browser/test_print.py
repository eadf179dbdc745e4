"""Pages on paper: light colours whatever the palette, all rows of the catalog, no controls."""

import shutil
import subprocess

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


def words_by_sheet(chromium, tmp_path, address):
    """The number of words on each printed sheet of a page, in the dark palette."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900}, color_scheme="dark")
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    context.close()
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True).stdout
    return [len(sheet.split()) for sheet in text.split("\f")[:-1]]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext: apt install poppler-utils")
@pytest.mark.parametrize("path", ["catalog/", "catalog/default/component/order-svc/", "changes/", ""])
def test_no_sheet_of_paper_is_empty(chromium, address, tmp_path, path):
    sheets = words_by_sheet(chromium, tmp_path, address + path)
    assert min(sheets) > 3
    if path == "catalog/":
        assert len(sheets) < 12  # 160 rows, and not one sheet of each row


def test_long_code_is_printed_to_its_end(chromium, address):
    """A box that scrolls on a screen shows only its beginning on paper."""
    context = chromium.new_context(viewport={"width": 800, "height": 900})
    page = context.new_page()
    page.goto(f"{address}catalog/default/component/order-svc/")
    page.emulate_media(media="print")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    boxes = page.locator("article :is(pre, .cb-figure__scroll):visible")
    assert boxes.count() >= 2  # the descriptor is opened for paper
    assert boxes.evaluate_all("all => all.filter(each => each.scrollHeight > each.clientHeight + 2).length") == 0
    context.close()
