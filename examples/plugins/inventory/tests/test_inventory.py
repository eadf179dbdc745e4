"""The source against a server on localhost that answers like an inventory."""

from pathlib import Path

import pytest
from callboard_inventory import InventorySource

from callboard.plugins.sources import HttpError
from callboard.plugins.testing import FakeServer, collect_source, descriptors_of

SHOP = {"name": "shop", "description": "Sells things", "team": "team-a", "stage": "experimental"}


def test_each_service_of_each_page_is_a_descriptor(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.reply_pages("/api/services", [[SHOP], [{"name": "till", "team": "team-b"}]])
        collected = collect_source(InventorySource, {"url": server.url, "token": "secret-token"}, tmp_path)
        assert [request.headers["authorization"] for request in server.requests] == ["Bearer secret-token"] * 2
    texts = descriptors_of(collected)
    assert list(texts) == ["shop.yaml", "till.yaml"]
    assert "description: Sells things" in texts["shop.yaml"]
    assert "lifecycle: experimental" in texts["shop.yaml"]
    assert "lifecycle: production" in texts["till.yaml"]
    assert collected.trees[0].view_url("shop.yaml") == f"{server.url}/services/shop"


def test_an_inventory_that_is_down_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.reply("/api/services", status=503)
        with pytest.raises(HttpError, match="503"):
            collect_source(InventorySource, {"url": server.url}, tmp_path)
        assert server.count("/api/services") > 1, "it was retried"


def test_a_service_without_a_name_is_an_error(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.reply("/api/services", [{"description": "nameless"}])
        with pytest.raises(HttpError, match="a service with a name"):
            collect_source(InventorySource, {"url": server.url}, tmp_path)


def test_the_process_in_which_a_build_runs_it_finds_the_same(tmp_path: Path) -> None:
    with FakeServer() as server:
        server.reply("/api/services", [SHOP])
        here, there = (collect_source(InventorySource, {"url": server.url}, tmp_path, contained=contained) for contained in (False, True))
    assert descriptors_of(there) == descriptors_of(here)
