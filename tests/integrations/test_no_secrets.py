"""No secret in the site, the state, the cache, reports or what a build says, with every connector failing in every way."""

import base64
import contextlib
import functools
import gzip
import json
import re
import zlib
from urllib.parse import quote

import pytest
import yaml
from click.testing import CliRunner
from faulty import MODES, PatientClock, Server, closed_port, json_answer
from faulty.modes import cross_host_next, page_for_people, redirect
from support import shared_caches
from test_vendor_faults import PLAYS
from vendors import TOKEN, connector

from generator import plugins, surveying
from generator.cli.main import group
from generator.integrations.contract import GROUP, IntegrationContext
from generator.outside.http import Limits

pytestmark = pytest.mark.long

MARK = "m4rk+ed/t0ken=of=a=test"
VARIABLE = "CALLBOARD_TEST_MARK"
SHORT = Limits(connect_seconds=0.5, silence_seconds=0.2, request_seconds=0.4, tries=2, body_bytes=1_000_000, pages=5)
HTTP_JSON = {"token": TOKEN, "family": "incident", "path": "/{name}", "fields": {"title": "title", "opened": "opened"}}
PORTAL = {"name": "Small", "organization": "Small", "url": "https://portal.example/", "timezone": "UTC"}


def spelt(secret):
    """A secret in all spellings that a program might write it in."""
    raw = secret.encode()
    packed = {base64.b64encode(b"\0" * shift + raw).decode()[shift and 4 : -4] for shift in range(3)}
    return {raw, quote(secret).encode(), quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode(), *(p.encode() for p in packed)}


SPELT = {*spelt(MARK), MARK[:12].encode()}


def told(asked):
    """All that is secret in what we sent."""
    return " ".join(value for value in asked.headers.values() if any(one.decode() in value for one in SPELT))


def echo(before="", status=400):
    def mode(asked, wire):
        json_answer(wire, {"message": before + told(asked), "errors": [{"message": told(asked)}]}, status)

    return mode


def echo_elsewhere(asked, wire):
    redirect(f"http://user:{quote(MARK, safe='')}@elsewhere.example/{MARK}?token={MARK}")(asked, wire)


def echo_far(asked, wire):
    redirect(f"https://elsewhere.example/{'x' * 260}{MARK}")(asked, wire)


def echo_page(asked, wire):
    wire.answer(200, f"<!doctype html>{told(asked)}".encode(), {"Content-Type": f"x{MARK}; x={MARK}", "ETag": '"x"'})


WAYS = {
    **MODES, "echo": echo(), "echo-cut": echo("x" * 175), "echo-200": echo(status=200), "echo-500": echo(status=500),
    "echo-elsewhere": echo_elsewhere, "echo-page": echo_page, "echo-far": echo_far, "elsewhere": redirect("https://elsewhere.example/"),
    "next": cross_host_next("https://elsewhere.example"), "page": page_for_people,
}  # fmt: skip


def marked(options):
    """Options with the token as the variable that people write into ``sources.yaml``."""
    return yaml.safe_load(yaml.safe_dump(options).replace(TOKEN, f"${{{VARIABLE}}}"))


def answer(asked, wire):
    WAYS[asked.path.split("/")[2]](asked, wire)


def with_secrets():
    """All registered types that talk with a host."""
    return {name for name in plugins.load(GROUP) if {"url", "token", "api_key"} & set(connector(name).schema["properties"])}


def items(server, good):
    """Each type in each way to fail, one whose host is away, and one whose host is well."""
    known = {play.type: play().options for play in PLAYS} | {"http-json": HTTP_JSON}
    for name, options in known.items():
        own = marked(options) | {"type": name}
        yield from ({**own, "name": f"{name}-{way}", "url": f"{server.url}/{name}/{way}"} for way in WAYS)
        yield {**own, "name": f"{name}-away", "url": f"http://127.0.0.1:{closed_port()}"}
        if name in good:
            yield {**own, "name": f"{name}-well", "url": good[name].url}


def component():
    annotations = {key: value for play in PLAYS for key, value in play().subjects[0].annotations.items()}
    spec = {"type": "service", "lifecycle": "production", "owner": "team-shop"}
    return yaml.safe_dump(
        {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": "s0", "annotations": annotations}, "spec": spec}
    )


def contents(folder):
    """Every file, as it is and unpacked."""
    for file in (f for f in folder.rglob("*") if f.is_file()):
        raw = file.read_bytes()
        yield file, raw
        for unpack in (gzip.decompress, zlib.decompress):
            with contextlib.suppress(OSError, zlib.error, EOFError):
                yield file, unpack(raw)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A build with all of them: its folder and what it said."""
    folder = tmp_path_factory.mktemp("portal")
    (folder / "repositories" / "shop").mkdir(parents=True)
    (folder / "repositories" / "shop" / "catalog-info.yaml").write_text(component())
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as stack:
        patch.setenv(VARIABLE, MARK)
        patch.setattr(plugins, "load", functools.cache(plugins.load))  # it looks through all installed packages: here a thousand times
        context = functools.partial(IntegrationContext, clock=PatientClock(), http=SHORT)
        patch.setattr(surveying, "IntegrationContext", context)
        server = stack.enter_context(Server(answer))
        good = {play.type: stack.enter_context(Server(play())) for play in PLAYS}
        sources = [{"name": "here", "type": "files", "path": "repositories", "repositories": "*"}]
        config = {"version": 1, "portal": PORTAL, "sources": sources, "integrations": [*items(server, good)]}
        (folder / "sources.yaml").write_text(yaml.safe_dump(config))
        arguments = ["build", "--config", "sources.yaml", "--now", "2026-05-17T02:00:00Z", "--report", "report.json"]
        with contextlib.chdir(folder), shared_caches.lent(folder):
            done = [CliRunner().invoke(group, arguments) for _ in range(2)]
        requests = [*server.requests, *(request for one in good.values() for request in one.requests)]
    return folder, done, requests


def test_every_connector_that_talks_with_a_host_is_here(night):
    assert with_secrets() == {play.type for play in PLAYS} | {"http-json"}


def test_the_secret_was_sent_by_every_connector_so_that_there_is_something_to_find(night):
    folder, done, requests = night
    assert [one.exit_code for one in done] == [0, 0], done[0].output
    sent = {re.match(r"/([a-z-]+)/echo/", request.target)[1] for request in requests if "/echo/" in request.target and told(request)}
    assert sent == with_secrets()
    said = (folder / "site" / "status" / "index.html").read_text()
    assert all(f"{name}-{way}" in said for name in with_secrets() for way in WAYS)


def test_no_file_and_no_word_of_a_build_has_the_secret(night):
    folder, done, _ = night
    found = {f"{file.relative_to(folder)}: {one}" for file, content in contents(folder) for one in SPELT if one in content}
    assert found == set()
    said = "".join(one.output + repr(one.exception) for one in done).encode()
    assert [one for one in SPELT if one in said] == []
    assert {"site", ".callboard"} <= {path.name for path in folder.iterdir()}
