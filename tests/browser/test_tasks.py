"""What a newcomer does from home, by mouse and by keyboard, on a desktop and on a phone."""

import re

import pytest
from small_site import HOSTILE

pytestmark = pytest.mark.browser


def search(page, address, text):
    """Type into home's field with the keyboard alone."""
    page.goto(address)
    page.keyboard.press("/")
    page.keyboard.type(text, delay=20)
    page.locator("[data-search-form] [role=option]").first.wait_for()


def in_table(page, address, query):
    page.goto(f"{address}catalog/{query}")
    page.locator("[data-catalog][data-ready]").wait_for()
    return page.locator("[data-table] tbody tr:not(.cb-spacer) th a")


def test_find_the_owner_of_a_component_and_how_to_reach_them(page, address):
    search(page, address, "ordersvc")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalog/default/component/order-svc/")
    page.locator("article a[href*='group/team-orders']").first.click()
    page.wait_for_url("**/group/team-orders/")
    assert page.locator("a[href='mailto:orders@shop.example']").count()


def test_who_consumes_an_api(page, address):
    page.goto(f"{address}apis/")
    page.get_by_role("link", name="Orders API").click()
    page.wait_for_url("**/api/orders-api/")
    assert page.locator("article a[href*='component/storefront']").count()


def test_the_file_to_edit(page, address):
    search(page, address, "label printer")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/label-printer/")
    assert page.locator("a[href='https://github.com/acme/shop/edit/main/label-printer/catalog-info.yaml']").count()


def test_what_my_team_owns(page, address):
    page.goto(address)
    page.get_by_role("button", name="Select team").click()
    page.locator("[data-my-team] select").select_option("group:default/team-orders")
    page.locator("[data-my-team] .cb-mine__pick button").click()
    card = page.locator("[data-my-team]")
    card.get_by_role("link", name="Orders", exact=True).wait_for()
    page.reload()
    card.locator("a[href$='kind=component']").click()
    page.locator("[data-catalog][data-ready]").wait_for()
    assert page.locator("[data-table] tbody tr:not(.cb-spacer)").count() == 2


def test_what_is_wrong_with_my_descriptors(page, address):
    page.goto(f"{address}problems/")
    place = page.locator(".cb-problem a.cb-problem__place").first
    assert re.match(r"https://github\.com/acme/shop/edit/main/.*/catalog-info\.yaml#L\d+", place.get_attribute("href"))


def test_the_dialog_opens_an_entity_by_keyboard(page, address):
    page.goto(f"{address}teams/")
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").wait_for()
    page.keyboard.type("storefrnt")
    page.locator("dialog [role=option][aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/component/storefront/")


def test_escape_closes_the_dialog_and_arrows_choose(page, address):
    page.goto(f"{address}systems/")
    page.keyboard.press("/")
    page.locator("dialog[open] input").wait_for()
    page.keyboard.type("order")
    page.locator("dialog [role=option]").nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    assert page.locator("dialog [role=option]").nth(1).get_attribute("aria-selected") == "true"
    page.keyboard.press("Escape")
    assert not page.locator("dialog[open]").count()


def test_chips_of_the_dialog_narrow_by_kind(page, address):
    page.goto(f"{address}systems/")
    page.keyboard.press("/")
    page.locator("dialog[open] input").fill("order")
    page.locator("dialog [data-chip='kind:api']").click()
    page.locator("dialog [data-chip='kind:api'][aria-pressed=true]").wait_for()
    names = page.locator("dialog [role=group][aria-label='Name matches'] [role=option]")
    assert names.count() == 1
    assert names.first.get_attribute("href").endswith("/api/orders-api/")


def test_words_of_a_description_are_found_in_the_text(page, address):
    page.goto(f"{address}search/?q=parcel+oracle")
    page.locator("[data-group=about] .cb-hit[href*=storefront]").first.wait_for()


def test_the_search_page_keeps_its_question_over_reload(page, address):
    page.goto(f"{address}search/")
    page.locator("[data-search-page] input[type=search]").fill("orders-api")
    first = page.locator("[data-group=names] .cb-hit").first
    first.wait_for()
    page.reload()
    first.wait_for()
    assert first.get_attribute("href").endswith("/api/orders-api/")


def test_filters_survive_reload_and_back(page, address, width):
    rows = in_table(page, address, "")
    if width == 400:
        page.get_by_role("button", name="Filters").click()
    page.locator("[data-facet=lifecycle] input[value=experimental]").check()
    assert "lifecycle=experimental" in page.url
    assert rows.count() == 1
    page.reload()
    page.locator("[data-catalog][data-ready]").wait_for()
    assert rows.count() == 1
    page.go_back()
    page.wait_for_function("() => document.querySelectorAll('[data-table] tbody tr').length > 5")
    assert "lifecycle" not in page.url


