"""The connector against a server on localhost."""

from callboard_flags import FlagsIntegration

from callboard.plugins.testing import FakeServer, collect_once, targets

SHOP = targets({"component:default/shop": {"flags.example.com/project": "shop"}})


def test_flags_of_all_pages_are_facts() -> None:
    with FakeServer() as server:
        server.reply_pages(
            "/api/flags",
            [
                [{"project": "shop", "name": "new-till", "on": True, "percent": 25}],
                [{"project": "shop", "name": "gift-cards", "on": False}],
            ],
        )
        batch = collect_once(FlagsIntegration, {"url": server.url, "token": "test-token"}, SHOP)
        assert server.count("/api/flags") == 2
        assert server.requests[0].headers["authorization"] == "Bearer test-token"
    assert [fact.key for fact in batch.facts] == ["gift-cards", "new-till"]


def test_a_flag_with_a_wrong_value_is_a_problem() -> None:
    with FakeServer() as server:
        server.reply("/api/flags", [{"project": "shop", "name": "new-till", "on": "perhaps"}])
        batch = collect_once(FlagsIntegration, {"url": server.url}, SHOP)
    assert [problem.code for problem in batch.problems] == ["INT001"]


def test_the_process_in_which_a_build_runs_it_returns_the_same() -> None:
    with FakeServer() as server:
        server.reply("/api/flags", [{"project": "shop", "name": "new-till", "on": True, "percent": 25}])
        here, there = (collect_once(FlagsIntegration, {"url": server.url}, SHOP, contained=contained) for contained in (False, True))
    assert (there.facts, there.measurements, there.problems) == (here.facts, here.measurements, here.problems)
