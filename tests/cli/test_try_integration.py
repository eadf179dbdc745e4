"""``callboard try-integration``: request, answer and what becomes of it, for built-in integrations and plugins, without a secret."""

import contextlib

import pytest
from click.testing import CliRunner

import yaml
from callboard.cli.main import group
from faulty import Server, json_answer
from support.plugin_package import installed

SECRET = "s3cret/of=the+tool"
PORTAL = {"name": "Small", "organization": "Small", "url": "https://portal.example/", "timezone": "UTC"}
FIELDS = {"title": "title", "opened": "at"}
COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations: {rota.example/id: shop team}
spec: {type: service, lifecycle: production, owner: team}
"""


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """Writes a portal with one component and the given integrations, and returns a function that runs the command in it."""
    (tmp_path / "repositories/shop").mkdir(parents=True)
    (tmp_path / "repositories/shop/catalog-info.yaml").write_text(COMPONENT)
    monkeypatch.setenv("TOOL_SECRET", SECRET)

    def run(items, *arguments):
        sources = [{"name": "here", "type": "files", "path": "repositories", "repositories": "*"}]
        config = {"version": 1, "portal": PORTAL, "sources": sources, "integrations": items}
        (tmp_path / "sources.yaml").write_text(yaml.safe_dump(config))
        with contextlib.chdir(tmp_path):
            done = CliRunner().invoke(group, ["try-integration", *arguments])
        assert SECRET not in done.output
        return done

    return run


def http_json(server, **more):
    return {
        "name": "rota", "type": "http-json", "url": server.url, "path": "/{id}", "annotation": "rota.example/id", "family": "incident",
        "fields": FIELDS, "token": "${TOOL_SECRET}", **more,
    }  # fmt: skip


def incident(request, wire):
    json_answer(
        wire, {"title": "Down", "at": "2026-05-17T01:00:00Z", "api_key": "of-another-system", "told": request.headers["authorization"]}
    )


def test_a_request_its_answer_and_the_facts_are_shown_and_secrets_are_not(portal):
    with Server(incident) as server:
        done = portal([http_json(server, query={"api_key": "${TOOL_SECRET}", "team": "{name}"})], "rota", "--entity", "shop")
    assert done.exit_code == 0, done.output
    assert f"1. GET {server.url}/shop%20team?api_key=***&team=shop" in done.output
    assert "status 200" in done.output
    assert "rota.example/id: shop team" in done.output
    assert "title Down" in done.output
    assert "Measured: incident, complete" in done.output
    assert "of-another-system" not in done.output


def test_the_requests_of_an_oauth_client_are_shown_without_its_secret_and_its_token(portal):
    def answer(request, wire):
        if request.path == "/token":
            return json_answer(wire, {"access_token": "short-lived-one", "expires_in": 60})
        return incident(request, wire)

    with Server(answer) as server:
        oauth = {"token_url": f"{server.url}/token", "client_id": "portal", "client_secret": "${TOOL_SECRET}"}
        item = {key: value for key, value in http_json(server, oauth=oauth).items() if key != "token"}
        done = portal([item], "rota", "--entity", "component:default/shop")
    assert done.exit_code == 0, done.output
    assert "grant_type=client_credentials" in done.output
    assert "client_secret=***" in done.output
    assert "short-lived-one" not in done.output


def test_a_refusal_is_exit_code_1_and_shows_what_the_tool_said(portal):
    with Server(lambda request, wire: json_answer(wire, {"message": f"no, {SECRET}"}, 403)) as server:
        done = portal([http_json(server)], "rota", "--entity", "shop")
    assert done.exit_code == 1
    assert "status 403" in done.output
    assert "Failure: " in done.output
    assert "Measured: incident, incomplete" in done.output


def test_another_value_of_an_annotation_can_be_tried_and_one_that_is_missing_is_told(portal):
    with Server(incident) as server:
        tried = portal([http_json(server)], "rota", "--entity", "shop", "--annotation", "rota.example/id=other")
        item = http_json(server, annotation="other.example/id")
        missing = portal([item], "rota", "--entity", "shop")
    assert "/other\n" in tried.output
    assert (missing.exit_code, len(server.requests)) == (1, 1)
    assert "none of the annotations that connect it: other.example/id" in missing.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("rotta", "--entity", "shop"), "Did you mean rota?"), (("rota", "--entity", "shopp"), "Did you mean component:default/shop?"),
        (("rota", "--entity", "a:b:c:d"), "reference"), (("rota", "--entity", "shop", "--annotation", "x"), "not KEY=VALUE"),
        (("rota",), "--entity"),
    ],
)  # fmt: skip
def test_what_does_not_exist_is_exit_code_2_with_what_was_meant(portal, arguments, said):
    with Server(incident) as server:
        done = portal([http_json(server)], *arguments)
    assert server.requests == []
    assert said in f"{done.output} {done.exception} {getattr(done.exception, 'hint', '')}"


PLUGIN = """
from callboard.plugins.integrations import Connector, Incident, IntegrationContext, bearer, parse_time


class Pager(Connector):
    \"\"\"A pager.\"\"\"

    schema = {"type": "object", "properties": {"url": {"type": "string"}, "token": {"type": "string"}}}
    title = "Pager"
    families = ("incident",)
    annotations = ("rota.example/id",)

    def collect(self, targets):
        value = self._client(bearer(self._option("token"))).get("/incident").object()
        for target in targets:
            self._collector.add_fact([target], "incident", "1", lambda: Incident(value["title"], parse_time(value["at"], self._now)))
        return self._collector.batch()
"""


def test_requests_of_a_plugin_in_its_own_process_are_shown_too(portal, tmp_path):
    entry_points = {"callboard.integrations": {"pager": "trial_pager:Pager"}}
    with installed(tmp_path / "packages", "trial_pager", PLUGIN, entry_points), Server(incident) as server:
        item = {"name": "pager", "type": "pager", "url": server.url, "token": "${TOOL_SECRET}"}
        done = portal([item], "pager", "--entity", "shop")
    assert done.exit_code == 0, done.output
    assert f"1. GET {server.url}/incident" in done.output
    assert "title Down" in done.output
