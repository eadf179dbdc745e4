"""The integrations grafana and grafana-oncall against descriptions, and answers as documentation and bug reports show them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fake_grafana_apis import DASHBOARDS, SCHEDULE, SELECTOR, FakeGrafana, FakeGrafanaOnCall, dashboard, instance, rule
from vendors import TOKEN, collect, collect_from, context, facts, measured, target

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.dashboard import Dashboard
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.on_call import OnCall, Shift
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from faulty import Server, json_answer
from spec_checking import DATA, complaints, description, needs_data, unknown_fields

TAG = "grafana/tag-selector"
STARTED = datetime(2026, 5, 17, 1, tzinfo=UTC)
FOUND = Alert("r999", FactSeverity.CRITICAL, AlertState.FIRING, STARTED, "5xx above 2 %")


def test_a_thousand_components_with_a_rule_and_a_dashboard_each_cost_four_requests(tmp_path):
    fake = FakeGrafana(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 4)
    assert (facts(got, "alert")["s999"], len(got.facts)) == ([FOUND], 2_000)
    assert facts(got, "dashboard")["s999"] == [Dashboard("Service 999", "Shop")]
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {TOKEN}"}


@pytest.mark.parametrize(
    ("rules", "instances", "alerts"),
    [
        ([rule("r", service="a")], [], []),
        ([rule("r", "firing", service="a")], [], [("r", "firing", "")]),  # an alert that goes to another Alertmanager
        ([rule("r", "firing", service="a")], [instance("r", service="a")], [("r", "firing", "")]),
        ([rule("r", "firing", service="a")], [instance("r", "suppressed", service="a")], [("r", "silenced", "")]),
        ([rule("r", "pending", service="a")], [], [("r", "pending", "")]),
        ([rule("r", "Alerting (NoData)", service="a")], [], [("r", "unknown", "Alerting (NoData)")]),
        ([rule("r", "nodata", service="a")], [], [("r", "firing", "")]),
        ([rule("r", health="error", service="a")], [], [("r", "unknown", "error")]),  # a rule that cannot be evaluated
        ([rule("r", "recovering", service="a")], [], [("r", "firing", "")]),
        ([rule("all")], [instance("DatasourceNoData", rulename="all", service="a")], [("all", "firing", "")]),
        ([rule("all")], [instance("all", service="b")], []),
        ([{**rule("r", "firing", service="a"), "type": "recording"}], [], []),
    ],
)
def test_a_rule_or_an_instance_with_the_label_is_one_alert(rules, instances, alerts, tmp_path):
    fake = FakeGrafana(count=0)
    fake.groups, fake.instances = [{"name": "g", "file": "Shop", "rules": rules}], instances
    got, _ = collect_from(fake, [target("a", annotations={SELECTOR: "service=a, team=none"})], tmp_path)
    assert [(fact.value.name, fact.value.state, fact.value.state_word) for fact in got.facts] == alerts


@pytest.mark.parametrize(
    ("selector", "complete", "codes"),
    [
        ("service=a", True, []), ("service=misspelled", False, ["INT003"]), ("service=misspelled,team=b", True, []),
        ("of_a_query=x", True, []), ("no label", None, ["INT003"]), ("service=", None, ["INT003"]),
    ],
)  # fmt: skip
def test_a_value_that_no_rule_has_is_not_taken_for_no_alerts(selector, complete, codes, tmp_path):
    fake = FakeGrafana(count=0)
    fake.groups = [{"name": "g", "file": "Shop", "rules": [rule("r", service="a"), rule("q", team="b")]}]
    got, _ = collect_from(fake, [target("a", annotations={SELECTOR: selector})], tmp_path)
    assert (got.facts, measured(got, "alert")) == ((), {} if complete is None else {"a": complete})
    assert [problem.code for problem in got.problems] == codes


def test_rules_link_to_their_page_and_have_the_labels_environment(tmp_path):
    fake = FakeGrafana(count=0)
    old = {name: value for name, value in rule("a b", "firing", service="a").items() if name != "uid"}
    fake.groups = [{"name": "g", "file": "Shop", "rules": [rule("r", "firing", service="a", environment="staging"), old]}]
    got, _ = collect_from(fake, [target("a", annotations={SELECTOR: "service=a"})], tmp_path, web="https://grafana.acme.example/")
    assert {fact.key: (fact.environment, fact.url) for fact in got.facts} == {
        "rule:uid-r": ("staging", "https://grafana.acme.example/alerting/grafana/uid-r/view"),
        "rule:a b": ("", "https://grafana.acme.example/alerting/list?search=a%20b"),
    }


@pytest.mark.parametrize(
    ("annotation", "selector", "titles"),
    [
        (DASHBOARDS, "orders", ["Orders", "Old"]), (DASHBOARDS, "'orders'", ["Orders", "Old"]), (TAG, "orders", ["Orders", "Old"]),
        (DASHBOARDS, "tags @> 'orders' && !(title == 'Old')", ["Orders"]), (DASHBOARDS, "title @> 'Or'", ["Orders"]),
        (DASHBOARDS, "tags @> 'slo' || folderTitle == \"Shop\" && title != 'Old'", ["Orders", "Other"]),
        (DASHBOARDS, "(tags @> 'slo' || folderTitle == \"Shop\") && title != 'Old'", ["Orders", "Other"]),
        (DASHBOARDS, "url == 'https://grafana.acme.example/sub/d/1/orders'", ["Orders"]),
        (DASHBOARDS, "folderUrl @> '/sub/dashboards/f/f1'", ["Orders", "Old"]),
    ],
)  # fmt: skip
def test_a_selector_of_backstages_plugin_finds_dashboards(annotation, selector, titles, tmp_path):
    fake = FakeGrafana(count=0)
    general = {"folderTitle": None, "folderUrl": None}
    fake.dashboards = [
        dashboard(1, title="Orders", tags=["orders"], url="/sub/d/1/orders"), dashboard(2, title="Old", tags=["orders"]),
        dashboard(3, title="Other", tags=["slo"], **general), {"uid": "f1", "type": "dash-folder", "title": "Shop", "tags": ["orders"]},
    ]  # fmt: skip
    got, requests = collect_from(fake, [target("a", annotations={annotation: selector})], tmp_path, web="https://grafana.acme.example/sub/")
    assert sorted(one.title for one in facts(got, "dashboard")["a"]) == sorted(titles)
    assert (measured(got, "dashboard"), [request.path for request in requests]) == ({"a": True}, ["/api/search"])
    assert {fact.url for fact in got.facts} <= {
        f"https://grafana.acme.example/sub/d/{n}" for n in ("1/orders", "d2/service-2", "d3/service-3")
    }


@pytest.mark.parametrize(
    ("selector", "complete"),
    [
        ("misspelled", False), ("service=orders", None), ("tags @> orders", None), ("tags @> 'a' &&", None), ("(tags @> 'a'", None),
        ("tags @> 'a') || title == 'b'", None), ("tags 'a'", None), ("'a", None), ("!", None), ("(" * 60 + "tags @> 'a'" + ")" * 60, None),
        ("a" * 2_001, None), ("name == 'a'", None),
    ],
)  # fmt: skip
def test_a_selector_without_a_dashboard_is_a_problem_and_no_zero(selector, complete, tmp_path):
    got, requests = collect_from(FakeGrafana(count=1), [target("a", annotations={DASHBOARDS: selector})], tmp_path)
    assert ([problem.code for problem in got.problems], got.facts) == (["INT003"], ())
    assert (measured(got, "dashboard"), len(requests)) == ({} if complete is None else {"a": complete}, int(complete is not None))


def test_urls_of_dashboards_are_paths_of_grafana(tmp_path):
    fake = FakeGrafana(count=0)
    urls = ["https://evil.example/d/1", "//evil.example/d/2", "javascript:alert(1)", None, "/d/5"]
    fake.dashboards = [dashboard(n, url=url, tags=["a"]) for n, url in enumerate(urls)]
    got, _ = collect_from(fake, [target("a", annotations={DASHBOARDS: "a"})], tmp_path, web="https://grafana.acme.example")
    assert sorted(fact.url for fact in got.facts) == ["", "", "", "", "https://grafana.acme.example/d/5"]


@needs_data
@pytest.mark.data
def test_every_request_is_in_grafanas_description(tmp_path):
    fake = FakeGrafana(count=600)
    _, requests = collect_from(fake, fake.targets, tmp_path)
    assert complaints(description("grafana.oas3"), requests, "/api") == []
    assert unknown_fields(description("grafana.oas3"), "Hit", dashboard(0)) == []


def test_a_thousand_schedules_cost_a_request_each_and_their_listing(tmp_path):
    fake = FakeGrafanaOnCall(count=1_000)
    got, requests = collect_from(fake, fake.targets, tmp_path)
    assert (got.failures, got.problems, len(requests)) == ((), (), 1_020)
    shift = Shift("ann", datetime(2026, 5, 16, 9, tzinfo=UTC), datetime(2026, 5, 17, 9, tzinfo=UTC), email="ann@acme.example")
    assert facts(got, "on-call")["s0"] == [OnCall("Primary 0", (shift,))]
    assert got.facts[0].url == "https://acme.grafana.net/a/grafana-oncall-app/schedules/S0"
    assert {request.headers["x-grafana-url"] for request in requests} == {"https://acme.grafana.net"}
    assert {request.headers["authorization"] for request in requests} == {TOKEN}


@pytest.mark.parametrize(("count", "seconds"), [(201, 201 + 5 - 1), (200, 0)])
def test_more_than_two_hundred_schedules_are_requested_at_one_a_second(count, seconds, tmp_path):
    """The limit of the documentation for an API key."""
    fake, given = FakeGrafanaOnCall(count=count), context(tmp_path)
    with Server(fake) as server:
        item = IntegrationSettings("tool", fake.type, {"url": server.url, **fake.options})
        began = given.clock.monotonic()
        got = collect_facts([item], fake.targets, given).gathered
    assert (got.failures, len(got.facts)) == ((), count)
    assert given.clock.monotonic() - began >= seconds
    assert bool(given.clock.slept) == bool(seconds)


def test_only_shifts_of_the_next_48_hours_are_kept_and_schedules_are_found_by_name(tmp_path):
    fake = FakeGrafanaOnCall(count=1)
    days = [("16T00", "16T09"), ("16T09", "17T09"), ("18T09", "19T09"), ("19T02", "19T09")]
    fake.shifts = [
        {"user_email": f"{n}@acme.example", "user_username": "", "shift_start": f"2026-05-{a}:00:00Z", "shift_end": f"2026-05-{b}:00:00Z"}
        for n, (a, b) in enumerate(days)
    ]
    got, requests = collect_from(fake, [target("a", annotations={SCHEDULE: "lost, Primary 0"})], tmp_path)
    assert [shift.person for shift in got.facts[0].value.shifts] == ["1@acme.example", "2@acme.example"]
    assert (requests[-1].query["start_date"], requests[-1].query["end_date"]) == ("2026-05-17", "2026-05-19")
    assert [problem.message[:36] for problem in got.problems] == ["Grafana OnCall has no schedule `lost"]
    assert measured(got, "on-call") == {"a": False}


@needs_data
@pytest.mark.data
def test_answers_of_the_documentation_become_shifts(tmp_path):
    documented = json.loads((Path(DATA) / "specs/grafana-oncall.examples.json").read_text(encoding="utf-8"))
    schedules, shifts = (documented[f"schedules: {name}"] for name in ("List schedules", "Export a schedule's final shifts"))
    answers = {"/api/v1/schedules/": schedules["answer"], "/api/v1/schedules/SBM7DV7BKFUYU/final_shifts": shifts["answer"]}
    assert f"{{{{API_URL}}}}{[*answers][1]}?start_date" in shifts["request"]
    with Server(lambda request, wire: json_answer(wire, answers[request.path])) as server:
        got = collect("grafana-oncall", server.url, [target("a", annotations={SCHEDULE: "SBM7DV7BKFUYU"})], tmp_path, token=TOKEN)
    assert (got.failures, got.problems, measured(got, "on-call")) == ((), (), {"a": True})
    assert got.facts[0].value == OnCall("Demo schedule iCal")  # its shifts are of another year
