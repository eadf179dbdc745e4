"""axe-core finds nothing on any family of pages, in both palettes, on a desktop and on a phone."""

import json
import os

import pytest
from small_site import BUILT, axe_source, write_site

from support import EVERY_CASE, NOTHING_MOVES

pytestmark = pytest.mark.browser

FAMILIES = {
    "home": "",
    "catalog": "catalog/",
    "catalog-page": "catalog/page/2/",
    "filtered": "catalog/?kind=component&q=order",
    "teams": "teams/",
    "systems": "systems/",
    "domains": "domains/",
    "apis": "apis/",
    "problems": "problems/",
    "search": "search/?q=order",
    "changes": "changes/",
    "status": "status/",
    "component": "catalog/default/component/order-svc/",
    "broken component": "catalog/default/component/label-printer/",
    "api": "catalog/default/api/orders-api/",
    "group": "catalog/default/group/team-orders/",
    "user": "catalog/default/user/ann/",
    "system": "catalog/default/system/ordering/",
}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.fixture(scope="session")
def axe():
    source = axe_source()
    if source is None:
        full = os.environ.get("CALLBOARD_TEST_FULL") == "1"
        (pytest.fail if full else pytest.skip)("needs axe-core: npm install axe-core, or CALLBOARD_AXE=path of axe.min.js")
    return source


def on_each_size(paths):
    """Each path on a desktop or on a phone by turns, and on the other where every case is tried."""
    sizes = ((1440, "desktop"), (400, "phone"))
    return [
        pytest.param(path, width, id=f"{path or 'home'}-{size}", marks=() if number % 2 == turn else EVERY_CASE)
        for number, path in enumerate(paths)
        for turn, (width, size) in enumerate(sizes)
    ]


