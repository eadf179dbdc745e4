"""The prometheus integration against Prometheus' own description, and its examples."""

import functools
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fake_prometheus_api import QUERY, FakePrometheus
from vendors import NOW, TOKEN, collect, collect_from, facts, measured, target

import yaml
from callboard.model.facts.availability import DayShare
from faulty import Server, json_answer
from spec_checking import DATA, complaints, needs_data

SERVICE, LABELS = "prometheus.io/service-name", "prometheus.io/labels"


@functools.cache
def described():
    return yaml.safe_load((Path(DATA) / "specs" / "prometheus-3.1.yaml").read_text(encoding="utf-8"))


def vector(*series):
    """``(labels, value)`` as the answer to every instant query; no history."""

    def fake(request, wire):
        is_instant = request.path == "/api/v1/query"
        result = [{"metric": labels, "value": [1, value]} for labels, value in series] if is_instant else []
        json_answer(wire, {"status": "success", "data": {"resultType": "vector" if is_instant else "matrix", "result": result}})

    return fake


def asked_about(fake, targets, tmp_path, **options):
    options = {"objectives": [{"name": "answers", "query": "q", "objective": 99}], **options}
    with Server(fake) as server:
        return collect("prometheus", server.url, targets, tmp_path, **options)


ONE = target("one", annotations={SERVICE: "one"})


def test_a_series_is_the_availability_of_the_entity_whose_label_it_has(tmp_path):
    fake = FakePrometheus()
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems) == ((), ())
    (value,) = facts(got, "availability")["s1"]
    assert (value.name, value.measured, value.objective, value.window_days, value.budget_left) == ("answers", 99.85, 99.9, 30, -50.0)
    fact = next(fact for fact in got.facts if fact.subject.name == "s1")
    assert (fact.environment, fact.key) == ("production", "answers{environment=production,service=s1}")
    assert requests[0].query == {"query": QUERY.replace("$window", "30d"), "time": str(int(NOW.timestamp()))}
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


def test_the_history_has_a_share_for_each_whole_day_and_none_where_nothing_was_measured(tmp_path):
    fake = FakePrometheus(count=1)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    days = facts(got, "availability")["s0"][0].history
    assert days[0] == DayShare(date(2026, 4, 17), None)
    assert days[1:] == tuple(DayShare(date(2026, 4, 17) + timedelta(days=n), 99.85) for n in range(1, 30))
    assert days[-1].day == NOW.date() - timedelta(days=1)
    assert requests[1].query["query"] == QUERY.replace("$window", "1d")
    assert datetime.fromtimestamp(int(requests[1].query["end"]), UTC) == datetime(2026, 5, 17, tzinfo=UTC)


