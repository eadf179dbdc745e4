"""``http-json`` with the APIs of six tools as they are documented: the configurations of the manual, and others that people need."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vendors import context, target

import yaml
from callboard.plugins.integrations.base import IntegrationSettings
from callboard.plugins.run_integrations import collect_facts
from faulty import Server, json_answer

MANUAL = Path(__file__).parents[2] / "docs/how-to/connect-any-tool.md"
SECRET = "s3cret/of=the+tool"


def of_manual(name):
    """The integration of that name in the manual, with the secrets that people would set."""
    blocks = re.findall(r"```yaml\n(integrations:\n.*?)```", MANUAL.read_text("utf-8"), re.DOTALL)
    items = [item for block in blocks for item in yaml.safe_load(re.sub(r"\$\{\w+\}", SECRET, block))["integrations"]]
    return next(item for item in items if item["name"] == name)


def collected(tmp_path, answer, config, *targets):
    """What is collected with a configuration whose hosts are a server on loopback, and the requests."""
    with Server(answer) as server:
        local = yaml.safe_load(re.sub(r"https://[\w.-]+(?=/|\n)", server.url, yaml.safe_dump(config, width=9999)))
        options = {key: value for key, value in local.items() if key not in {"name", "type", "title"}}
        got = collect_facts([IntegrationSettings("tool", "http-json", options)], targets, context(tmp_path)).gathered
    assert SECRET not in repr(got)
    return got, server.requests


def values(got):
    assert got.failures == (), got.failures
    assert got.problems == (), got.problems
    return sorted([(fact.subject.name, fact.value) for fact in got.facts], key=lambda pair: pair[0])


def complete(got):
    return {one.subject.name: one.complete for one in got.measurements}


def test_open_incidents_of_servicenow_by_its_table_api_and_a_client_of_its_oauth_server(tmp_path):
    """As in https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html."""

    def incident(number, state, item):
        fields = {"number": number, "short_description": f"{item} is slow", "severity": "1", "opened_at": "2026-05-17 01:00:00"}
        both = {name: {"display_value": value, "value": value} for name, value in {**fields, "sys_id": f"id{number}"}.items()}
        return {**both, "state": {"display_value": state, "value": "2"}, "cmdb_ci": {"display_value": item, "link": "…", "value": "9"}}

    def servicenow(asked, wire):
        if asked.path == "/oauth_token.do":
            assert b"grant_type=client_credentials" in asked.body
            return json_answer(wire, {"access_token": "short", "token_type": "Bearer", "expires_in": 1799, "scope": "useraccount"})
        assert asked.headers["authorization"] == "Bearer short"
        assert asked.query["sysparm_query"] == "active=true^cmdb_ciISNOTEMPTY"
        if asked.query.get("sysparm_offset"):
            return json_answer(wire, {"result": [incident("INC2", "On Hold", "Orders"), incident("INC3", "New", "Payroll")]})
        here = f"http://{asked.headers['host']}{asked.target}"
        link = f'<{here}&sysparm_offset=0>;rel="first",<{here}&sysparm_offset=500>;rel="next",<{here}&sysparm_offset=500>;rel="last"'
        return json_answer(wire, {"result": [incident("INC1", "In Progress", "Orders")]}, headers={"Link": link, "X-Total-Count": "3"})

    annotated = target("orders", annotations={"servicenow.com/configuration-item": "Orders"})
    quiet = target("quiet", annotations={"servicenow.com/configuration-item": "Quiet"})
    got, requests = collected(tmp_path, servicenow, of_manual("servicenow"), annotated, quiet, target("other"))
    found = values(got)
    assert [(name, value.title, value.severity, value.state.value) for name, value in found] == [
        ("orders", "Orders is slow", 1, "acknowledged"), ("orders", "Orders is slow", 1, "acknowledged"),
    ]  # fmt: skip
    assert found[0][1].opened == datetime(2026, 5, 17, 1, 0, tzinfo=UTC)
    assert [fact.key for fact in got.facts] == ["INC1", "INC2"]
    assert all(fact.url.endswith(f"/incident.do?sys_id=id{fact.key}") for fact in got.facts)
    assert complete(got) == {"orders": True, "quiet": True}
    assert len(requests) == 3


def test_coverage_that_a_backstage_has(tmp_path):
    """As in https://github.com/backstage/community-plugins, workspace code-coverage: GET /report?entity=component:default/mycomponent."""

    def backstage(asked, wire):
        if asked.query["entity"] != "component:default/orders":
            return json_answer(wire, {"error": {"name": "NotFoundError", "message": "No coverage found"}}, 404)
        aggregate = {
            "line": {"available": 5, "covered": 4, "missed": 1, "percentage": 80},
            "branch": {"available": 0, "covered": 0, "missed": 0},
        }
        return json_answer(wire, {"aggregate": aggregate, "entity": {"kind": "Component", "name": "orders"}, "files": []})

    got, requests = collected(tmp_path, backstage, of_manual("backstage-coverage"), target("orders"))
    assert [(name, value.lines, value.branches, value.covered, value.total) for name, value in values(got)] == [("orders", 80, None, 4, 5)]
    assert {request.headers["authorization"] for request in requests} == {f"Bearer {SECRET}"}


