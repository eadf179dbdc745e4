"""The catalog as its readers use it: columns, views, files, filters in words, health; my team, stars, and the order of names."""

import csv
import io
import json
import re
from functools import partial

import pytest
from small_site import HOSTILE, axe_source, write_site
from test_accessibility import FACTS, RULES

from callboard.catalog.columns import columns_index
from callboard.catalog.names import names_index, relations_index, table_index
from catalog_builders import catalog_of

pytestmark = pytest.mark.browser

MORE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: %s, title: "%s"}
spec: {type: service, lifecycle: production, owner: team-web}
"""
TITLES = {"zebra": "Zoe", "ten": "item-10", "lukasz": "Łukasz", "two": "item-2", "elodie": "Élodie", "formula": "=HYPERLINK(1)"}
BASICS = """\
name: basics
title: Basics
filter: {field: kind, is: component}
rules:
  - {id: described, title: Has a description, weight: 3, check: {field: description, exists: true}}
  - {id: in-a-system, title: Is part of a system, weight: 1, check: {field: system, exists: true}}
"""


@pytest.fixture(scope="module")
def portal(chromium, serve, tmp_path_factory):
    """A portal whose tools report trouble about two components, and nothing about the others."""
    folder = tmp_path_factory.mktemp("catalog")
    for name, title in TITLES.items():
        (folder / "shop" / name).mkdir(parents=True)
        (folder / "shop" / name / "catalog-info.yaml").write_text(MORE % (name, title), encoding="utf-8")
    families = ("incident", "availability", "vulnerability", "alert")
    for family in families:
        rows = [
            {"entity": name, "url": "https://tool.example/1"} | fact for name in ("order-svc", "label-printer") for fact in FACTS[family]
        ]
        rows.append({"entity": "storefront"})
        (folder / f"{family}.json").write_text(json.dumps(rows), encoding="utf-8")
    items = "".join(f"  - {{name: {family}, type: file, path: {family}.json}}\n" for family in families)
    (folder / "basics.yaml").write_text(BASICS, encoding="utf-8")
    return serve(write_site(folder, settings=f"integrations:\n{items}scorecards: [basics.yaml]\n"))


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True, accept_downloads=True)
    opened, context.failures = context.new_page(), []
    opened.on("pageerror", lambda error: context.failures.append(str(error)))
    yield opened
    context.close()
    assert context.failures == []


def names(page):
    return page.locator("[data-table] tbody tr:not(.cb-spacer) th a").all_text_contents()


def open_table(page, portal, query=""):
    page.goto(f"{portal}catalog/{query}")
    page.locator("[data-catalog][data-ready]").wait_for()
    return names(page)


def cell(page, name, key):
    return page.locator("[data-table] tr", has=page.get_by_role("link", name=name, exact=True)).locator(f"[data-col={key}]")


def test_the_table_opens_on_components_in_the_order_of_the_build_with_their_health(page, portal):
    listed = open_table(page, portal)
    assert page.locator(".cb-tabs [aria-current]").get_attribute("data-kind") == "component"
    assert listed == sorted(listed, key=[*listed].index)
    order = [name for name in listed if name in {*TITLES.values(), "storefront", "Order service"}]
    assert order == ["=HYPERLINK(1)", "Élodie", "item-2", "item-10", "Łukasz", "Order service", "storefront", "Zoe"]
    assert cell(page, "Order service", "health").inner_text().split() == ["1", "1", "1", "2"]
    assert cell(page, "Order service", "health").locator("a").first.get_attribute("href").endswith("/order-svc/#facts-incident")
    assert cell(page, "Zoe", "health").inner_text() == "Not measured"
    assert cell(page, "storefront", "health").inner_text() == "3 of 4 measured"  # nobody measured an SLO
    assert int(page.locator("[data-status] strong").inner_text()) == len(listed)


def test_a_choice_of_columns_is_kept_and_sorts(page, portal):
    open_table(page, portal)
    menu = page.locator("[data-columns]")
    menu.locator("summary").click()
    menu.get_by_label("Dependents").check()
    menu.get_by_label("System").uncheck()
    page.keyboard.press("Escape")
    assert not menu.locator("fieldset").is_visible()
    page.reload()
    page.locator("[data-catalog][data-ready]").wait_for()
    heads = page.locator("[data-table] thead th").all_inner_texts()
    assert heads == ["Name", "Type", "Owner", "Lifecycle", "Health", "Problems", "Dependents"]
    page.get_by_role("button", name="Dependents").click()
    assert names(page)[0] == "Order service"
    assert cell(page, "Order service", "dependents").inner_text() == "2"
    page.get_by_role("button", name="Health").click()
    assert set(names(page)[:2]) == {"Order service", "label-printer"}


def test_scores_of_a_weighted_scorecard_are_a_column_and_a_filter(page, portal):
    assert open_table(page, portal, "?level=basics/50-or-more") == [HOSTILE, "storefront"]
    assert "Basics: 50 % and more" in page.locator("main").inner_text()
    open_table(page, portal)
    page.locator("[data-columns] summary").click()
    page.locator("[data-columns]").get_by_label("Basics").check()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Basics").click()
    scores = [cell(page, name, "level-basics").inner_text() for name in ("Order service", "storefront", "label-printer", "Zoe")]
    assert scores == ["100 %", "75 %", "25 %", "0 %"]
    assert names(page).index("storefront") < names(page).index("label-printer") < names(page).index("Zoe")


def test_views_show_what_they_count_and_a_second_click_leaves_them(page, portal):
    open_table(page, portal)
    views = page.locator("[data-views] [data-view]")
    page.wait_for_function("() => document.querySelector('[data-views] .cb-count')?.textContent")
    for at in range(views.count()):
        number = int(views.nth(at).locator(".cb-count").inner_text())
        views.nth(at).click()
        assert int(page.locator("[data-status] strong").inner_text()) == number == len(names(page))
        page.locator("[data-views] [aria-current]").wait_for()
    assert page.locator("[data-views]").inner_text().startswith("All kinds:")  # the table and its filters may show one
    texts = [re.sub(r"\s*\d+$", "", text) for text in views.all_inner_texts()]
    assert texts == ["In trouble", "Without owner", "Deprecated but used"]
    page.locator("[data-views] [aria-current]").click()
    page.locator(".cb-tabs [data-kind=component][aria-current]").wait_for()


FIELDS = [
    ("owner:team-orders kind:component", ["Order service", "OrderServiceClient"]),
    ("owner:orders type:service", ["Order service"]),
    ("tag:java", ["Order service"]),
    ("tag:tier-1 order", ["Order service"]),
    ("tags:JAVA,nothing", ["Order service"]),
    ("kind:api", ["Orders API"]),
    ('owner:"Orders" kind:api', ["Orders API"]),
    ("lifecycle:deprecated,experimental", ["label-printer", "storefront"]),
    ("health:incident kind:component", ["label-printer", "Order service"]),
    ("health:incomplete kind:component", ["storefront"]),
    ("team:shop kind:api", ["Orders API"]),
    ("owner:nobody-has-this", []),
    ("system:ordering kind:api", ["Orders API"]),
    ("api:orders", ["Orders API"]),
]


def test_fields_in_the_search_box_are_the_filters_of_the_address(page, portal):
    open_table(page, portal)
    for typed, shown in FIELDS:
        page.evaluate("history.pushState(null, '', '?kind=~all'); dispatchEvent(new PopStateEvent('popstate'))")
        page.locator("[data-q]").fill(typed)
        assert sorted(names(page)) == sorted(shown), typed
        page.locator("[data-q]").press("Enter")
        assert sorted(names(page)) == sorted(shown), page.url
        assert not re.search(r"q=\w+:", page.url) or typed == "api:orders"
    page.reload()
    page.locator("[data-catalog][data-ready]").wait_for()
    assert names(page) == ["Orders API"]


def test_fields_filter_in_the_dialog_and_on_the_search_page_too(page, portal):
    page.goto(f"{portal}search/?q=owner:orders+kind:component")
    page.locator("[data-group=names] .cb-hit").first.wait_for()
    assert page.locator("[data-group=names] .cb-hit__name").all_inner_texts() == ["Order service", "OrderServiceClient"]
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("health:incident kind:component order")
    page.wait_for_function("() => document.querySelectorAll('dialog [role=option]').length >= 1")
    assert "Order service" in page.locator("dialog [role=option]").first.inner_text()


def test_what_is_filtered_is_a_file(page, portal):
    open_table(page, portal, "?owner=team-web&kind=component")
    listed, files = names(page), {}
    for kind in ("csv", "json"):
        page.locator("details[data-menu]").last.locator("summary").click()
        with page.expect_download() as download:
            page.locator(f"[data-file={kind}]").click()
        assert download.value.suggested_filename == f"catalog.{kind}"
        files[kind] = download.value.path().read_text("utf-8-sig")
    rows, records = list(csv.DictReader(io.StringIO(files["csv"]))), json.loads(files["json"])
    assert [record["title"] for record in records] == listed
    assert [row["name"] for row in rows] == [record["name"] for record in records]
    assert rows[listed.index("=HYPERLINK(1)")]["title"] == "'=HYPERLINK(1)"  # no formula for a spreadsheet
    assert {row["health"] for row in rows} == {"Not measured", "Partly measured"}


COMPLETE = """() => document.querySelectorAll("[data-table] tbody tr").length
  === Number(document.querySelector("[data-status] strong").textContent)"""


def _answer(data, route):
    route.fulfill(json=data)


def test_rows_stay_in_the_document_and_longer_lists_say_that_they_do_not(page, portal):
    for number, whole in ((600, True), (2_100, False)):
        catalog = catalog_of(*(f"component:part-{i:04}" for i in range(number)))
        files = {
            "names": names_index(catalog),
            "columns": columns_index(catalog, relations_index(catalog), {}),
            "table": table_index(catalog),
        }
        for name, data in files.items():
            page.unroute(f"**/{name}.json*")
            page.route(f"**/{name}.json*", partial(_answer, data))
        open_table(page, portal)
        note = page.locator("[data-many]")
        if whole:
            page.keyboard.press("Control")
            page.wait_for_function("() => document.querySelectorAll('[data-table] tbody tr').length === 600")
            last = page.locator("[data-table] tr[aria-rowindex='601']")
            assert last.evaluate("row => getComputedStyle(row).contentVisibility") == "auto"
            assert page.evaluate("() => { const found = window.find('part-0599'); return found && scrollY > 1000; }")
            assert not note.is_visible()
            for text, first in (("part-05", "part-0500"), ("", "part-0000")):  # rows are used again, and show what the list has
                page.locator("[data-q]").fill(text)
                page.wait_for_function(COMPLETE)
                listed = names(page)
                assert listed[0] == first
                assert len(set(listed)) == len(listed)
                assert all("05" in name for name in listed) or not text
        else:
            page.wait_for_function("() => !document.querySelector('[data-many]').hidden")
            assert "2,100 rows" in note.inner_text()
            assert page.locator("[data-table] tbody tr").count() < 200
            page.emulate_media(media="print")
            page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
            assert note.inner_text() == "The table shows 2,000 of 2,100 entities."
            assert page.locator("[data-table] tbody tr:not(.cb-spacer)").count() == 2_000


def choose(page, portal, team, person=""):
    page.goto(portal)
    page.locator("[data-my-team] [data-body] button").click()
    page.locator("[data-my-team] select").select_option(team)
    if person:
        page.locator("[data-my-team] input").fill(person)
    page.locator(".cb-mine__pick button").click()
    page.locator("[data-my-team] dl").wait_for()


def number(page, label):
    row = page.locator("[data-my-team] dl > div", has=page.get_by_text(label, exact=True))
    return int(row.locator("dd").inner_text())


def test_my_team_has_its_sub_teams_with_incidents_alerts_and_problems_and_agrees_with_the_lists(page, portal):
    """faults/site B5: only the group itself was counted, and no incident."""
    choose(page, portal, "group:default/shop", "Ann Example (ann)")
    card = page.locator("[data-my-team]")
    assert (number(page, "Open incidents"), number(page, "Firing alerts"), number(page, "SLOs breached")) == (1, 1, 1)
    assert number(page, "Critical/high vulnerabilities") == 2
    assert "Order service" in card.locator(".cb-mine__trouble").inner_text()
    assert "Including 2 sub-teams." in card.inner_text()
    assert card.get_by_role("link", name="Ann Example").count() == 1
    components, problems = number(page, "Components"), number(page, "Problems")
    card.locator("a[href$='kind=component']").click()
    page.locator("[data-catalog][data-ready]").wait_for()
    assert "team=group:default/shop" in page.url
    assert len(names(page)) == components
    assert page.locator("[data-own-view]").first.inner_text().startswith("Shop")
    page.goto(f"{portal}health/")
    assert number(page, "Open incidents") == int(page.locator(".cb-stats a[href$='incidents/'] .cb-stat__value").inner_text()) == 1
    page.goto(f"{portal}teams/")
    row = page.locator(".cb-team", has=page.get_by_role("link", name="Shop", exact=True))
    assert int(re.findall(r"\d+", row.locator(".cb-team__n").last.inner_text())[-1]) == problems


def test_stars_are_kept_on_home_and_as_a_view(page, portal):
    page.goto(f"{portal}catalog/default/component/storefront/")
    star = page.locator("button[data-star]")
    star.click()
    assert (star.get_attribute("aria-pressed"), star.get_attribute("aria-label")) == ("true", "Star storefront")
    open_table(page, portal)
    page.locator("[data-table] tr", has=page.get_by_role("link", name="Order service", exact=True)).locator(".cb-star").click()
    view = page.locator("[data-own-view]", has_text="Starred")
    view.click()
    assert names(page) == ["Order service", "storefront"]
    page.goto(portal)
    page.locator("[data-starred] li").nth(1).wait_for()
    assert page.locator("[data-starred] li a").all_inner_texts() == ["Order service", "storefront"]
    assert "storefront" in page.locator("[data-recent]").inner_text()


def test_where_storage_is_blocked_the_choice_lasts_for_the_page_and_says_so(page, portal):
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } })")
    page.goto(portal)
    page.locator("[data-my-team] [data-body] button").click()
    page.locator("[data-my-team]").get_by_text("blocks storage").wait_for()
    page.locator("[data-my-team] select").select_option("group:default/team-orders")
    page.locator(".cb-mine__pick button").click()
    page.locator("[data-my-team] dl").wait_for()
    open_table(page, portal)
    assert page.locator(".cb-star").count() == 0
    page.goto(f"{portal}catalog/default/component/storefront/")
    assert not page.locator("button[data-star]").is_visible()


def test_menus_and_the_picker_are_accessible_in_both_palettes_and_text_is_not_too_small(page, portal):
    source = axe_source()
    if source is None:
        pytest.skip("needs axe-core: npm install axe-core, or CALLBOARD_AXE=path of axe.min.js")
    for palette, width in (("light", 1440), ("dark", 400)):
        page.emulate_media(color_scheme=palette)
        page.set_viewport_size({"width": width, "height": 900})
        open_table(page, portal, "?health=trouble")
        page.evaluate(source)
        for at in range(2):
            page.locator("details[data-menu] summary").nth(at).click()
            found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)["violations"]
            assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.goto(portal)
        page.locator("[data-my-team] [data-body] button").click()
        page.locator(".cb-mine__pick").wait_for()
        page.evaluate(source)
        found = page.evaluate("(rules) => axe.run(document, { runOnly: rules })", RULES)["violations"]
        assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []
    for path in ("", "catalog/", "catalog/default/component/order-svc/", "teams/", "health/"):
        page.goto(portal + path)
        assert page.evaluate(SMALL) == [], path


SMALL = """() => [...document.querySelectorAll("body *")]
  .filter((each) => !each.closest("svg") && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && parseFloat(getComputedStyle(each).fontSize) < 11.99)
  .map((each) => `${each.className} ${each.textContent.slice(0, 30)}`)"""
