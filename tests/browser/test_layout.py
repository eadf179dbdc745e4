"""What a reader sees: nothing is cut, lies over its neighbor, or is too small to be hit."""

import json
import os
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from small_site import SETTINGS, documents

import yaml
from callboard import pipeline
from callboard.io.clock import Meter
from callboard.plugins.portal_settings import read_settings
from support import shared_caches

pytestmark = pytest.mark.browser

LONG_NAME = "mobile-backend-for-frontend-and-more"
HEADINGS = [f"Part {number}" for number in range(30)]
WIDE = f"""# A page with everything that may be too wide

```mermaid
flowchart LR
  {" --> ".join(f"step{number}[Step number {number}]" for number in range(9))}
```

```mermaid
flowchart LR
  open[Open --> shut[Shut]
```

```python
line = "{"long " * 60}"
```

| {" | ".join(f"column {number}" for number in range(14))} |
|{" --- |" * 14}
| {" | ".join(f"a_value_{number}" for number in range(14))} |

Inline $10^{{-3}}$, and a long one:

$$ {" + ".join(f"a_{{{number}}}" for number in range(60))} $$

## {"AVeryLongHeadingWithoutAnySpace" * 4}

<div dir="rtl" markdown>

שלום עולם: `code` ועוד מילים.

- אחת
- שתיים

</div>

!!! note "{"A long title " * 12}"

    Text.

=== "First"

    One.

=== "Second"

    Two.

- [x] done

![gone](missing.png)
"""
QUALITY = {
    "entity": "order-svc", "state": "passed", "coverage": 84.25, "coverage_wanted": 80, "duplication": 11.8, "bugs": 3, "smells": 27,
    "analysed": "-2h", "url": "https://tool.example/1",
}  # fmt: skip
COST = {"entity": "order-svc", "name": "all", "amount": 1309.2, "previous": 1400.0, "currency": "USD", "first": "-30d", "last": "-1d"}
CARD = """
name: upkeep
title: Upkeep
levels: [bronze, silver]
rules:
  - {id: old, title: Analysed long ago, level: bronze, check: {facts: quality-gate, every: {analysed: {older-than: 7d}}}}
"""


@pytest.fixture(scope="module")
def portal(chromium, serve, tmp_path_factory):
    """A portal with a long page of documentation, teams in teams, figures, and a component whose name fills its box."""
    folder = tmp_path_factory.mktemp("layout")
    units = [("mill-with-a-long-name", "shop"), ("team-of-the-mill", "mill-with-a-long-name")]
    more = [
        {"kind": "Group", "metadata": {"name": name}, "spec": {"type": "unit", "parent": above, "children": []}} for name, above in units
    ]
    spec = {"type": "service", "lifecycle": "production", "owner": "team-of-the-mill", "dependsOn": ["component:order-svc"]}
    more.append({"kind": "Component", "metadata": {"name": LONG_NAME}, "spec": spec})
    for document in [*documents(), *({"apiVersion": "backstage.io/v1alpha1"} | each for each in more)]:
        file = folder / "shop" / document["metadata"]["name"].lower() / "catalog-info.yaml"
        if document["metadata"]["name"] == "order-svc":
            document["metadata"]["annotations"] = {"backstage.io/techdocs-ref": "dir:."}
            document["spec"]["dependsOn"] = ["component:label-printer"]
        if document["metadata"]["name"] == "ordering":
            document["metadata"]["description"] = "From the basket to the bill."
        file.parent.mkdir(parents=True)
        file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    docs = folder / "shop/order-svc/docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Long\n\n" + "\n\n".join(f"## {each}\n\nText." for each in HEADINGS), encoding="utf-8")
    (docs / "wide.md").write_text(WIDE, encoding="utf-8")
    (docs.parent / "mkdocs.yml").write_text("site_name: Orders\n", encoding="utf-8")
    items = []
    for family, fact in (("quality-gate", QUALITY), ("cost", COST)):
        (folder / f"{family}.json").write_text(json.dumps([fact]), encoding="utf-8")
        items.append(f"  - {{name: {family}, type: file, path: {family}.json, measures: all}}\n")
    (folder / "card.yaml").write_text(CARD, encoding="utf-8")
    (folder / "sources.yaml").write_text(f"{SETTINGS}scorecards: [card.yaml]\nintegrations:\n{''.join(items)}", encoding="utf-8")
    with shared_caches.lent(folder):
        read = read_settings(folder / "sources.yaml", {})
        pipeline.build(pipeline.BuildRequest(read, folder / "site", datetime(2026, 7, 1, 3, tzinfo=UTC), dict(os.environ)), Meter())
    return serve(folder / "site")


