"""The integration against a server on localhost that answers like the cost server."""

import pytest
from callboard_cost.connector import CostIntegration
from callboard_cost.family import FAMILY

from callboard.plugins.integrations import HttpError
from callboard.plugins.testing import FakeServer, collect_once, targets

SHOP = targets({"component:default/shop": {"costs.example.com/service": "shop"}})
MAY = {"name": "shop", "month": "2026-05", "spent": 120, "budget": 100, "currency": "EUR"}


def test_the_costs_of_each_month_are_facts() -> None:
    with FakeServer() as server:
        server.reply_pages("/api/costs", [[MAY], [{**MAY, "month": "2026-04", "spent": 80}]])
        batch = collect_once(CostIntegration, {"url": server.url, "token": "secret-token"}, SHOP)
    assert sorted(fact.key for fact in batch.facts) == ["shop/2026-04", "shop/2026-05"]
    assert {fact.family for fact in batch.facts} == {FAMILY.name}
    assert {type(fact.value) for fact in batch.facts} == {FAMILY.value_type}


def test_a_cost_that_is_not_a_number_is_a_problem_and_the_others_are_kept() -> None:
    with FakeServer() as server:
        server.reply("/api/costs", [{**MAY, "spent": "much"}, {**MAY, "month": "2026-04"}])
        batch = collect_once(CostIntegration, {"url": server.url}, SHOP)
    assert [fact.key for fact in batch.facts] == ["shop/2026-04"]
    assert [problem.code for problem in batch.problems] == ["INT001"]


def test_a_server_that_refuses_the_token_is_an_error() -> None:
    with FakeServer() as server:
        server.reply("/api/costs", status=401)
        with pytest.raises(HttpError, match="401"):
            collect_once(CostIntegration, {"url": server.url}, SHOP)
