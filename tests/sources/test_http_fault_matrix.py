"""Every source that talks HTTP against a host in every trouble: a failure that is told, bounded requests, no token elsewhere."""

import dataclasses
import traceback
from pathlib import Path

import pytest
from company import context
from fake_github import FakeGitHub

from callboard.io.http.limits import ClientLimits
from callboard.plugins import loader
from callboard.plugins.run_sources import collect_all
from callboard.settings.settings import Settings, SourceSettings
from faulty import ENDLESS, MODES, PatientClock, Server, closed_port, json_answer
from faulty.modes import cross_host_next, redirect

pytestmark = pytest.mark.long

TOKEN = "t0ken-very-secret"
BOUNDED = ClientLimits(tries=2, body_bytes=1_000_000, pages=5)
"""With the usual patience: on a busy machine an answer takes long."""
SHORT = dataclasses.replace(BOUNDED, silence_seconds=0.1, request_seconds=0.2)
"""For hosts that never answer."""
TYPES = {
    "github": lambda url: {"organization": "acme", "url": url, "token": TOKEN, "people": True},
    "gitlab": lambda url: {"group": "acme", "url": url, "token": TOKEN, "people": True},
    "gitea": lambda url: {"organization": "acme", "url": url, "token": TOKEN, "people": True},
    "http": lambda url: {"urls": [f"{url}/a/catalog-info.yaml"], "token": TOKEN},
    "backstage": lambda url: {"url": url, "token": TOKEN},
    "entra": lambda url: {"tenant": "acme.example", "url": url, "token": TOKEN},
    "okta": lambda url: {"url": url, "token": TOKEN},
    "keycloak": lambda url: {"realm": "acme", "url": url, "token": TOKEN},
    "scim": lambda url: {"url": url, "token": TOKEN},
    "azure-devops": lambda url: {"organization": "acme", "url": url, "token": TOKEN},
    "bitbucket-cloud": lambda url: {"workspace": "acme", "url": url, "token": TOKEN},
    "bitbucket-datacenter": lambda url: {"url": url, "token": TOKEN},
    "aws": lambda url: {"regions": ["eu-west-1"], "url": url, "access_key": "AKID", "secret_key": TOKEN},
}
MODES_OF_TEXT = {"truncated-json", "wrong-type", "endless-pages", "circle"}
"""Troubles of JSON: to whoever asks for a text they are a text, which the reader of descriptors judges."""
MOST_REQUESTS = 10
SOURCES = loader.load("callboard.sources")


def test_each_source_that_talks_http_is_here():
    """``ldap`` and ``git`` speak other protocols, ``files`` none."""
    own = {name for name, source in SOURCES.items() if source.package == "callboard"}
    assert own - {"ldap", "git", "files"} == set(TYPES)


def limits(mode):
    return SHORT if mode in ENDLESS else BOUNDED


def collect(type_name, url, tmp_path, http=BOUNDED):
    item = SourceSettings("remote", type_name, TYPES[type_name](url))
    settings = Settings(Path(tmp_path), Path(tmp_path) / "sources.yaml", sources=(item,))
    return collect_all(settings, context(tmp_path, clock=PatientClock(), http=http))


def told(got):
    assert len(got.failures) == 1
    failure = got.failures[0]
    assert failure.hint, failure.message
    assert "Error:" not in failure.message
    assert "please report" not in failure.hint
    text = f"{failure.message} {failure.hint} {failure.repository}"
    assert TOKEN not in text
    assert "Traceback" not in text
    return text


def no_secret_in(folder):
    for file in (f for f in folder.rglob("*") if f.is_file()):
        assert TOKEN.encode() not in file.read_bytes()


@pytest.mark.parametrize("mode", [*MODES, "refused"])
@pytest.mark.parametrize("type_name", TYPES)
def test_trouble_is_one_failure_with_a_hint(type_name, mode, tmp_path):
    with Server(MODES.get(mode, MODES["500"])) as server:
        url = f"http://127.0.0.1:{closed_port()}" if mode == "refused" else server.url
        got = collect(type_name, url, tmp_path, limits(mode))
    if type_name == "http" and mode in MODES_OF_TEXT:
        assert (len(got.files), got.failures) == (1, ())
    elif type_name in {"gitlab", "gitea"} and mode in {"endless-pages", "circle"}:
        assert not got.files
        assert got.failures
    else:
        told(got)
        assert not got.files
    assert len(server.requests) <= MOST_REQUESTS
    no_secret_in(tmp_path)


@pytest.mark.parametrize("type_name", TYPES)
@pytest.mark.parametrize("way", ["next", "redirect"])
def test_nothing_is_sent_to_another_host(type_name, way, tmp_path):
    with Server(MODES["500"]) as other:
        mode = cross_host_next(other.url) if way == "next" else redirect(f"{other.url}/x")
        with Server(mode) as server:
            got = collect(type_name, server.url, tmp_path)
    assert other.requests == []
    if way == "redirect" or type_name in {"gitlab", "gitea", "okta"}:
        assert "another host" in "".join(f.message for f in got.failures)


@pytest.mark.parametrize("mode", [*MODES, "refused"])
def test_trouble_with_single_files_leaves_the_other_repositories(mode, tmp_path):
    """GraphQL goes well; the files of one repository do not."""
    github = FakeGitHub({"bad": {"catalog-info.yaml": "kind: Component\n"}, "bare": {"README.md": "x"}})
    github.truncated = {"catalog-info.yaml"}

    def answer(asked, wire):
        if "/repos/acme/bad/" in asked.path:
            return (wire.reset() if mode == "refused" else MODES[mode](asked, wire)) and None
        return github(asked, wire)

    with Server(answer) as server:
        item = SourceSettings("remote", "github", {**TYPES["github"](server.url), "people": False})
        settings = Settings(Path(tmp_path), Path(tmp_path) / "sources.yaml", sources=(item,))
        got = collect_all(settings, context(tmp_path, clock=PatientClock(), http=limits(mode)))
    assert "acme/bare" in [u.repository for u in got.undescribed]
    assert [f.repository for f in got.failures] in ([], ["acme/bad"])
    assert {f.tree for f in got.failures} <= {r.tree for r in got.repositories if r.name == "acme/bad"} | {f"{server.url}/acme/bad"}
    assert TOKEN not in repr(got.failures)
    assert len(server.requests) <= MOST_REQUESTS


def test_an_error_that_is_printed_with_its_causes_shows_no_token(tmp_path):
    from callboard.io.http.auth import bearer
    from callboard.io.http.client import Client
    from callboard.io.http.errors import HttpError

    with (
        Server(lambda asked, wire: json_answer(wire, {"message": asked.headers["authorization"]}, 401)) as server,
        pytest.raises(HttpError) as caught,
    ):
        Client(server.url, bearer(TOKEN)).get("/x")
    assert TOKEN not in "".join(traceback.format_exception(caught.value))