def test_a_thousand_components_cost_two_requests_for_each_objective(tmp_path):
    fake = FakePrometheus(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(facts(got, "availability")) == 1_000
    assert len(requests) == 2


def test_no_series_is_not_measured_and_nothing_of_nothing_is_no_number(tmp_path):
    lost = target("lost", annotations={SERVICE: "lost"})
    got = asked_about(vector(({"service": "one"}, "NaN")), [ONE, lost, target("none")], tmp_path)
    assert [value.measured for value in facts(got, "availability")["one"]] == [None]
    assert measured(got, "availability") == {"one": True}
    assert [(problem.subject.name, problem.code) for problem in got.problems] == [("lost", "INT003")]


@pytest.mark.parametrize(
    ("value", "unit", "wanted"),
    [
        ("1", "ratio", 100.0), ("0", "ratio", 0.0), ("99.5", "percent", 99.5), ("1.0000031", "ratio", 100.0), ("1.000091", "ratio", 100.0),
        ("100.09", "percent", 100.0), ("-0.0000001", "ratio", 0.0),
    ],
)  # fmt: skip
def test_shares_are_read_in_their_unit(value, unit, wanted, tmp_path):
    objectives = [{"name": "answers", "query": "q", "unit": unit}]
    got = asked_about(vector(({"service": "one"}, value)), [ONE], tmp_path, objectives=objectives)
    assert [one.measured for one in facts(got, "availability")["one"]] == [wanted]


@pytest.mark.parametrize("value", ["99.5", "-0.1"])
def test_what_is_no_share_is_a_problem_and_incomplete(value, tmp_path):
    got = asked_about(vector(({"service": "one"}, value)), [ONE], tmp_path)
    assert (got.facts, measured(got, "availability")) == ((), {"one": False})
    assert "see the option unit" in got.problems[0].message


def test_entities_are_known_by_labels_by_another_annotation_and_by_their_name(tmp_path):
    fake = vector(
        ({"job": "a", "team": "care"}, "0.9"), ({"job": "b", "team": "care"}, "0.8"), ({"job": "c"}, "0.7"), ({"team": "care"}, "0.6")
    )
    those = [
        target("by-labels", annotations={LABELS: 'team=care, job="a"', "acme.example/job": "c"}),
        target("by-team", annotations={LABELS: "team=care"}),
        target("by-job", annotations={"acme.example/job": "b"}),
        target("c"),
        target("broken", annotations={LABELS: "care"}),
    ]
    got = asked_about(fake, those, tmp_path, label="job", annotation="acme.example/job", by_name=True)
    found = {name: sorted(value.measured for value in values) for name, values in facts(got, "availability").items()}
    assert found == {"by-labels": [90.0], "by-team": [60.0, 80.0, 90.0], "by-job": [80.0], "c": [70.0]}
    assert [problem.subject.name for problem in got.problems] == ["broken"]


def test_what_was_promised_may_come_from_prometheus(tmp_path):
    def fake(request, wire):
        promised = request.query["query"] == "slo:objective:ratio"
        vector(({"service": "one"} if promised else {"service": "one", "environment": "staging"}, "0.99" if promised else "0.98"))(
            request, wire
        )

    objectives = [{"name": "answers", "query": "q", "objective": "slo:objective:ratio"}]
    got = asked_about(fake, [ONE], tmp_path, objectives=objectives)
    (value,) = facts(got, "availability")["one"]
    assert (value.objective, value.measured, value.budget_left) == (99.0, 98.0, -100.0)


def test_queries_of_descriptors_are_never_run(tmp_path):
    one = target("one", annotations={SERVICE: "one", "prometheus.io/rule": "secret_metric|instance"})
    with Server(vector(({"service": "one"}, "1"))) as server:
        collect("prometheus", server.url, [one], tmp_path, objectives=[{"name": "answers", "query": "q"}])
    assert [request.query["query"] for request in server.requests] == ["q"]


def test_an_error_tells_what_prometheus_says_and_a_warning_is_incomplete(tmp_path):
    def wrong(request, wire):
        json_answer(wire, {"status": "error", "errorType": "bad_data", "error": 'parse error: unexpected ")"'}, 400)

    got = asked_about(wrong, [ONE], tmp_path)
    assert 'parse error: unexpected ")"' in got.failures[0].message
    assert measured(got, "availability") == {"one": False}

    def partly(request, wire):
        result = [{"metric": {"service": "one"}, "value": [1, "1"]}]
        data = {"resultType": "vector", "result": result}
        json_answer(wire, {"status": "success", "data": data, "warnings": ["receive: store is not available"]})

    got = asked_about(partly, [ONE], tmp_path / "partly")
    assert (len(got.facts), measured(got, "availability")) == (1, {"one": False})
    assert "store is not available" in got.failures[0].message


def test_name_and_password_are_sent_as_such(tmp_path):
    with Server(vector(({"service": "one"}, "1"))) as server:
        collect("prometheus", server.url, [ONE], tmp_path, user="me", password=TOKEN, objectives=[{"name": "answers", "query": "q"}])
    assert server.requests[0].headers["authorization"].startswith("Basic ")


@needs_data
@pytest.mark.data
def test_every_request_is_in_prometheus_description(tmp_path):
    fake = FakePrometheus()
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert len(requests) == 2
    assert complaints(described(), requests, prefix="/api/v1") == []


@needs_data
@pytest.mark.data
def test_prometheus_own_examples_are_understood(tmp_path):
    def example(path, name):
        return described()["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["examples"][name]["value"]

    def fake(request, wire):
        is_instant = request.path.endswith("/query")
        json_answer(wire, example("/query", "vectorResult") if is_instant else example("/query_range", "matrixResult"))

    one = target("one", annotations={SERVICE: "alertmanager"})
    two = target("two", annotations={LABELS: "job=prometheus,instance=demo.prometheus.io:9090"})
    options = {"label": "job", "environment_label": "env", "objectives": [{"name": "up", "query": "avg_over_time(up[$window])"}]}
    got = asked_about(fake, [one, two], tmp_path, **options)
    assert [value.measured for values in facts(got, "availability").values() for value in values] == [100.0, 100.0]
    assert [fact.environment for fact in got.facts] == ["demo", ""]
    for path, name in (("/query", "histogramResult"), ("/query", "scalarResult"), ("/query", "matrixResult")):
        with Server(functools.partial(lambda request, wire, value: json_answer(wire, value), value=example(path, name))) as server:
            got = collect("prometheus", server.url, [one], tmp_path / name, **options)
        assert got.facts == ()


def test_a_day_that_is_no_share_does_not_lose_the_others(tmp_path):
    fake = FakePrometheus(count=1)

    def answer(request, wire):
        if request.path == "/api/v1/query":
            return fake(request, wire)
        days = [*range(int(request.query["start"]), int(request.query["end"]) + 1, int(request.query["step"]))]
        values = [[day, "7" if day == days[0] else "1.00001"] for day in days]
        result = [{"metric": fake.labels(0), "values": values}]
        return json_answer(wire, {"status": "success", "data": {"resultType": "matrix", "result": result}})

    got = asked_about(answer, fake.targets, tmp_path, **fake.options)
    (value,) = facts(got, "availability")["s0"]
    assert ([day.percent for day in value.history][:2], got.problems) == ([None, 100.0], ())
