"""The integration against a server on localhost that answers like the emissions server."""

import pytest
from callboard_carbon.connector import CarbonIntegration
from callboard_carbon.family import FAMILY

from callboard.plugins.integrations import HttpError
from callboard.plugins.testing import FakeServer, collect_once, targets

SHOP = targets({"component:default/shop": {"carbon.example.com/service": "shop"}})
MAY = {"name": "shop", "month": "2026-05", "emitted": 120, "budget": 100, "unit": "kg"}


def test_the_emissions_of_each_month_are_facts() -> None:
    with FakeServer() as server:
        server.reply_pages("/api/emissions", [[MAY], [{**MAY, "month": "2026-04", "emitted": 80}]])
        batch = collect_once(CarbonIntegration, {"url": server.url, "token": "secret-token"}, SHOP)
    assert sorted(fact.key for fact in batch.facts) == ["shop/2026-04", "shop/2026-05"]
    assert {fact.family for fact in batch.facts} == {FAMILY.name}
    assert {type(fact.value) for fact in batch.facts} == {FAMILY.value_type}


def test_emissions_that_are_not_a_number_are_a_problem_and_the_others_are_kept() -> None:
    with FakeServer() as server:
        server.reply("/api/emissions", [{**MAY, "emitted": "much"}, {**MAY, "month": "2026-04"}])
        batch = collect_once(CarbonIntegration, {"url": server.url}, SHOP)
    assert [fact.key for fact in batch.facts] == ["shop/2026-04"]
    assert [problem.code for problem in batch.problems] == ["INT001"]


def test_a_server_that_refuses_the_token_is_an_error() -> None:
    with FakeServer() as server:
        server.reply("/api/emissions", status=401)
        with pytest.raises(HttpError, match="401"):
            collect_once(CarbonIntegration, {"url": server.url}, SHOP)