def test_an_address_with_several_filters_shows_what_passes_all(page, address):
    rows = in_table(page, address, "?kind=component&owner=group:default/team-orders&owner=group:default/team-web&type=service&type=website")
    assert sorted(rows.all_text_contents()) == ["Order service", "storefront"]


def test_the_keyboard_walks_through_rows_that_are_not_in_the_document_yet(page, address):
    in_table(page, address, "?type=library")
    page.keyboard.press("f")
    for _ in range(60):
        page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.closest('tr').getAttribute('aria-rowindex')")
    assert focused == "61"
    page.keyboard.press("Enter")
    page.wait_for_url("**/catalog/default/component/part-*/")


def test_text_finds_names_first_then_descriptions(page, address):
    rows = in_table(page, address, "?q=order+service")
    assert rows.all_text_contents()[0] == "Order service"


def test_the_first_rows_do_not_move_when_the_script_takes_over(page, address, chromium, width):
    plain = chromium.new_context(viewport={"width": width, "height": 900}, java_script_enabled=False).new_page()
    plain.goto(f"{address}catalog/")
    cells = "[data-table] tbody tr:nth-child(-n+8) a:not(.cb-flag)"
    before = [(link.inner_text(), round(link.bounding_box()["y"])) for link in plain.locator(f"{cells} >> visible=true").all()]
    plain.context.close()
    in_table(page, address, "")
    after = [(link.inner_text(), round(link.bounding_box()["y"])) for link in page.locator(f"{cells} >> visible=true").all()]
    assert [text for text, _ in before] == [text for text, _ in after]
    heights = {b - a for (_, a), (_, b) in zip(before, after, strict=True)}
    assert max(heights) - min(heights) <= 1


def test_without_scripts_the_list_has_pages(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{address}catalog/")
    assert plain.locator("table tbody tr").count() == 100
    assert not plain.locator("[data-q]").is_visible()
    plain.get_by_role("link", name="Next").click()
    assert plain.locator("table tbody tr").count() > 50
    context.close()


def test_an_address_in_upper_case_leads_to_the_entity(chromium, address):
    context = chromium.new_context()
    lost = context.new_page()
    lost.goto(f"{address}catalog/Default/Component/Order-SVC")
    lost.wait_for_url("**/catalog/default/component/order-svc/")
    context.close()


def test_an_address_that_leads_nowhere_offers_a_search(chromium, address):
    context = chromium.new_context()
    lost = context.new_page()
    lost.goto(f"{address}catalog/default/component/order-servise/")
    assert lost.get_by_role("link", name="Search for").get_attribute("href").endswith("search/?q=order-servise")
    assert lost.locator(".cb-near a").first.inner_text() == "Order service"
    context.close()


def test_what_was_visited_stands_on_home(page, address):
    page.goto(f"{address}catalog/default/component/storefront/")
    page.goto(address)
    page.locator("[data-recent] a[href*=storefront]").wait_for()


def test_names_that_look_like_markup_stay_text(page, address):
    rows = in_table(page, address, "?q=hostile")
    assert rows.first.inner_text() == HOSTILE
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("hostile")
    page.locator("dialog [role=option]").first.wait_for()
    page.goto(f"{address}search/?q=onerror")
    page.locator("[data-found] .cb-hit").first.wait_for()
    assert not page.locator("img[src=x]").count()


@pytest.mark.parametrize("below", ["portal/", "a/b/c/"])
def test_everything_works_below_a_path(chromium, folder, serve, tmp_path, below):
    target = tmp_path / below.rstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.symlink_to(folder)
    address = f"{serve(tmp_path)}{below}"
    context = chromium.new_context()
    opened = context.new_page()
    missing = []
    opened.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    search(opened, address, "orders api")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    opened.wait_for_url(f"**/{below}catalog/default/api/orders-api/")
    assert not missing
    context.close()


def test_icons_of_lists_are_seen_and_need_no_request(page, address):
    page.goto(f"{address}systems/")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "assets/icons" in request.url else None)
    page.keyboard.press("/")
    page.locator("dialog[open] input").wait_for()
    for letter in "order":
        page.keyboard.type(letter)
        page.locator("dialog [role=option]").first.wait_for()
        page.wait_for_timeout(150)
    assert asked == []
    shown = page.locator("dialog .cb-hit .cb-icon").first
    assert shown.evaluate("icon => icon.getBoundingClientRect().width") > 5
    assert shown.evaluate("icon => getComputedStyle(icon).maskImage").startswith('url("data:image/svg+xml')


