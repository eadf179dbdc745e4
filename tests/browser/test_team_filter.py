"""Health, documentation and scorecards: the rows of the chosen team and of the teams below it, chosen by hand or as "My team"."""

import json

import pytest
from playwright.sync_api import expect
from small_site import write_site
from test_accessibility import FACTS, SCORECARD

pytestmark = [pytest.mark.browser, pytest.mark.long]

HANDBOOK = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: %s, annotations: {backstage.io/techdocs-ref: "dir:."}}
spec: {type: library, lifecycle: production, owner: %s}
"""
SHOP, ORDERS, WEB = "group:default/shop", "group:default/team-orders", "group:default/team-web"
OWNERS = {"order-svc": "team-orders", "storefront": "team-web", "label-printer": "team-gone"}
ROWS = {"health/": "[data-family] li[data-t]", "docs/": "tr[data-t]", "scorecards/ready/": "tr[data-t]"}


@pytest.fixture(scope="module")
def portal(chromium, serve, tmp_path_factory):
    """A portal with an incident, documentation and something to do of each team, a vulnerability that two share, and an alert of one."""
    folder = tmp_path_factory.mktemp("teams")
    late = [{"entity": name, "title": f"{name} is late", "opened": "-3h"} for name in OWNERS]
    (folder / "incident.json").write_text(json.dumps(late), encoding="utf-8")
    weak = [{"entity": name, "id": "CVE-2026-1", "severity": "high", "package": "zlib"} for name in OWNERS if name != "storefront"]
    (folder / "vulnerability.json").write_text(json.dumps(weak), encoding="utf-8")
    (folder / "alert.json").write_text(json.dumps([{"entity": "storefront", **FACTS["alert"][0]}]), encoding="utf-8")
    items = "".join(f"  - {{name: {family}, type: file, path: {family}.json}}\n" for family in ("incident", "vulnerability", "alert"))
    for name, owner in (("orders-book", "team-orders"), ("web-book", "team-web"), ("lost-book", "team-gone")):
        (folder / "shop" / name / "docs").mkdir(parents=True)
        (folder / "shop" / name / "catalog-info.yaml").write_text(HANDBOOK % (name, owner), encoding="utf-8")
        (folder / "shop" / name / "docs/index.md").write_text(f"# About {name}\n\nText.\n", encoding="utf-8")
    (folder / "ready.yaml").write_text(SCORECARD, encoding="utf-8")
    return serve(write_site(folder, settings=f"integrations:\n{items}scorecards: [ready.yaml]\n"))


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    opened, failures = context.new_page(), []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    context.close()
    assert failures == []


def shown(page, path):
    """The visible rows' texts, once the count above them says so."""
    rows = [row.inner_text() for row in page.locator(ROWS[path]).all() if row.is_visible()]
    everything = page.locator(ROWS[path]).count()
    expect(page.locator("[data-by-team] [role=status]")).to_have_text(f"Shown: {len(rows)} of {everything}")
    return rows


@pytest.mark.parametrize("path", ROWS)
def test_the_rows_of_a_team_are_those_of_the_teams_below_it_too(page, portal, path):
    def rows_of(team):
        page.locator("[data-by-team] select").select_option(team)
        return sorted(shown(page, path))

    page.goto(portal + path)
    page.wait_for_function("() => document.documentElement.classList.contains('cb-ready')")
    every, orders, web = sorted(shown(page, path)), rows_of(ORDERS), rows_of(WEB)
    assert orders
    assert web
    assert rows_of(SHOP) == sorted({*orders, *web})
    assert page.url.endswith(f"{path}?team={SHOP}")
    assert len(every) > len(orders) + len(web)
    page.locator("[data-clear]").click()
    assert sorted(shown(page, path)) == every


@pytest.mark.parametrize("path", ROWS)
def test_my_team_is_one_press_and_is_remembered(page, portal, path):
    page.goto(portal)
    page.locator("[data-my-team] [data-body] button").click()
    page.locator("[data-my-team] select").select_option(ORDERS)
    page.locator(".cb-mine__pick button").click()
    page.locator("[data-my-team] dl").wait_for()
    page.goto(portal + path)
    page.locator("[data-by-team] [data-mine]").click()
    rows = shown(page, path)
    assert rows
    page.goto(portal + path)
    expect(page.locator("[data-by-team] [data-mine]")).to_have_attribute("aria-pressed", "true")
    assert shown(page, path) == rows


def test_health_of_a_team_shows_nothing_that_is_about_all_teams(page, portal):
    page.goto(f"{portal}health/")
    page.locator("[data-family=vulnerability] .cb-figures").wait_for()
    page.locator("[data-by-team] select").select_option(ORDERS)
    expect(page.locator("[data-family=alert]")).to_be_hidden()
    expect(page.locator("[data-family=vulnerability]")).to_be_visible()
    expect(page.locator("[data-family=vulnerability] .cb-figures")).to_be_hidden()
    expect(page.locator("[data-family=incident] .cb-badge")).to_be_hidden()
    link = page.locator("[data-chosen] a")
    link.click()
    page.locator("#operations").wait_for()
    assert page.url == f"{portal}catalog/default/group/team-orders/#operations"
