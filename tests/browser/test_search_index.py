"""The index of sections in the browser: terms, what is found, and what is said when its files cannot be loaded."""

import json
from pathlib import Path

import pytest
from indexed_site import API, DOCS

from callboard.search.terms import as_written, terms_of

pytestmark = pytest.mark.browser
STEMS = Path(__file__).parent.parent / "search/stems.json"
TEXTS = (
    "order-svc OrderService order service", "POST /orders/{orderId}/lines createOrder", "k8s OAuth2 sha256 xaB1 ABCdef1 CVE-2026-31877",
    "Überweisung für Straße Łódź İstanbul Ǆ ﬁne ½ x²", "Привет, мир! Ёж ИЙ Αθήνα", "支付服务 テスト한국어 名",
    "don't the users’ keys' a_b-c.d",
    "how to", "", "snake_case_name a-b-c-d-e-f-g v2.21.0", "🙂 constructor __proto__ toString", "x" * 90,
)  # fmt: skip


def test_the_browser_makes_the_same_terms_as_the_generator(page, address):
    texts = [*TEXTS, *json.loads(STEMS.read_text())]
    page.goto(address)
    made = page.evaluate(
        """async (texts) => {
          const { termsOf } = await import(new URL("assets/search-terms.js", location.href));
          return texts.map((text) => [termsOf(text), termsOf(text, false)]);
        }""",
        texts,
    )
    assert made == [[terms_of(text), terms_of(text, as_written)] for text in texts]


@pytest.fixture
def ask(page, indexed):
    """Opens the search page with a query; gives the addresses of the hits below the site."""

    def hits(query):
        page.goto(f"{indexed}search/?q={query}")
        page.wait_for_function("() => /result|loaded/.test(document.querySelector('[data-status]').textContent)")
        return [hit.get_attribute("href").partition("/portal/")[2] for hit in page.locator("[data-found] .cb-hit").all()]

    return hits


@pytest.mark.parametrize(("query", "first"), [
    ("POST /orders", f"{API}reference/#op-createOrder"), ("createOrder", f"{API}reference/#op-createOrder"),
    ("create order", f"{API}reference/#op-createOrder"), ("cancelorder", f"{API}reference/#op-cancel"),
    ("CVE-2026-31877", f"{API}#facts-vulnerability"), ("rotating keys", f"{DOCS}run/"), ("how do I rotate the key", f"{DOCS}run/"),
    ("publsh new key", f"{DOCS}run/#new"), ("rollout", f"{DOCS}run/#deploy"), ("支付", f"{DOCS}run/#zh"),
    ("POST /orders/{id}/cancellation", f"{API}reference/#op-cancel"), ("/orders/{id}/cancellation", f"{API}reference/#op-cancel"),
    ("oublish a new key", f"{DOCS}run/#new"), ("ublish a new key", f"{DOCS}run/#new"), ("apublish a new key", f"{DOCS}run/#new"),
    ("upblish a new key", f"{DOCS}run/#new"), ("qeployments", f"{DOCS}run/#deploy"),
    ("ledger certificate", f"{DOCS}run/#new"), ("order-svc parcel", f"{DOCS}#setup"),
])  # fmt: skip
@pytest.mark.parametrize("width", [1440])
def test_a_query_finds_its_section_first(ask, width, query, first):
    assert ask(query)[0] == first


def test_types_come_after_names_and_before_texts(ask):
    found = ask("Order")
    assert found[0].startswith("catalog/default/")
    assert "#" not in found[0]
    assert f"{API}reference/#type-Order" in found


def test_at_most_three_in_a_row_are_of_one_entity_and_guides_are_last(ask):
    found = ask("installation")
    assert found[-1] == "guides/x/"
    sets = [path.split("/")[3] for path in found[:-1]]
    assert len(sets) == 9  # and the guide: two groups share the room
    assert sets.index("storefront") <= 3


def test_filters_by_documentation_and_api_keep_all_hits_that_they_say(ask, page, width):
    ask("installation")
    if width == 400:
        page.locator("[data-facets-open]").click()
    choice = page.locator("[data-facet=set] label", has_text="Order service")
    assert choice.locator(".cb-count").inner_text() == "13"
    choice.click()
    page.wait_for_function("() => document.querySelectorAll('[data-found] .cb-hit').length === 13")
    assert page.locator("[data-status]").inner_text() == "13 results"
    ask("order&api=api:default/orders-api")
    paths = [hit.get_attribute("href") for hit in page.locator("[data-found] .cb-hit").all()]
    assert paths
    assert all(f"{API}reference/" in path for path in paths)


def test_without_the_index_names_are_found_and_a_sentence_says_so(chromium, indexed):
    page = chromium.new_context().new_page()
    page.route("**/search/**/*.json", lambda route: route.abort())
    page.route("**/search/index.json", lambda route: route.fulfill(status=401, body="sign in"))
    page.goto(f"{indexed}search/?q=order")
    page.locator("[data-status]", has_text="The search index could not be loaded; only names were searched.").wait_for()
    assert page.locator("[data-group=names] .cb-hit").count() > 0
    page.goto(f"{indexed}teams/", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("order")
    page.locator("dialog", has_text="The search index could not be loaded").wait_for()
    assert page.locator("dialog [role=option]").count() > 0
    page.context.close()


def test_the_dialog_shows_sections_and_opens_the_chosen_one(page, indexed):
    page.goto(f"{indexed}teams/", wait_until="networkidle")
    page.keyboard.press("Control+k")
    page.keyboard.type("publish key")
    page.locator("dialog [role=option][aria-selected=true]").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{DOCS}run/#new")
