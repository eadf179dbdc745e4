"""The drawing as a browser lays it out, with the portal's own styles."""

from pathlib import Path

import pytest
from samples import hub, ref

from callboard.diagrams.drawing import draw
from callboard.diagrams.layout import Layouts
from callboard.diagrams.neighbourhood import neighbourhood
from support import NOTHING_MOVES

ASSETS = Path(__file__).parents[2] / "site_overrides/assets"
pytestmark = pytest.mark.browser


@pytest.fixture
def shown(chromium):
    """Opens a page of that width with the diagram of a hub."""
    pages = []

    def show(width):
        styles = "".join((ASSETS / name).read_text() for name in ("portal.css", "diagrams.css"))
        svg = draw(neighbourhood(hub(300), ref("hub")), Layouts(), "./")
        page = chromium.new_page(viewport={"width": width, "height": 800})
        pages.append(page)
        page.set_content(
            f'<style>:root {{ font-size: 125% }} body {{ margin: 0 }} {styles}</style><div class="cb-page"><figure class="cb-figure">'
            f'<div class="cb-figure__scroll">{svg}</div></figure></div>'
        )
        return page

    yield show
    for page in pages:
        page.close()


BOXES = "[...document.querySelectorAll('.cb-graph__node rect')].map(e => e.getBoundingClientRect())"


def test_texts_stay_in_their_boxes(shown):
    beyond = shown(1400).evaluate(
        "[...document.querySelectorAll('.cb-graph__node text')].filter(t => t.getBoundingClientRect().right >"
        " t.parentNode.querySelector('rect').getBoundingClientRect().right - 2).map(t => t.textContent)"
    )
    assert beyond == []


def test_no_text_is_smaller_than_12_pixels_on_any_screen(shown):
    for width in (400, 1024, 1400):
        page = shown(width)
        graph = "document.querySelector('.cb-graph')"
        scale = page.evaluate(f"{graph}.getBoundingClientRect().width / {graph}.viewBox.baseVal.width")
        sizes = page.evaluate("[...document.querySelectorAll('.cb-graph text')].map(t => parseFloat(getComputedStyle(t).fontSize))")
        assert min(sizes) * scale >= 12


def test_a_wide_screen_shows_it_whole(shown):
    page = shown(1400)
    right = page.evaluate(f"Math.max(...{BOXES}.map(b => b.right))")
    left = page.evaluate(f"Math.min(...{BOXES}.map(b => b.left))")
    assert 0 <= left < right <= 1400


def test_a_phone_opens_it_on_the_root_and_scrolls_freely(shown):
    page = shown(400)
    root = "document.querySelector('.cb-graph__node--root rect').getBoundingClientRect()"
    scrolled = "document.querySelector('.cb-figure__scroll')"
    is_end = f"{scrolled}.scrollLeft + innerWidth >= {scrolled}.scrollWidth - 2"
    page.wait_for_function(f"{root}.left >= 0 && {root}.right <= 400 && ({root}.left < 100 || {is_end})")  # it begins with the root
    page.wait_for_function(NOTHING_MOVES)
    page.evaluate("document.querySelector('.cb-figure__scroll').scrollLeft = 0")
    page.wait_for_timeout(100)
    assert page.evaluate("document.querySelector('.cb-figure__scroll').scrollLeft") == 0
