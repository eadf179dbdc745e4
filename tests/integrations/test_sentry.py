"""The sentry integration against Sentry's own description and example answers."""

import pytest
from fake_sentry_api import BASE, FakeSentry
from vendors import TOKEN, collect, collect_from, facts, measured, target

from callboard.model.facts.error_trend import ErrorTrend
from faulty import Server, json_answer
from spec_checking import complaints, description, example, needs_data


def test_trends_have_counts_by_day_and_unresolved_issues(tmp_path):
    fake = FakeSentry()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "error-trend") == {
        "s0": [ErrorTrend("Service 0", (1,) * 15, 2, 1)],
        "s1": [ErrorTrend("Service 1", (0,) * 15, 2, 1)],
        "s2": [ErrorTrend("Service 2", (1,) * 15, 2, 1)],
    }
    assert len(requests) == 3
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


def test_a_thousand_projects_are_asked_about_by_the_hundred(tmp_path):
    fake = FakeSentry(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "error-trend")) == 1_000
    assert len(requests) == 10 + 10 + 20


def test_pages_end_where_sentry_says_that_the_next_has_no_results(tmp_path):
    fake = FakeSentry(count=1, issues=250)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert facts(got, "error-trend")["s0"][0].unresolved == 250
    assert len(requests) == 1 + 1 + 3


def test_projects_are_named_with_or_without_their_organization(tmp_path):
    names = {"full": "acme/s0", "short": "s0", "gone": "acme/none", "else": "other/s0"}
    got, _ = collect_from(
        FakeSentry(), [target(name, annotations={"sentry.io/project-slug": slug}) for name, slug in names.items()], tmp_path
    )
    assert measured(got, "error-trend") == {"full": True, "short": True, "else": False}
    assert [problem.subject.name for problem in got.problems] == ["gone"]
    got, requests = collect_from(FakeSentry(), [target("short", annotations={"sentry.io/project-slug": "s0"})], tmp_path, organization="")
    assert (requests, len(got.problems)) == ([], 1)


@needs_data
@pytest.mark.data
def test_every_request_is_in_sentrys_description(tmp_path):
    fake = FakeSentry(count=101)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    described = description("sentry")
    assert complaints(described, [request for request in requests if "cursor" not in request.target]) == []
    assert complaints(described, requests) == []


@needs_data
@pytest.mark.data
def test_sentrys_own_examples_are_understood(tmp_path):
    described, general = description("sentry"), "/api/0/organizations/{organization_id_or_slug}"
    stats = example(described, f"{general}/stats_v2/")
    stats["groups"][0]["by"] = {"project": 3}

    def answer(request, wire):
        what = request.path.removeprefix(BASE)
        json_answer(wire, stats if "stats" in what else example(described, general + what))

    with Server(answer) as server:
        one = target("one", annotations={"sentry.io/project-slug": "acme/prime-mover"})
        got = collect("sentry", server.url, [one], tmp_path, token=TOKEN)
    assert (got.failures, got.problems) == ((), ())
    assert facts(got, "error-trend")["one"] == [ErrorTrend("Prime Mover", (165665,), 0, 0)]