def test_what_is_chosen_before_the_table_is_ready_counts(page, address, width):
    held = []
    page.route("**/names.json*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot mark a built-in
    page.goto(f"{address}catalog/", wait_until="domcontentloaded")
    if width == 400:
        page.get_by_role("button", name="Filters").click()
    page.locator("[data-facet=lifecycle] input[value=experimental]").check()
    for route in held:
        route.continue_()
    page.locator("[data-catalog][data-ready]").wait_for()
    assert "lifecycle=experimental" in page.url
    assert page.locator("[data-table] tbody tr:not(.cb-spacer) th a").all_text_contents() == ["storefront"]


def test_without_the_names_the_plain_list_stays_whole(chromium, address):
    context = chromium.new_context()
    lost = context.new_page()
    lost.route("**/names.json*", lambda route: route.abort())
    lost.goto(f"{address}catalog/", wait_until="networkidle")
    assert lost.locator("table tbody tr").count() == 100
    context.close()


def test_rows_that_are_used_again_say_what_the_list_says(page, address):
    rows = in_table(page, address, "?sort=name:down")
    first = rows.first.text_content()
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator("[data-table] tr[aria-rowindex='150']").wait_for()
    page.evaluate("scrollTo(0, 0)")
    page.locator("[data-table] tr[aria-rowindex='2']").wait_for()
    assert rows.first.text_content() == first
    links = page.locator("[data-table] tbody tr:not(.cb-spacer)").evaluate_all(
        "rows => rows.map((row) => [row.querySelector('a').pathname, row.ariaRowIndex])"
    )
    assert len({path for path, _ in links}) == len(links)
    assert [int(index) for _, index in links] == list(range(2, 2 + len(links)))


def test_what_an_entity_affects_is_a_filter_of_the_table_with_a_chip_that_removes_it(page, address):
    names = in_table(page, address, "?affected-by=api:default/orders-api")
    page.wait_for_function("() => document.querySelector('[data-status]').firstElementChild.textContent === '2'")
    assert sorted(names.all_text_contents()) == ["OrderServiceClient", "storefront"]
    page.get_by_role("button", name="Affected by Orders API").click()
    page.wait_for_function("() => Number(document.querySelector('[data-status]').firstElementChild.textContent) > 2")
    assert "affected-by" not in page.url


def test_a_filter_whose_data_is_missing_says_so_and_hides_nothing(page, address):
    page.route("**/relations.json*", lambda route: route.fulfill(json={"format": 1, "digest": "another build", "dependents": []}))
    in_table(page, address, "?affected-by=api:default/orders-api")
    page.get_by_role("button", name="Unknown what is affected by Orders API").wait_for()
    assert int(page.locator("[data-status]").locator("> :first-child").inner_text()) > 2


def test_the_data_of_an_earlier_build_that_a_cache_still_has_is_not_shown(page, address):
    """faults/site/stale-names-json: a host that lets browsers keep files for ten minutes."""
    asked = []
    page.route("**/api/catalog/names.json", lambda route: route.fulfill(json={"format": 1, "kept": "by a cache"}))
    page.on("request", lambda request: asked.append(request.url) if "/names.json" in request.url else None)
    in_table(page, address, "?kind=component")
    [url] = asked
    assert re.search(r"names\.json\?d=[0-9a-f]{16}$", url)


def test_without_the_list_of_digests_the_data_is_asked_for_at_its_own_address_past_the_cache(page, address):
    page.add_init_script(
        "const own = fetch; window.asked = {}; window.fetch = (url, o) => { asked[url] = o?.cache ?? ''; return own(url, o); };"
    )
    page.route("**/build.json", lambda route: route.fulfill(json={}))
    names = in_table(page, address, "?kind=component")
    assert names.count() > 2
    asked = page.evaluate("asked")
    assert {asked[f"{address}api/catalog/{name}.json"] for name in ("names", "columns")} == {"no-cache"}


def test_the_table_takes_nothing_from_files_of_another_build(page, address):
    """Files that a host kept: what is of other entities than the names is left out, and the table works without it."""
    stale = {"format": 1, "digest": "another build", "description": ["Stale sentence"] * 500, "rank": [], "above": [], "health": [[0, 0]]}
    for name in ("table", "columns"):
        page.route(f"**/{name}.json*", lambda route: route.fulfill(json=stale))
    names = in_table(page, address, "?kind=component")
    assert names.count() > 2
    page.get_by_role("searchbox", name="Filter").fill("stale")
    page.wait_for_function("() => document.querySelector('[data-status]').firstElementChild.textContent === '0'")
