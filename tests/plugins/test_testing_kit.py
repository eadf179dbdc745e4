"""The test kit of plugins, with built-in plugins: what it runs, what it checks, and that it waits for nothing."""

import subprocess
import sys
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from callboard.integrations.http_json.connector import HttpJsonIntegration
from callboard.model.errors import PluginError, SettingsError
from callboard.plugins.integrations import Connector, HttpError
from callboard.plugins.publishers import Portal, PublishError
from callboard.plugins.testing import (
    FakeRequest,
    FakeResponse,
    FakeServer,
    collect_once,
    collect_source,
    descriptors_of,
    publish_once,
    targets,
)
from callboard.publish.folder import FolderPublisher
from callboard.sources.backstage.source import BackstageSource
from callboard.sources.files.source import FilesSource

SHOP = targets({"component:default/shop": {"acme.com/id": "shop"}, "till": {}})
OPTIONS = {
    "family": "deployment",
    "path": "/deployments",
    "match": "service",
    "fields": {"version": "v", "at": "at", "state": "state"},
}


def get(url, **more):
    with urlopen(Request(url, **more)) as response:
        return response.status, dict(response.headers), response.read()


def test_a_server_sends_what_it_was_given_and_counts():
    with FakeServer() as server:
        server.reply("/text", "plain", headers={"X-Acme": "7"})
        server.reply("/bytes", b"\x00\x01", method="POST")
        server.reply("/slow", {}, delay=0.05)
        status, headers, body = get(f"{server.url}/text?a=1&a=2&b=")
        assert (status, headers["X-Acme"], body) == (200, "7", b"plain")
        assert get(f"{server.url}/bytes", data=b"sent", method="POST")[2] == b"\x00\x01"
        began = time.monotonic()
        get(f"{server.url}/slow")
        assert time.monotonic() - began >= 0.05
        with pytest.raises(HTTPError, match="404"):
            get(f"{server.url}/nowhere")
        assert server.requests[0].query == {"a": "2", "b": ""}
        assert server.requests[1].body == b"sent"
        assert (server.count(), server.count("/text"), server.count(method="POST"), server.count("/text", method="POST")) == (4, 1, 1, 0)


def test_several_responses_of_one_path_are_sent_in_turn_and_a_function_makes_others():
    def echo(request: FakeRequest) -> FakeResponse:
        return FakeResponse({"asked": request.path}, 201)

    with FakeServer() as server:
        server.reply("/a", 1)
        server.reply("/a", 2)
        assert [get(f"{server.url}/a")[2] for _ in range(3)] == [b"1", b"2", b"2"]
        server.reply_with("/b", echo)
        assert get(f"{server.url}/b")[::2] == (201, b'{"asked": "/b"}')


def test_an_integration_is_run_as_a_build_runs_it_and_retries_take_no_time():
    with FakeServer() as server:
        server.reply("/deployments", status=503, headers={"Retry-After": "60"})
        server.reply("/deployments", [
            {"service": "shop", "v": "1.2", "at": "2026-05-16T10:00:00Z", "state": "success"},
            {"service": "unknown", "v": "1", "at": "2026-05-16T10:00:00Z", "state": "success"},
        ])  # fmt: skip
        began = time.monotonic()
        batch = collect_once(HttpJsonIntegration, {"url": server.url, **OPTIONS}, SHOP)
        assert time.monotonic() - began < 10
        assert server.count("/deployments") == 2
    assert [(str(fact.subject), fact.source, fact.value.version) for fact in batch.facts] == [("component:default/shop", "test", "1.2")]
    assert [(str(one.subject), one.complete) for one in batch.measurements] == [(str(target.ref), True) for target in SHOP]


def test_options_are_checked_as_those_of_sources_yaml():
    with pytest.raises(SettingsError, match="do not match the schema of HttpJsonIntegration"):
        collect_once(HttpJsonIntegration, {"family": "deployment"}, SHOP)


def test_a_connector_that_violates_the_contract_is_an_error():
    class Wrong(Connector):
        schema, title, families, annotations = {"type": "object"}, "Wrong", ("no-such-family",), ()

    with pytest.raises(PluginError, match="no-such-family"):
        collect_once(Wrong, {}, SHOP)


def test_what_a_plugin_raises_is_raised(tmp_path):
    with FakeServer() as server, pytest.raises(HttpError, match="404"):
        collect_source(BackstageSource, {"url": server.url}, tmp_path)


def test_a_source_over_http_and_one_on_disk_are_run(tmp_path):
    with FakeServer() as server:
        entity = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "shop"}, "spec": {"type": "service"}}
        server.reply("/api/catalog/entities/by-query", {"items": [entity], "pageInfo": {}})
        assert list(descriptors_of(collect_source(BackstageSource, {"url": server.url}, tmp_path))) == ["catalog/default/component/shop"]
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository/catalog-info.yaml").write_text("kind: Component\n")
    assert descriptors_of(collect_source(FilesSource, {"path": "repository"}, tmp_path)) == {"catalog-info.yaml": "kind: Component\n"}


def test_a_site_is_published_to_a_temporary_folder_and_changed(tmp_path):
    first = publish_once(FolderPublisher, {"path": "public"}, {"index.html": "<p>1", "a.css": b"a{}"}, tmp_path)
    second = publish_once(FolderPublisher, {"path": "public"}, {"index.html": "<p>2"}, tmp_path, portal=Portal(audience="public"))
    assert (first.written, second.written, second.removed) == (2, 1, 1)
    assert (tmp_path / "public/index.html").read_text() == "<p>2"
    with pytest.raises(PublishError, match="contain one another"):
        publish_once(FolderPublisher, {"path": "site/inside"}, {"index.html": ""}, tmp_path)


def test_the_kit_needs_no_test_framework():
    code = "import sys, callboard.plugins.testing; print([name for name in sys.modules if 'pytest' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.long
def test_a_plugin_that_runs_contained_returns_the_same(tmp_path):
    (tmp_path / "catalog-info.yaml").write_text("kind: Component")
    with FakeServer() as server:
        server.reply("/deployments", [{"service": "shop", "v": "1", "at": "2026-05-01T00:00:00Z", "state": "succeeded"}])
        options = {**OPTIONS, "url": server.url}
        batches = [collect_once(HttpJsonIntegration, options, SHOP, contained=contained) for contained in (False, True)]
    assert batches[0].facts == batches[1].facts
    assert batches[0].measurements == batches[1].measurements
    trees = [collect_source(FilesSource, {"path": "."}, tmp_path, contained=contained) for contained in (False, True)]
    assert descriptors_of(trees[0]) == descriptors_of(trees[1]) == {"catalog-info.yaml": "kind: Component"}
    publish_once(FolderPublisher, {"path": "public"}, {"index.html": "<p>"}, tmp_path, contained=True)
    assert (tmp_path / "public/index.html").read_text() == "<p>"
