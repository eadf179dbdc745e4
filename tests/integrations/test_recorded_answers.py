"""Answers that vendors gave to others, as their clients and Roadie's plugins recorded them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vendors import TOKEN, collect, facts, measured, target

import yaml
from callboard.io.http.errors import error_message
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.issue import Issue
from faulty import Server, json_answer
from spec_checking import DATA, needs_data

pytestmark = [needs_data, pytest.mark.data]


def cassette(name):
    """The exchanges of a recording of Datadog's client."""
    file = Path(DATA) / "recorded/datadog" / f"test_{name}.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8"))["interactions"]


def test_a_monitor_in_its_downtime_is_silenced(tmp_path):
    monitor = json.loads(cassette("get_a_monitors_details_with_downtime_returns_ok_response")[2]["response"]["body"]["string"])
    monitor["overall_state"] = "Alert"
    told = {"datadoghq.com/monitor_tags": "env:ci"}
    with Server(lambda request, wire: json_answer(wire, [monitor])) as server:
        got = collect("datadog", server.url, [target("one", annotations=told)], tmp_path, api_key=TOKEN, application_key=TOKEN)
    assert facts(got, "alert")["one"] == [
        Alert(monitor["name"], FactSeverity.MEDIUM, AlertState.SILENCED, datetime(2023, 5, 22, 21, 15, 22, tzinfo=UTC))
    ]


def test_issues_of_which_little_is_told_are_issues(tmp_path):
    """Roadie's recording has only types; the project is told by the key of the issue."""
    found = json.loads((Path(DATA) / "recorded/roadie/jira_searchresult.json").read_text())
    project = json.loads((Path(DATA) / "recorded/roadie/jira_project.json").read_text())
    for number, issue in enumerate(found["issues"]):
        issue["key"] = f"{project['key']}-{number}"

    def answer(request, wire):
        json_answer(wire, {"values": [project], "isLast": True} if request.path.endswith("/project/search") else found)

    with Server(answer) as server:
        got = collect("jira", server.url, [target("one", annotations={"jira/project-key": project["key"]})], tmp_path, token=TOKEN)
    assert (got.failures, got.problems, measured(got, "issue")) == ((), (), {"one": True})
    assert facts(got, "issue")["one"] == [Issue("", "task", FactSeverity.UNKNOWN), Issue("", "new feature", FactSeverity.UNKNOWN)]


@pytest.mark.parametrize(("name", "message"), [
    ("get_a_monitors_details_returns_monitor_not_found_error_response", "Monitor not found"),
    ("monitors_search_returns_bad_request_response", "Query parsing error: 'notastatus' is not a valid monitor status"),
])  # fmt: skip
def test_what_datadog_said_about_an_error_is_told(name, message):
    response = cassette(name)[0]["response"]
    headers = {header: values[0] for header, values in response["headers"].items()}
    assert error_message(headers, response["body"]["string"].encode()) == message


def test_what_github_said_about_an_error_is_told():
    refused = json.loads((Path(DATA) / "recorded/octokit-fixtures/errors/normalized-fixture.json").read_text())[0]
    assert error_message(refused["headers"], json.dumps(refused["response"]).encode()) == "Validation Failed"
