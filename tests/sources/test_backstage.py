"""The backstage source against an instance on loopback and Backstage's own description."""

import functools
import json
import os
from pathlib import Path

import pytest
from company import context, settings
from hypothesis import given
from hypothesis import strategies as st

from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import read_file
from callboard.ingestion.entity_cache import EntityCache
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.plugins.sources import yaml_text
from callboard.settings.settings import Limits as DescriptorLimits
from callboard.sources.backstage.source import BackstageSource
from callboard.yaml import documents as yaml_documents
from faulty import PatientClock, Server, json_answer
from support.backstage import instance

LOCATION = "backstage.io/managed-by-location"
ENTITY = {
    "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
    "metadata": {
        "uid": "u", "etag": "e", "namespace": "default", "name": "payments", "tags": ["yes", "0o17", "1e3"],
        "annotations": {LOCATION: "url:x", "backstage.io/view-url": "https://git.acme.example/x", "a/b": "c"},
    },
    "spec": {"type": "service", "lifecycle": "production", "owner": "payments", "notes": "openapi: 3.1.0\n\n  x: 'y'\n"},
    "relations": [{"type": "ownedBy", "targetRef": "group:default/payments"}],
}  # fmt: skip


def entity(name, **more):
    return {**ENTITY, "metadata": {"name": name, "namespace": "default"}, **more}


def collect(tmp_path, server, **options):
    options = {"url": server.url, "token": "bst-secret", **options}
    return BackstageSource(settings("backstage", **options), context(tmp_path, clock=PatientClock(), http=ClientLimits(tries=2))).collect()


def test_entities_are_read_as_their_authors_wrote_them(tmp_path):
    with Server(instance(ENTITY)) as server:
        got = collect(tmp_path, server)
        url = server.url
    (file,) = got.files
    result = read_file(file, builtin_kinds(), DescriptorLimits())
    assert result.problems == ()
    (read,) = result.entities
    assert read.spec == ENTITY["spec"]
    assert read.metadata == {
        "namespace": "default", "name": "payments", "tags": ["yes", "0o17", "1e3"],
        "annotations": {"backstage.io/view-url": "https://git.acme.example/x", "a/b": "c"},
    }  # fmt: skip
    assert (file.tree.id, file.path) == (url, "catalog/default/component/payments")
    assert file.tree.view_url(file.path) == "https://git.acme.example/x"
    assert server.requests[0].headers["authorization"] == "Bearer bst-secret"


def test_the_address_of_the_api_is_accepted_as_that_of_the_instance(tmp_path):
    with Server(instance(ENTITY)) as server:
        assert len(collect(tmp_path, server, url=f"{server.url}/api/catalog/").files) == 1
    assert server.requests[0].path == "/api/catalog/entities/by-query"


def test_pages_are_followed_by_their_cursor(tmp_path):
    with Server(instance(*(entity(f"c{n}") for n in range(1_200)))) as server:
        got = collect(tmp_path, server, filter=["kind=component", "kind=api"])
    assert len(got.files) == 1_200
    path = "/api/catalog/entities/by-query"
    assert [r.target for r in server.requests] == [
        f"{path}?filter=kind%3Dcomponent&filter=kind%3Dapi&limit=500", f"{path}?cursor=500&limit=500", f"{path}?cursor=1000&limit=500",
        "/api/catalog/entities/by-refs",
    ]  # fmt: skip


@pytest.mark.parametrize("answer", [[], {}, {"items": 7}, {"items": [7]}, {"items": [{"metadata": []}]}, {"items": [{}], "pageInfo": 3}])
def test_answers_of_another_shape_are_told(tmp_path, answer):
    with Server(lambda _, wire: json_answer(wire, answer)) as server, pytest.raises(HttpError) as caught:
        collect(tmp_path, server)
    assert caught.value.kind == "wrong-type"


def test_hostile_names_make_no_odd_paths(tmp_path):
    odd = [entity("../../etc/passwd"), entity("a\nb"), entity(""), {**ENTITY, "kind": 7, "metadata": {"namespace": ["x"], "name": {}}}]
    with Server(instance(*odd)) as server:
        got = collect(tmp_path, server)
    assert all(".." not in f.path.split("/") and "\n" not in f.path for f in got.files)
    for file in got.files:
        read_file(file, builtin_kinds(), DescriptorLimits())


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(min_size=1, max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(min_size=1, max_size=12), values, max_size=5))
def test_what_we_write_is_read_as_it_was_meant(value):
    text = yaml_text(value)
    documents = yaml_documents.read_documents(text, nodes=10_000, depth=60, documents=2)
    assert len(documents) == 1
    assert documents[0].value == value


@pytest.mark.data
def test_requests_are_in_backstages_description(tmp_path):
    data = os.environ.get("CALLBOARD_TEST_DATA", "")
    if not data:
        pytest.skip("needs the vendors' descriptions: set CALLBOARD_TEST_DATA")
    from described import undescribed_parts

    description = json.loads((Path(data) / "specs/backstage-catalog.json").read_text())
    with Server(instance(*(entity(f"c{n}") for n in range(600)))) as server:
        collect(tmp_path, server, filter=["kind=component"])
    for request in server.requests:
        assert undescribed_parts(description, request.method, request.path.removeprefix("/api/catalog"), request.query) == []


@pytest.mark.long
def test_a_definition_that_backstage_has_resolved_may_be_larger_than_what_an_author_may_write(tmp_path):
    """Report real-backstage, A2: an API whose definition was behind $text was missing, although the same file was read from disk."""
    definition = "openapi: 3.1.0\n" + "# long\n" * 350_000
    api = entity("big", kind="API", spec={"type": "openapi", "lifecycle": "production", "owner": "payments", "definition": definition})
    with Server(instance(api)) as server:
        (file,) = collect(tmp_path, server).files
    limits = DescriptorLimits()
    assert len(file.record.text) > limits.descriptor_bytes
    result = read_file(file, builtin_kinds(), limits)
    assert [len(read.spec["definition"]) for read in result.entities] == [len(definition)]
    cache = EntityCache(tmp_path / "cache", "program")
    cache.load(builtin_kinds(), limits)
    assert cache.read(file, builtin_kinds(), limits) == result


def test_an_entity_that_backstage_has_accepted_may_be_nested_deeper(tmp_path):
    deep = functools.reduce(lambda inner, _: {"a": inner}, range(90), "x")
    with Server(instance(entity("deep", spec={**ENTITY["spec"], "x": deep}))) as server:
        (file,) = collect(tmp_path, server).files
    result = read_file(file, builtin_kinds(), DescriptorLimits())
    assert [(read.spec["x"], result.problems) for read in result.entities] == [(deep, ())]