def violations(page, axe):
    """What axe-core finds in the light palette, and what it finds about colours in the dark one."""
    page.evaluate(axe)
    page.add_style_tag(content="* { transition: none !important }")  # no color on the way from one palette to the other
    found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)["violations"]
    page.emulate_media(color_scheme="dark")
    page.wait_for_function("() => document.body.getAttribute('data-md-color-scheme') === 'slate'")
    page.wait_for_function(NOTHING_MOVES)  # colours fade
    found += page.evaluate("(rules) => axe.run(document, { runOnly: { type: 'rule', values: rules } })", RULES_OF_COLOURS)["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def assert_accessible(chromium, axe, address, width):
    """Nothing is found, and the page is not wider than its window."""
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    assert violations(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


@pytest.mark.parametrize(("family", "width"), on_each_size(FAMILIES))
def test_a_page_is_accessible_and_not_wider_than_the_window(chromium, address, axe, width, family):
    assert_accessible(chromium, axe, address + FAMILIES[family], width)


def test_the_dialog_is_accessible(chromium, address, axe, width):
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(address)
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("order")
    page.locator("dialog [role=option]").first.wait_for()
    assert violations(page, axe) == []
    context.close()


GUIDES = {
    "index.md": "# Guides\n\nBegin with [the guide](how-to/first.md), which says how.\n",
    "how-to/first.md": "# First\n\n```yaml\na: [b, c]\n```\n\n## Then\n\n```console\n$ callboard build\n```\n",
    "how-to/second.md": "# Second\n\nText.\n",
    "reference/all.md": "# All\n\n| a | b |\n|---|---|\n| c | d |\n",
}


@pytest.fixture(scope="module")
def guided(chromium, serve, tmp_path_factory):
    """A portal with guides in sections."""
    folder = tmp_path_factory.mktemp("guided")
    for name, text in GUIDES.items():
        (folder / "docs" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "docs" / name).write_text(text, encoding="utf-8")
    return serve(write_site(folder))


@pytest.mark.parametrize(
    ("path", "width"), on_each_size(["", "teams/", "catalog/default/component/order-svc/", "guides/", "guides/how-to/first/"])
)
def test_a_portal_with_guides_is_accessible(chromium, guided, axe, width, path):
    assert_accessible(chromium, axe, guided + path, width)


def test_pages_outside_of_the_guides_do_not_hold_their_navigation(chromium, guided, width):
    context = chromium.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto(guided + "teams/", wait_until="networkidle")
    assert page.locator("nav.md-nav--primary a[href$='guides/']").count() == 1
    assert page.locator("a[href*='guides/how-to/']").count() == 0
    page.goto(guided + "guides/how-to/first/", wait_until="networkidle")
    assert page.locator("nav.md-nav--primary a[href$='second/']").count() == 1
    context.close()


FACTS = {
    "on-call": [{"name": "rota", "shifts": [{"person": "Ann Example", "start": "-2h", "end": "+9h"}, {"person": "Bo", "level": 2}]}],
    "incident": [{"title": "Orders are late", "opened": "-3h"}, {"title": "Slow", "opened": "-9d", "resolved": "-8d", "state": "resolved"}],
    "availability": [{"name": "answers", "measured": 99.1, "objective": 99.9, "history": [{"day": "2025-12-31", "percent": 97}]}],
    "deployment": [{"version": "1.2", "at": "-1h", "state": "succeeded", "environment": "production", "health": "degraded"}],
    "vulnerability": [{"id": f"CVE-2026-{n}", "severity": s, "package": "zlib"} for n, s in enumerate(["critical", "high", "low"])],
    "alert": [{"name": "LatencyHigh", "severity": "high", "since": "-1h"}],
    "coverage": [{"name": "lib", "lines": 61.5, "branches": 80}],
    "cost": [{"name": "team", "amount": 865, "currency": "EUR", "previous": 900, "days": [28, 30, 29]}],
    "quality-gate": [{"key": "q", "state": "failed", "coverage": 61.5, "coverage_wanted": 80}],
    "repository": [
        {
            "name": "acme/x",
            "languages": {"Go": 91.0},
            "topics": ["inner-source"],
            "community": [],
            "bus_factor": 1,
            "good_first_issues": [{"title": "Say hello", "url": "https://host.example/1"}],
        }
    ],
}


@pytest.fixture(scope="module")
def known(chromium, serve, tmp_path_factory):
    """A portal whose tools know something."""
    folder = tmp_path_factory.mktemp("known")
    for family, facts in FACTS.items():
        rows = [{"entity": name, "url": "https://tool.example/1"} | fact for name in ("order-svc", "label-printer") for fact in facts]
        (folder / f"{family}.json").write_text(json.dumps(rows), encoding="utf-8")
    items = "".join(f"  - {{name: {family}, type: file, path: {family}.json, measures: all}}\n" for family in FACTS)
    (folder / "shop/handbook/docs").mkdir(parents=True)
    (folder / "shop/handbook/catalog-info.yaml").write_text(HANDBOOK, encoding="utf-8")
    (folder / "shop/handbook/docs/index.md").write_text("# Handbook\n\n## First\n\nText.\n", encoding="utf-8")
    (folder / "shop/handbook/docs/second.md").write_text("# Second\n\nText.\n", encoding="utf-8")
    (folder / "ready.yaml").write_text(SCORECARD, encoding="utf-8")
    (folder / "announcements").mkdir()
    (folder / "announcements/news.md").write_text(ANNOUNCEMENT, encoding="utf-8")
    return serve(write_site(folder, settings=f"integrations:\n{items}scorecards: [ready.yaml]\ndrift: {{}}\n"))


HANDBOOK = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: handbook, annotations: {backstage.io/techdocs-ref: "dir:."}}
spec: {type: library, lifecycle: production, owner: team-orders}
---
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {name: library, title: Library, description: A library with tests., tags: [python]}
spec:
  type: library
  owner: team-orders
  parameters:
    - title: What it is
      required: [name]
      properties:
        name: {type: string, title: Name, description: Lower case.}
        owner: {type: string, title: Owner, ui:field: OwnerPicker}
        parts: {type: array, title: Parts, items: {type: string, enum: [docs, tests]}, uniqueItems: true, ui:widget: checkboxes}
  steps:
    - {id: file, action: "fetch:template", input: {url: ./skeleton, values: {name: "${{ parameters.name }}"}}}
    - {id: publish, action: "publish:github", input: {repoUrl: "github.com?owner=acme&repo=x"}}
"""
ANNOUNCEMENT = "---\ntitle: No deployments\nfrom: 2020-01-01\nuntil: 2199-12-31\n---\nThe clusters get a new version.\n"
SCORECARD = """\
name: ready
title: Ready
deadline: 2199-12-31
levels: [bronze, silver]
rules:
  - {id: described, title: Has a description, level: bronze, check: {field: description, exists: true}, fix: Describe it.}
  - {id: calm, title: No old incident, level: silver, check: {facts: incident, none: {state: open, opened: {older-than: 1h}}}}
"""
PAGES_OF_FACTS = [
    "", "health/", "incidents/", "deployments/", "vulnerabilities/", "availability/", "alerts/", "catalog/default/component/order-svc/",
    "catalog/default/api/orders-api/", "catalog/default/group/team-orders/", "catalog/default/system/ordering/",
    "scorecards/", "scorecards/ready/", "docs/", "docs/default/component/handbook/",
    "reports/default/team-orders/", "reports/", "insights/", "insights/innersource/", "insights/unowned/",
    "announcements/", "announcements/news/", "drift/", "create/", "create/register/", "create/register/?entity=component:default/order-svc",
    "create/default/library/",
]  # fmt: skip


@pytest.mark.parametrize(("path", "width"), on_each_size(PAGES_OF_FACTS))
def test_a_page_with_facts_is_accessible_and_not_wider_than_the_window(chromium, known, axe, width, path):
    assert_accessible(chromium, axe, known + path, width)


def test_the_banner_of_an_announcement_is_shown_and_accessible(chromium, known, axe):
    context = chromium.new_context(viewport={"width": 400, "height": 900}, color_scheme="light", bypass_csp=True)
    page = context.new_page()
    page.goto(known)
    page.get_by_role("link", name="No deployments").wait_for()
    assert violations(page, axe) == []
    context.close()


def test_from_home_it_is_two_steps_to_who_is_on_call(chromium, known):
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    page.clock.set_fixed_time(BUILT)
    page.goto(known)
    page.get_by_role("link", name="Open incidents").click()
    page.get_by_role("link", name="Order service").first.click()
    assert "Ann Example" in page.locator(".cb-keys").inner_text()
    page.close()