def test_what_the_backstage_has_no_coverage_of_is_incomplete_and_the_others_are_whole(tmp_path):
    def backstage(asked, wire):
        status = 200 if asked.query["entity"].endswith("/orders") else 404
        json_answer(wire, {"aggregate": {"line": {"percentage": 80}}}, status)

    got, _ = collected(tmp_path, backstage, of_manual("backstage-coverage"), target("orders"), target("new"))
    assert complete(got) == {"orders": True, "new": False}


ARGO = """
type: http-json
url: https://argocd.acme.example
path: /api/v1/applications
query: {fields: "items.metadata.name,items.status"}
token: SECRET
items: items
annotation: argocd/app-name
match: metadata.name
family: deployment
fields:
  key: metadata.name
  version: status.summary.images[0] || status.sync.revision
  at: status.operationState.finishedAt
  state: status.operationState.phase
  health: status.health.status
  revision: status.sync.revision
"""


def test_applications_of_argo_cd_in_one_request(tmp_path):
    """As in https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/."""

    def application(name, **status):
        return {
            "metadata": {"name": name},
            "status": {"health": {"status": "Healthy"}, "sync": {"status": "Synced", "revision": "ab12"}, **status},
        }

    def argocd(asked, wire):
        running = {
            "operationState": {"phase": "Succeeded", "finishedAt": "2026-05-16T22:00:00Z"},
            "summary": {"images": ["acme/orders:4.2"]},
        }
        json_answer(
            wire, {"metadata": {"resourceVersion": "1"}, "items": [application("orders-prod", **running), application("never-synced")]}
        )

    config = yaml.safe_load(ARGO.replace("SECRET", SECRET))
    orders = target("orders", annotations={"argocd/app-name": "orders-prod"})
    fresh = target("fresh", annotations={"argocd/app-name": "never-synced"})
    got, requests = collected(tmp_path, argocd, config, orders, fresh)
    assert [(name, value.version, value.state.value, value.health.value) for name, value in values(got)] == [
        ("fresh", "ab12", "unknown", "healthy"), ("orders", "acme/orders:4.2", "succeeded", "healthy"),
    ]  # fmt: skip
    assert len(requests) == 1


SONARCLOUD = """
type: http-json
url: https://sonarcloud.io
path: /api/measures/component
query: {component: "{id}", metricKeys: "coverage,bugs,ncloc,alert_status"}
user: SECRET
password: ""
annotation: sonarqube.org/project-key
items: component
family: quality-gate
fields:
  state: "measures[?metric=='alert_status'].value | [0]"
  coverage: "measures[?metric=='coverage'].value | [0]"
  bugs: "measures[?metric=='bugs'].value | [0]"
  lines: "measures[?metric=='ncloc'].value | [0]"
"""


