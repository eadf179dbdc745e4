"""The http source against hosts on loopback."""

from datetime import UTC, datetime

import pytest
from company import context, descriptor, found, settings

from callboard.descriptors.kinds import builtin_kinds
from callboard.ingestion.access import ConnectedTrees
from callboard.ingestion.discovery import discover
from callboard.io.http.errors import HttpError
from callboard.io.http.limits import ClientLimits
from callboard.model.errors import MissingFileError, OutsideTreeError, SourceError
from callboard.settings.settings import Limits as DescriptorLimits
from callboard.sources.generated import moment
from callboard.sources.http import HttpSource
from faulty import PatientClock, Server

TOKEN = "http-secret"


def files(contents):
    def answer(asked, wire):
        content = contents.get(asked.path)
        if content is None:
            wire.answer(404)
        elif asked.headers.get("if-none-match") == '"1"':
            wire.answer(304)
        else:
            wire.answer(200, content, {"ETag": '"1"', "Last-Modified": "Wed, 01 May 2024 00:00:00 GMT"})

    return answer


def collect(tmp_path, **options):
    return HttpSource(settings("http", **options), context(tmp_path, clock=PatientClock(), http=ClientLimits(tries=2))).collect()


def with_definition(name, target):
    api = f"  type: openapi\n  lifecycle: production\n  owner: o\n  definition:\n    $text: {target}\n"
    return descriptor(name).replace("Component", "API") + "spec:\n" + api


def test_descriptors_and_what_they_refer_to_are_read(tmp_path):
    contents = {
        "/a/One.yaml": with_definition("one", "./spec/Api.yaml"),
        "/a/spec/Api.yaml": "openapi: 3.1.0\ninfo: {title: One, version: 1.0.0}\npaths: {}\n",
        "/b/two.yaml": descriptor("two"),
    }
    with Server(files(contents)) as server:
        got = collect(tmp_path, urls=[f"{server.url}/a/One.yaml", f"{server.url}/b/two.yaml"], token=TOKEN)
        gathered = discover(
            got.files, ConnectedTrees({(f.source, f.tree.id): f.tree for f in got.files}), builtin_kinds(), DescriptorLimits()
        )
    assert {p.code for p in gathered.problems} <= {"SPC006"}
    assert [e.spec.get("definition") for e in gathered.entities] == [
        "openapi: 3.1.0\ninfo: {title: One, version: 1.0.0}\npaths: {}\n",
        None,
    ]
    host = server.url[7:]
    assert found(got) == [f"{host}/a: One.yaml", f"{host}/b: two.yaml"]
    assert got.trees[0].view_url("One.yaml") == f"{server.url}/a/One.yaml"
    assert got.trees[0].last_change("One.yaml") == datetime(2024, 5, 1, tzinfo=UTC)
    assert {r.headers["authorization"] for r in server.requests} == {f"Bearer {TOKEN}"}


def test_definitions_come_from_allowed_folders_alone_and_without_the_token(tmp_path):
    specs = {"/Open/V1/Api.yaml": "openapi: 3.1.0\n", "/secret.yaml": "x"}
    with Server(files(specs)) as other:
        contents = {
            "/a/good.yaml": with_definition("good", f"{other.url}/Open/V1/Api.yaml"),
            "/a/bad.yaml": with_definition("bad", f"{other.url}/secret.yaml"),
            "/a/up.yaml": with_definition("up", "../../../secret.yaml"),
        }
        with Server(files(contents)) as server:
            urls = [f"{server.url}{path}" for path in contents]
            got = collect(tmp_path, urls=urls, allow=[f"{other.url}/Open/"], token=TOKEN)
            trees = {("acme", t.id): t for t in got.trees}
            gathered = discover(got.files, ConnectedTrees(trees), builtin_kinds(), DescriptorLimits())
    assert [r.path for r in other.requests] == ["/Open/V1/Api.yaml"]
    assert "authorization" not in other.requests[0].headers
    assert {e.ref.name: isinstance(e.spec["definition"], str) for e in gathered.entities} == {"good": True, "bad": False, "up": False}


def test_a_second_build_asks_only_whether_it_changed(tmp_path):
    with Server(files({"/x.yaml": descriptor("x")})) as server:
        for _ in range(2):
            got = collect(tmp_path, urls=[f"{server.url}/x.yaml"])
    counts = got.traffic[0].traffic.counts
    assert (counts.requests, counts.hits) == (1, 1)


def test_a_url_that_fails_is_a_failure_of_its_own(tmp_path):
    with Server(files({"/x.yaml": descriptor("x")})) as server:
        got = collect(tmp_path, urls=[f"{server.url}/x.yaml", f"{server.url}/none.yaml"])
        with pytest.raises(OutsideTreeError):
            got.trees[0].read("../x", 10)
        with pytest.raises(MissingFileError):
            got.trees[0].read("none.txt", 10)
    assert len(got.files) == 1
    assert [f.repository for f in got.failures] == [f"{server.url}/none.yaml"]


def test_a_token_for_several_hosts_is_refused(tmp_path):
    with pytest.raises(SourceError, match="a token is for one host"):
        collect(tmp_path, urls=["https://a.example/x", "https://b.example/x"], token=TOKEN)


@pytest.mark.parametrize("url", ["https://a.example/x?y=1", "https://a.example/x#y", "ftp://a.example/x", "https://u:p@a.example/x"])
def test_urls_that_name_no_file_are_refused(tmp_path, url):
    with pytest.raises(HttpError) as caught:
        collect(tmp_path, urls=[url])
    assert caught.value.kind == "bad-url"


@pytest.mark.parametrize("said", ["Wed, 01 May 2024 00:00:00 -0000", "Wed, 01 May 2024 02:00:00 +0200"])
def test_an_age_is_told_in_utc(tmp_path, said):
    with Server(lambda _, wire: wire.answer(200, descriptor("one"), {"Last-Modified": said})) as server:
        got = collect(tmp_path, urls=[f"{server.url}/one.yaml"])
    assert repr(got.trees[0].last_change("one.yaml")) == "datetime.datetime(2024, 5, 1, 0, 0, tzinfo=datetime.timezone.utc)"


@pytest.mark.parametrize(
    "said", ["", "yesterday", "Wed, 01 May 2024 00:00:00 +999999999999", "Fri, 31 Dec 9999 23:00:00 -2300", "Fri, 31 Dec 9999 23:00:00 GMT"]
)
def test_an_age_that_is_no_time_is_not_known(tmp_path, said):
    with Server(lambda _, wire: wire.answer(200, descriptor("one"), {"Last-Modified": said})) as server:
        got = collect(tmp_path, urls=[f"{server.url}/one.yaml"])
    assert (len(got.files), got.trees[0].last_change("one.yaml")) == (1, None)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("2024-05-01T02:00:00+02:00", datetime(2024, 5, 1, tzinfo=UTC)),
        ("2024-05-01T02:00:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("0001-01-01T00:00:00Z", None),
        (5, None),
    ],
)
def test_a_moment_of_a_host_has_a_date_in_every_zone(written, found):
    assert moment(written) == found


def test_a_web_page_in_place_of_a_descriptor_or_a_definition_is_a_failure(tmp_path):
    page = "<!DOCTYPE html><title>Sign in</title>"
    with Server(lambda asked, wire: wire.answer(200, page, {"Content-Type": "text/html"})) as server:
        got = collect(tmp_path, urls=[f"{server.url}/a/catalog-info.yaml"])
    assert (got.files, len(got.failures)) == ((), 1)
    assert "web page" in got.failures[0].message
