import pytest
from vendors import NOW, context, target

from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from faulty import MODES, Server, json_answer

SHOP, LEDGER = target("shop", annotations={"rota.example/id": "shop team"}), target("ledger")
FIELDS = {"name": "rota", "shifts": "people[].{person: name, start: since, end: until}"}


def told(tmp_path, answer, targets=(SHOP, LEDGER), **options):
    with Server(answer) as server:
        item = IntegrationSettings("rota", "http-json", {"url": f"{server.url}/api", "family": "on-call", "fields": FIELDS, **options})
        return collect_facts([item], targets, context(tmp_path)).gathered, server.requests


def rota(request, wire):
    json_answer(wire, {"rota": "shop", "people": [{"name": "Ada", "since": NOW.isoformat(), "until": None}]})


def test_one_request_for_each_entity_that_carries_the_annotation(tmp_path):
    got, requests = told(tmp_path, rota, annotation="rota.example/id", path="/teams/{id}/now")
    assert [request.target for request in requests] == ["/api/teams/shop%20team/now"]
    assert [(f.subject.name, f.value.shifts[0].person, f.value.shifts[0].end) for f in got.facts] == [("shop", "Ada", None)]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("shop", True)]
    assert got.traffic[0].traffic.counts.requests == 1


@pytest.mark.parametrize("value", ["../../admin", "a/b", "..", ".", "a?x=1", "a#b", "http://other.example/", "%2e%2e", "\u202e"])
def test_a_value_stays_one_segment_of_the_path(tmp_path, value):
    _, requests = told(
        tmp_path, rota, [target("x", annotations={"rota.example/id": value})], annotation="rota.example/id", path="/t/{id}/now"
    )
    assert len(requests) == 1
    path = requests[0].path
    assert path.startswith("/api/t/")
    assert path.endswith("/now")
    assert path.count("/") == 4
    assert "/../" not in path
    assert requests[0].query == {}


def test_values_in_the_query_are_encoded(tmp_path):
    _, requests = told(tmp_path, rota, annotation="rota.example/id", path="/now", query={"team": "{id}&admin=1"})
    assert requests[0].query == {"team": "shop team&admin=1"}


def test_one_request_may_be_for_all_and_who_is_not_in_it_has_nothing(tmp_path):
    def all_of_them(request, wire):
        json_answer(
            wire,
            {"incidents": [{"on": "shop", "no": 7, "what": "Down", "at": "2026-05-17T01:00:00Z"}, {"on": "unknown", "what": "x", "at": 0}]},
        )

    got, requests = told(
        tmp_path, all_of_them, family="incident", path="/incidents", items="incidents", match="on",
        fields={"key": "no", "title": "what", "opened": "at"},
    )  # fmt: skip
    assert len(requests) == 1
    assert [(f.subject.name, f.key, f.value.title) for f in got.facts] == [("shop", "7", "Down")]
    assert [(m.subject.name, m.complete) for m in got.measurements] == [("ledger", True), ("shop", True)]


def test_the_token_goes_in_the_header_that_is_named_and_nowhere_else(tmp_path):
    got, requests = told(tmp_path, rota, annotation="rota.example/id", path="/{id}", token="t0p-secret", header="X-Api-Key")
    assert requests[0].headers["x-api-key"] == "t0p-secret"
    assert "authorization" not in requests[0].headers
    assert "t0p-secret" not in repr(got)


def test_what_the_tool_does_not_know_is_a_problem_with_the_annotation(tmp_path):
    got, _ = told(tmp_path, lambda request, wire: json_answer(wire, {}, 404), annotation="rota.example/id", path="/{id}")
    assert [(p.code, p.field) for p in got.problems] == [("INT003", "metadata.annotations.rota.example/id")]
    assert [m.complete for m in got.measurements] == [False]


def test_an_odd_answer_is_a_problem_and_incomplete(tmp_path):
    got, _ = told(tmp_path, lambda request, wire: json_answer(wire, {"people": "many"}), annotation="rota.example/id", path="/{id}")
    assert [p.code for p in got.problems] == ["INT001"]
    assert [m.complete for m in got.measurements] == [False]
    assert not got.facts


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"fields": {"name": "a ["}}, "not a JMESPath expression"), ({"fields": {"titel": "a"}}, 'no field "titel"'),
        ({"path": "/{host}"}, "no placeholder {host}"), ({"path": "/all"}, "match is missing"),
    ],
)  # fmt: skip
def test_options_that_cannot_work_are_told(tmp_path, options, said):
    got, requests = told(tmp_path, rota, **{"path": "/{id}", **options})
    assert said in got.failures[0].message
    assert not requests


@pytest.mark.long
@pytest.mark.parametrize(
    "mode", [name for name in MODES if name not in {"timeout", "slow-drip", "slow-headers", "slow_drip", "slow_headers"}]
)
def test_a_tool_in_trouble_makes_its_family_incomplete_and_nothing_else(tmp_path, mode):
    got, _ = told(tmp_path, MODES[mode], annotation="rota.example/id", path="/{id}", token="t0p-secret")
    assert not got.facts
    assert [m.complete for m in got.measurements] == [False]
    assert "t0p-secret" not in repr(got)
