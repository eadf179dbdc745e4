"""Home, the dialog and the search page find the same for the same words, by keyboard too, and no query breaks them."""

import random

import pytest

from support import EVERY_CASE

pytestmark = pytest.mark.browser
QUERIES = (
    "order", "orders", "order-svc", "OrderService", "order service", "ordersvc", "orderserviceclient", "storefront", "label",
    "lable-printer",
    "rder-svc", "team-orders", "Shop", "sales", "ann", "api:orders", "owner:team-orders order", "kind:api",
    "installation", "deployments", "rollout", "publish a new key", "publsh key", "ublish key", "rotating keys", "order-svc parcel",
    "POST /orders", "createOrder", "cancelorder", "/orders/{id}/cancellation", "Order", "CVE-2026-31877", "netty",
    "支付", "队列", "athina", "Αθήνα", "privet", "bolshoi", "ledger certificates", "parcel oracle", "machine 3", "how to", "zzzzqq",
)  # fmt: skip
"""Names in several spellings, filters, headings, slips, operations, types, facts, other alphabets, texts, stop words, and nothing."""
SHOWN = """(list) => Array.from(list.querySelectorAll("[data-group], [role=group]"), (group) => ({
  name: group.ariaLabel ?? group.getAttribute("aria-label"),
  count: group.querySelector(".cb-count").textContent,
  hits: Array.from(group.querySelectorAll(".cb-hit"), (hit) => hit.getAttribute("href").split("/portal/")[1]),
}))"""


def typed(page, field, status, list_, query):
    """Type a query into a field; gives the groups of hits."""
    field.fill("")
    page.wait_for_function("(said) => said.textContent === ''", arg=status.element_handle())
    field.fill(query)
    page.wait_for_function("(said) => /^(?!.*…$).*(result|found|Nothing|No )/u.test(said.textContent)", arg=status.element_handle())
    return list_.evaluate(SHOWN)


@pytest.fixture
def places(page, indexed):
    """A function for each of the three places: from a query to its groups of hits."""

    def home(query):
        form = page.locator("[data-search-form]")
        return typed(page, form.locator("input"), form.locator("[role=status]"), form.locator("[role=listbox]"), query)

    def dialog(query):
        box = page.locator("dialog[open]")
        return typed(page, box.locator("input"), box.locator("[role=status]"), box.locator("[role=listbox]"), query)

    def search_page(query):
        root = page.locator("[data-search-page]")
        return typed(page, root.locator("input[name=q]"), root.locator("[data-status]"), root.locator("[data-found]"), query)

    def at(place):
        page.goto(indexed if place == "home" else f"{indexed}search/" if place == "page" else f"{indexed}teams/", wait_until="networkidle")
        if place == "dialog":
            page.keyboard.press("Control+k")
            page.locator("dialog[open] [role=listbox]").wait_for(state="attached")
        if place == "home":
            page.locator("[data-search-form] input").focus()
            page.locator("[data-search-form] [role=listbox]").wait_for(state="attached")
        return {"home": home, "dialog": dialog, "page": search_page}[place]

    return at


def test_all_places_show_the_same_hits_in_the_same_order(places):
    found = {}
    for place in ("page", "dialog", "home"):
        ask = places(place)
        found[place] = {query: ask(query) for query in QUERIES}
    for query in QUERIES:
        whole = {group["name"]: group for group in found["page"][query]}
        for place in ("dialog", "home"):
            groups = found[place][query]
            assert [group["name"] for group in groups] == [name for name in whole if name in {group["name"] for group in groups}]
            for group in groups:
                assert group["hits"] == whole[group["name"]]["hits"][: len(group["hits"])], (place, query)
                assert group["count"] == whole[group["name"]]["count"], (place, query)
            assert bool(groups) == bool(whole), (place, query)
            assert not whole or groups[0]["hits"][0] == next(iter(whole.values()))["hits"][0]


@pytest.mark.parametrize("width", [1440])
def test_spellings_of_a_name_are_one_query(places):
    ask = places("page")
    found = [ask(query) for query in ("order-svc", "OrderService", "order service", "order_svc", "orderSvc")]
    first = [[group["hits"][0] for group in groups] for groups in found]
    assert {groups[0]["hits"][0] for groups in found} == {"catalog/default/component/order-svc/"}
    assert all(hits == first[0] for hits in first), first


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("place", ["home", "dialog", "page"])
def test_the_arrow_keys_lead_to_a_hit_and_enter_opens_it(page, places, place):
    wanted = [hit for group in places(place)("publish a new key") for hit in group["hits"]]
    for _ in range(wanted.index("docs/default/component/order-svc/run/#new") + (place != "dialog")):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/default/component/order-svc/run/#new")


