"""Spelling and ranking of names, asked of the module in a browser."""

import pytest

pytestmark = pytest.mark.browser

ASK = """async ([names, text]) => {
  const core = await import(new URL("assets/search-core.js", location.href));
  const entries = names.map((n) => (typeof n === "string" ? { name: n, kind: "component" } : n));
  return core.find(core.prepare(entries), text).map((hit) => entries[hit.i].name);
}"""


@pytest.fixture(scope="module")
def core(chromium, address):
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(address)
    yield lambda text, names: opened.evaluate(ASK, [names, text])
    context.close()


@pytest.mark.parametrize("text", ["order-svc", "orderSvc", "OrderService", "order service", "order_svc", "ordersvc", "ORDER.SERVICE"])
@pytest.mark.parametrize("name", ["order-svc", "orderSvc", "OrderService", "order_service", "order.svc"])
def test_all_spellings_of_a_name_are_one(core, text, name):
    assert core(text, ["border-control", name, "orders"])[0] == name


def test_exact_comes_before_prefix_before_word_before_inside_before_slip(core):
    names = ["sorders", "my-order", "order-api", "order"]
    assert core("order", names) == ["order", "order-api", "my-order", "sorders"]
    assert core("ordre", [*names, "other"])[-1] != "other"


@pytest.mark.parametrize("typed", ["paymnets", "paymets", "paymeents", "pamyents", "paxments"])
def test_one_slip_of_the_finger_is_forgiven(core, typed):
    assert core(typed, ["payments-api", "parcels"]) == ["payments-api"]


def test_a_slip_is_not_looked_for_where_enough_is_spelt_so(core):
    assert "rest" not in core("test", ["test-a", "test-b", "test-c", "rest"])


def test_a_kind_in_front_narrows(core):
    names = [{"name": "orders", "kind": "api"}, {"name": "orders", "kind": "component"}]
    assert len(core("api:orders", names)) == 1


def test_what_is_deprecated_comes_after_its_like(core):
    names = [{"name": "order-a", "kind": "component", "lifecycle": "deprecated"}, {"name": "order-b", "kind": "component"}]
    assert core("order", names) == ["order-b", "order-a"]


@pytest.mark.parametrize(
    "text", ["", " ", "--", "(", "[", "\\", "a" * 5000, "🙂", "名", "constructor", "__proto__", "%", "toString hasOwnProperty"]
)
def test_no_text_breaks_it(core, text):
    assert isinstance(core(text, ["order-svc", "constructor", "__proto__"]), list)


def test_titles_in_other_scripts_are_found(core):
    names = [{"name": "x1", "kind": "component", "title": "Überweisung"}, {"name": "x2", "kind": "component", "title": "支付服务"}]
    assert core("uberw", names) == ["x1"]
    assert core("支付", names) == ["x2"]