def test_measures_of_sonarcloud_whose_values_are_texts_and_whose_user_has_no_password(tmp_path):
    """https://sonarcloud.io/web_api/api/measures/component; the token is the user of Basic authentication."""

    def sonarcloud(asked, wire):
        assert base64.b64decode(asked.headers["authorization"].removeprefix("Basic ")).decode() == f"{SECRET}:"
        measures = [
            {"metric": "coverage", "value": "81.4", "bestValue": False},
            {"metric": "bugs", "value": "0"},
            {"metric": "alert_status", "value": "OK"},
        ]
        json_answer(wire, {"component": {"key": asked.query["component"], "measures": measures}})

    config = yaml.safe_load(SONARCLOUD.replace("SECRET", SECRET))
    got, _ = collected(tmp_path, sonarcloud, config, target("orders", annotations={"sonarqube.org/project-key": "acme_orders"}))
    assert [(value.state.value, value.coverage, value.bugs, value.lines) for _, value in values(got)] == [("passed", 81.4, 0, None)]


RELAY = """
type: http-json
url: https://errors.acme.example
path: /graphql
token: SECRET
graphql:
  query: >-
    query ($project: ID!, $after: String) {
      project(id: $project) { issues(after: $after) { nodes { id title } pageInfo { hasNextPage endCursor } } }
    }
  variables: {project: "{id}"}
items: data.project.issues.nodes
pages: {by: cursor, field: data.project.issues.pageInfo.hasNextPage && data.project.issues.pageInfo.endCursor, parameter: variables.after}
annotation: errors.acme.example/project
family: incident
fields: {key: id, title: title, opened: opened}
"""


@pytest.mark.parametrize("errors", [False, True])
def test_connections_of_graphql_end_where_they_say_so_although_the_last_page_has_a_cursor(tmp_path, errors):
    """https://relay.dev/graphql/connections.htm: endCursor is that of the last node, on the last page, too."""

    def graphql(asked, wire):
        after = asked.json()["variables"].get("after")
        nodes = [{"id": f"{after}", "title": "NullPointerException", "opened": "2026-05-17T01:00:00Z"}]
        data = {"project": {"issues": {"nodes": nodes, "pageInfo": {"hasNextPage": after != "c2", "endCursor": "c2" if after else "c1"}}}}
        said = {"errors": [{"message": "timeout of a shard"}]} if errors and after == "c1" else {}
        json_answer(wire, {"data": data, **said})

    config = yaml.safe_load(RELAY.replace("SECRET", SECRET))
    got, requests = collected(tmp_path, graphql, config, target("orders", annotations={"errors.acme.example/project": "7"}))
    assert [request.json()["variables"].get("after") for request in requests] == ([None, "c1"] if errors else [None, "c1", "c2"])
    assert complete(got) == {"orders": not errors}
    assert len(got.failures) == errors


LINKED = """
type: http-json
url: https://status.acme.example/api/v4
path: /incidents
query: {per_page: 2}
header: X-Api-Key
token: SECRET
match: service.slug
family: incident
fields: {key: id, title: summary, opened: started_at, resolved: ended_at, state: status}
"""


@pytest.mark.parametrize("broken", [0, 2])
def test_pages_by_the_link_header_are_all_read_or_the_listing_is_incomplete(tmp_path, broken):
    """RFC 8288; a page that fails leaves what is known, and nothing counts as whole."""

    def linked(asked, wire):
        assert asked.headers["x-api-key"] == SECRET
        page = int(asked.query.get("page", 1))
        if page == broken:
            return json_answer(wire, {"message": f"no, {SECRET}"}, 500)
        items = [
            {"id": page, "summary": "Down", "started_at": "2026-05-17T01:00:00Z", "status": "triggered", "service": {"slug": "orders"}}
        ]
        link = {"Link": f'</api/v4/incidents?per_page=2&page={page + 1}>; rel="next"'} if page < 3 else {}
        return json_answer(wire, items, headers=link)

    config = yaml.safe_load(LINKED.replace("SECRET", SECRET))
    got, _ = collected(tmp_path, linked, config, target("orders"), target("quiet"))
    assert complete(got) == {"orders": not broken, "quiet": not broken}
    assert len(got.failures) == (1 if broken else 0)
    assert len(got.facts) == (1 if broken else 3)
