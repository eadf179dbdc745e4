"""Who is on call is the browser's to say: only it knows what time it is."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

SCRIPT = (Path(__file__).parents[2] / "site_overrides/assets/on-call.js").read_text()
LIST = """<ul data-on-call>
<li data-start="2026-05-16T00:00:00Z" data-end="2026-05-17T00:00:00Z">over</li>
<li data-start="2026-05-18T00:00:00Z" data-end="">later</li>
<li data-start="2026-05-17T00:00:00Z" data-end="2026-05-18T00:00:00Z">now</li>
</ul>"""


def shown(chromium, at):
    page = chromium.new_page()
    page.clock.set_fixed_time(at)
    page.set_content(LIST)
    page.add_script_tag(content=SCRIPT)
    said = page.evaluate("[...document.querySelectorAll('li:not([hidden])')].map((one) => [one.textContent, 'now' in one.dataset])")
    page.close()
    return said


def test_the_shift_that_runs_now_stands_first_and_what_is_over_is_hidden(chromium):
    assert shown(chromium, "2026-05-17T12:00:00Z") == [["now", True], ["later", False]]


def test_a_shift_without_an_end_runs_on(chromium):
    assert shown(chromium, "2026-05-20T12:00:00Z") == [["later", True]]


def test_before_all_of_them_nobody_is_marked(chromium):
    assert shown(chromium, "2026-05-15T12:00:00Z") == [["over", False], ["later", False], ["now", False]]


HEAD = """<span data-on-call-now>
<span data-start="2026-05-17T00:00:00Z" data-end="2026-05-18T00:00:00Z"><time datetime="2026-05-17T00:00:00Z">0:00</time>ada</span>
<span data-start="2026-05-18T00:00:00Z" data-end="2026-05-19T00:00:00Z" hidden>bob</span>
<span data-nobody hidden>not known</span>
</span>"""


@pytest.mark.parametrize(("day", "who"), [("16", "ada"), ("17", "ada"), ("18", "bob"), ("20", "not known")])
def test_the_head_of_a_page_names_who_it_is_now_else_who_is_next(chromium, day, who):
    page = chromium.new_page()
    page.clock.set_fixed_time(f"2026-05-{day}T12:00:00Z")
    page.set_content(HEAD)
    page.add_script_tag(content=SCRIPT)
    said = page.evaluate("[...document.querySelectorAll('[data-on-call-now] > :not([hidden])')].map((one) => one.textContent)")
    page.close()
    assert len(said) == 1
    assert said[0].endswith(who)