def test_a_long_page_has_all_its_headings_in_its_contents(page, portal, width):
    page.goto(f"{portal}docs/default/component/order-svc/", wait_until="networkidle")
    if width > 1220:  # contents stand beside the text
        page.locator(".cb-docs__headings--beside").wait_for(state="attached")
        assert page.locator(".md-nav--secondary a").locator("visible=true").all_inner_texts() == HEADINGS
    else:
        page.locator(".cb-docs__headings > summary").click()
        assert page.locator(".cb-docs__headings a").locator("visible=true").all_inner_texts() == HEADINGS


def test_links_of_a_trail_are_far_enough_apart_to_be_hit(page, portal):
    page.set_viewport_size({"width": 180, "height": 900})  # the trail wraps
    page.goto(f"{portal}catalog/default/group/team-of-the-mill/")
    boxes = [link.bounding_box() for link in page.locator(".cb-trail a").all()]
    assert len(boxes) == 2
    assert boxes[1]["y"] > boxes[0]["y"]
    assert min(box["height"] for box in boxes) >= 24


@pytest.mark.parametrize("font", ["sans-serif", "monospace"])
def test_texts_stay_in_the_boxes_of_a_diagram(page, portal, font):
    page.goto(f"{portal}catalog/default/component/order-svc/")
    page.eval_on_selector_all(".cb-graph text", "(texts, font) => texts.forEach((text) => { text.style.fontFamily = font; })", font)
    edges = page.eval_on_selector_all(
        ".cb-graph__node",
        """(nodes) => nodes.flatMap((node) => [...node.querySelectorAll('text')].map((text) =>
            [text.textContent, node.querySelector('rect').getBoundingClientRect().right - text.getBoundingClientRect().right]))""",
    )
    assert any(text.endswith("…") for text, _ in edges)
    assert [text for text, room in edges if room < 0] == []


def test_numbers_of_a_card_stay_on_their_lines_and_apart(page, portal):
    page.set_viewport_size({"width": 340, "height": 900})
    page.goto(f"{portal}catalog/default/component/order-svc/")
    stats = page.eval_on_selector_all(
        "#facts-quality-gate .cb-stat",
        """(stats) => stats.map((stat) => [...stat.children].map((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            const { left, right, top, height } = range.getBoundingClientRect(), line = parseFloat(getComputedStyle(part).lineHeight);
            return { text: part.textContent, left, right, top, lines: Math.round(height / line || 1) };
        }))""",
    )
    assert len(stats) == 4
    values = [value for _, value in stats]
    assert [value["text"] for value in values if value["lines"] > 1] == []
    for (label, value), (next_label, next_value) in pairwise(stats):
        if value["top"] == next_value["top"]:
            assert max(label["right"], value["right"]) <= min(next_label["left"], next_value["left"])


def test_what_costs_less_has_a_minus_sign_and_results_have_times_of_the_portal(page, portal):
    page.goto(f"{portal}catalog/default/component/order-svc/")
    assert "\N{MINUS SIGN}6 %" in page.locator("#facts-cost").inner_text()
    assert "2026-07-01 01:00 UTC" in page.locator(".cb-score__rules").first.inner_text()


def test_a_name_without_a_description_stands_in_the_middle_of_its_row(page, portal, width):
    page.goto(f"{portal}catalog/", wait_until="networkidle")
    row = page.locator("[data-table] tbody tr", has=page.get_by_role("link", name=LONG_NAME)).first
    if width > 1220:
        name, whole = row.get_by_role("link", name=LONG_NAME).bounding_box(), row.bounding_box()
        assert abs(name["y"] + name["height"] / 2 - whole["y"] - whole["height"] / 2) < 3


def test_tags_are_not_stretched_by_a_taller_neighbor(page, portal):
    page.goto(f"{portal}catalog/default/component/order-svc/")
    tags = page.locator("dd.cb-chips").first
    tags.evaluate("tags => { tags.style.height = '6rem'; }")
    assert tags.bounding_box()["height"] > 100
    assert tags.locator(".cb-chip").first.bounding_box()["height"] < 30


def test_a_list_without_items_is_one_line_of_a_form(page, portal):
    page.goto(f"{portal}create/register/", wait_until="networkidle")
    tags = page.locator("fieldset[data-rows=tags]")
    assert tags.bounding_box()["height"] < 40
    tags.locator("[data-add]").click()
    assert tags.locator("input").is_visible()
    assert tags.bounding_box()["height"] > 60


def test_on_paper_lists_stand_below_each_other(page, portal):
    """Chromium gives a grid that goes on over a sheet the height that it has on one sheet, so that what follows lies over its end."""
    page.goto(f"{portal}catalog/default/component/order-svc/")
    page.emulate_media(media="print")
    first, second = (each.bounding_box() for each in page.locator(".cb-cols--2 > *").all()[:2])
    assert second["y"] >= first["y"] + first["height"]