_ODD = (
    "( ) [ ] { } * + ? \\ ^ $ | . / \" ' ` < > & % # ; : , ~ - _ = 🙂 👩‍👩‍👧‍👦 مرحبا שלום \u202e \u200b \u0301 \ud7ff ﬁ İ 支付 한국 é "
    'the how to order svc POST /orders kind: owner: owner:none tag:" constructor __proto__ toString hasOwnProperty NaN undefined null '
    "0 1e309 -1 2026 v2.21.0 a %00 %e2%28%a1 &lt;b&gt; {{7*7}} ${7*7} javascript:window.hit=1 <script>window.hit=1</script> "
    "<img/src=x/onerror=window.hit=1>"
)
ALPHABET = _ODD.split(" ")
"""What queries are made of that nobody expects."""


def odd_queries(count):
    """Fixed ones, then random ones by a fixed seed."""
    yield from (
        "x" * 5_000,
        "order " * 900,
        "支" * 3_000,
        "(" * 2_000,
        "the how to of",
        "!!! ??? …",
        "42",
        "constructor",
        "__proto__",
        "<b>order</b>",
        "/",
        "//",
        "-",
        "_",
    )
    rng = random.Random(20)
    for _ in range(count):
        yield rng.choice(["", " "]).join(rng.choices(ALPHABET, k=rng.randint(1, 7)))


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize("count", [30, pytest.param(200, marks=pytest.mark.long)])
def test_no_query_breaks_the_search(page, indexed, count):
    page.goto(f"{indexed}search/", wait_until="networkidle")
    slowest = page.evaluate(
        """async (queries) => {
          const input = document.querySelector("[data-search-page] input[name=q]"), status = document.querySelector("[data-status]");
          const ended = () => status.textContent && !status.textContent.endsWith("…");
          let slowest = 0;
          for (const query of queries) {
            input.value = query;
            input.dispatchEvent(new Event("input", { bubbles: true }));
            const began = performance.now();
            while (query.trim() && !ended()) await new Promise((resume) => setTimeout(resume, 5));
            slowest = Math.max(slowest, performance.now() - began);
          }
          return slowest;
        }""",
        [*odd_queries(count)],
    )
    assert slowest < 30_000
    assert page.evaluate("window.hit") is None
    assert page.evaluate("document.querySelectorAll('[data-search-page] :is(script, img, iframe, b)').length") == 0
    assert page.locator("[data-status]").inner_text()


FAILURES = {
    "missing": lambda route: route.fulfill(status=404, body="<h1>Not found</h1>"),
    "no JSON": lambda route: route.fulfill(body="<!doctype html><title>Sign in</title>", content_type="text/html"),
    "cut off": lambda route: route.fulfill(body='{"order":[1,[2'),
    "null": lambda route: route.fulfill(body="null"),
    "offline": lambda route: route.abort("internetdisconnected"),
}
SENTENCE = "The search index could not be loaded; only names were searched."


@pytest.mark.parametrize("width", [1440])
@pytest.mark.parametrize(("files", "failure"), [
    ("index", "no JSON"), ("index", "null"), ("h/*", "missing"), ("h/*", "null"), ("t/*", "cut off"), ("b/*", "offline"), ("b/*", "null"),
    *(pytest.param(files, failure, marks=EVERY_CASE) for files in ("index", "h/*", "t/*", "b/*") for failure in FAILURES),
])  # fmt: skip
def test_files_that_cannot_be_loaded_leave_the_names_and_a_sentence(chromium, indexed, width, failure, files):
    page = chromium.new_context(viewport={"width": width, "height": 900}).new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/search/{files}.json", FAILURES[failure])
    page.goto(f"{indexed}search/?q=orders", wait_until="networkidle")
    page.locator("[data-status]", has_text=SENTENCE).wait_for()
    assert page.locator("[data-group=names] .cb-hit").count() > 0
    page.keyboard.press("Control+k")
    page.locator("dialog[open] input").fill("storefront installation")
    page.locator("dialog[open] .cb-dialog__none", has_text=SENTENCE).wait_for()
    page.goto(indexed, wait_until="networkidle")
    field = page.locator("[data-search-form] input")
    field.fill("storefront installation")
    page.locator("[data-search-form] .cb-dialog__none", has_text=SENTENCE).wait_for()
    page.unroute(f"**/search/{files}.json")
    field.fill("installation")
    page.locator("[data-search-form] .cb-hit").first.wait_for()
    page.context.close()
    assert not errors