def test_a_diagram_that_is_wider_than_its_box_fades_where_it_goes_on(page, portal):
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(f"{portal}catalog/default/component/order-svc/", wait_until="load")
    box = page.locator(".cb-figure__scroll").first
    assert box.evaluate("(box) => box.scrollWidth > box.clientWidth + 20")
    seen = []
    for place in (0, 0.5, 1):
        box.evaluate("(box, place) => { box.scrollLeft = place * (box.scrollWidth - box.clientWidth); }", place)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seen.append(box.evaluate("(box) => getComputedStyle(box).maskImage"))
    assert "to left" in seen[0], seen
    assert "to right" in seen[2], seen
    assert seen[1].count("rgba(0, 0, 0, 0)") == 2


def test_wide_parts_of_documentation_scroll_in_their_own_boxes(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    edge = page.locator(".cb-docs__main").evaluate("(main) => main.getBoundingClientRect().right")
    for selector in (".cb-drawing--wide", ".highlight pre > code", "table:not([class])", ":has(> math[display=block])"):
        box = page.locator(f".cb-doc__text {selector}").first
        assert box.evaluate("(box) => box.scrollWidth > box.clientWidth"), selector
        assert box.evaluate("(box) => box.getBoundingClientRect().right") <= edge + 1, selector
    assert page.locator("h2").first.evaluate("(heading) => heading.scrollWidth <= heading.clientWidth")


def test_a_drawn_diagram_is_as_large_as_it_was_drawn_and_its_text_stays_in_view(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    image, box = page.locator(".cb-drawing__light").first, page.locator(".cb-drawing--wide")
    assert image.evaluate("(image) => image.getBoundingClientRect().width") == int(image.get_attribute("width"))
    summary = page.locator(".cb-drawing--wide summary")
    before = summary.bounding_box()
    assert before["height"] >= 24
    box.evaluate("(box) => { box.scrollLeft = 200; }")
    assert summary.bounding_box()["x"] == before["x"]


def test_the_text_in_place_of_a_diagram_begins_where_other_text_does(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    figure = page.locator(".cb-drawing:not(:has(img))")
    for part in ("pre", "figcaption"):
        assert figure.locator(part).evaluate("(part) => getComputedStyle(part).textAlign") == "start"


def test_what_follows_the_text_of_a_page_is_as_wide_as_the_text(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    boxes = [page.locator(selector).bounding_box() for selector in (".cb-doc", ".cb-docpager", ".cb-docs__foot")]
    assert len({(box["x"], box["width"]) for box in boxes}) == 1


def test_a_trail_is_one_line_of_middles(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    middles = page.eval_on_selector_all(
        ".cb-trail li > *", "(all) => all.map((each) => each.getBoundingClientRect()).map((box) => box.top + box.height / 2)"
    )
    assert len(middles) == 2
    assert abs(middles[0] - middles[1]) < 1


def test_pages_of_a_set_on_one_page_stand_apart(page, portal):
    page.goto(f"{portal}docs/default/component/order-svc/~all/", wait_until="networkidle")
    above, below = (text.bounding_box() for text in page.locator(".cb-doc__text").all())
    assert below["y"] - above["y"] - above["height"] >= 40
    page.emulate_media(media="print")
    first, second = (text.bounding_box() for text in page.locator(".cb-drawing").all()[:2])
    assert not page.locator(".cb-drawing:has(img) details").is_visible()
    assert first["x"] + page.locator(".cb-drawing__light").first.bounding_box()["width"] <= second["x"] + second["width"] + 1


def test_a_description_stands_below_the_name_and_not_below_its_icon(page, portal):
    page.goto(f"{portal}systems/", wait_until="networkidle")
    left = """(part) => {
        const range = document.createRange();
        range.selectNodeContents(part);
        return range.getBoundingClientRect().left;
    }"""
    row = page.locator(".cb-row__main", has=page.get_by_text("From the basket to the bill."))
    assert abs(row.locator(".cb-ref bdi").evaluate(left) - row.locator("p").evaluate(left)) < 2


def test_browsers_without_animations_of_scrolling_get_a_shadow_where_a_box_goes_on(page, portal):
    """The style sheet has a rule for them, which applies to each box that fades in other browsers."""
    page.goto(f"{portal}docs/default/component/order-svc/wide/", wait_until="networkidle")
    fading, shaded = page.evaluate(
        """() => {
            const inside = (rule) => [...rule.cssRules ?? []].flatMap((each) => [each, ...inside(each)]);
            const conditional = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
                .filter((rule) => rule.conditionText?.includes('animation-timeline'));
            const selectors = (wanted) => conditional.filter((rule) => rule.conditionText.startsWith('not') === wanted).flatMap(inside)
                .filter((rule) => rule.style && (wanted ? rule.style.background : rule.style.animationName === 'cb-goes-on'))
                .map((rule) => rule.selectorText).join(', ');
            return [selectors(false), selectors(true)].map((selector) => [...document.querySelectorAll(selector)]
                .map((each) => `${each.tagName}.${each.className}`));
        }"""
    )
    assert fading
    assert set(fading) <= set(shaded)
