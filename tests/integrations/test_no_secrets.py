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
from click.testing import CliRunner
from test_vendor_faults import FAKES
from vendors import TOKEN, connector

import yaml
from callboard import pipeline
from callboard.cli.main import group
from callboard.io.http.limits import ClientLimits
from callboard.plugins import loader
from callboard.plugins.integrations.base import GROUP, IntegrationContext
from faulty import MODES, PatientClock, Server, closed_port, json_answer
from faulty.modes import cross_host_next, page_for_people, redirect
from support import shared_caches

pytestmark = pytest.mark.long

MARK = "m4rk+ed/t0ken=of=a=test"
VARIABLE = "CALLBOARD_TEST_MARK"
SHORT = ClientLimits(connect_seconds=0.5, silence_seconds=0.2, request_seconds=0.4, tries=2, body_bytes=1_000_000, pages=5)
HTTP_JSON = {"token": TOKEN, "family": "incident", "path": "/{name}", "fields": {"title": "title", "opened": "opened"}}
SIGNING = {"aws-cost-explorer"}
"""Connectors that sign their requests with the secret, and never send it."""
PORTAL = {"name": "Small", "organization": "Small", "url": "https://portal.example/", "timezone": "UTC"}


def spelt(secret):
    """A secret in all spellings that a program might write it in."""
    raw = secret.encode()
    packed = {base64.b64encode(b"\0" * shift + raw).decode()[shift and 4 : -4] for shift in range(3)}
    return {raw, quote(secret).encode(), quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode(), *(p.encode() for p in packed)}


SPELT = {*spelt(MARK), MARK[:12].encode()}


def secrets_in(request):
    """All secrets in a request."""
    return " ".join(value for value in request.headers.values() if any(one.decode() in value for one in SPELT))


def echo(before="", status=400):
    def mode(request, wire):
        json_answer(wire, {"message": before + secrets_in(request), "errors": [{"message": secrets_in(request)}]}, status)

    return mode


def echo_elsewhere(request, wire):
    redirect(f"http://user:{quote(MARK, safe='')}@elsewhere.example/{MARK}?token={MARK}")(request, wire)


def echo_far(request, wire):
    redirect(f"https://elsewhere.example/{'x' * 260}{MARK}")(request, wire)


def echo_page(request, wire):
    wire.answer(200, f"<!doctype html>{secrets_in(request)}".encode(), {"Content-Type": f"x{MARK}; x={MARK}", "ETag": '"x"'})


WAYS = {
    **MODES, "echo": echo(), "echo-cut": echo("x" * 175), "echo-200": echo(status=200), "echo-500": echo(status=500),
    "echo-elsewhere": echo_elsewhere, "echo-page": echo_page, "echo-far": echo_far, "elsewhere": redirect("https://elsewhere.example/"),
    "next": cross_host_next("https://elsewhere.example"), "page": page_for_people,
}  # fmt: skip


def marked(options):
    """Options with the token as the variable that people write into ``sources.yaml``."""
    return yaml.safe_load(yaml.safe_dump(options).replace(TOKEN, f"${{{VARIABLE}}}"))


def answer(request, wire):
    WAYS[request.path.split("/")[2]](request, wire)


def with_secrets():
    """All registered types that talk with a host."""
    return {name for name in loader.load(GROUP) if {"url", "token", "api_key"} & set(connector(name).schema["properties"])}


def items(server, good):
    """Each type in each way to fail, one whose host is away, and one whose host is well."""
    known = {fake.type: fake().options for fake in FAKES} | {"http-json": HTTP_JSON}
    for name, options in known.items():
        own = marked(options) | {"type": name}
        yield from ({**own, "name": f"{name}-{way}", "url": f"{server.url}/{name}/{way}"} for way in WAYS)
        yield {**own, "name": f"{name}-away", "url": f"http://127.0.0.1:{closed_port()}"}
        if name in good:
            yield {**own, "name": f"{name}-well", "url": good[name].url}


def component():
    annotations = {key: value for fake in FAKES for key, value in fake().targets[0].annotations.items()}
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
        patch.setattr(loader, "load", functools.cache(loader.load))  # it looks through all installed packages: here a thousand times
        context = functools.partial(IntegrationContext, clock=PatientClock(), http=SHORT)
        patch.setattr(pipeline, "IntegrationContext", context)
        server = stack.enter_context(Server(answer))
        good = {fake.type: stack.enter_context(Server(fake())) for fake in FAKES}
        sources = [{"name": "here", "type": "files", "path": "repositories", "repositories": "*"}]
        config = {"version": 1, "portal": PORTAL, "sources": sources, "integrations": [*items(server, good)]}
        (folder / "sources.yaml").write_text(yaml.safe_dump(config))
        arguments = ["build", "--config", "sources.yaml", "--now", "2026-05-17T02:00:00Z", "--report", "report.json"]
        with contextlib.chdir(folder), shared_caches.lent(folder):
            done = [CliRunner().invoke(group, arguments) for _ in range(2)]
        requests = [*server.requests, *(request for one in good.values() for request in one.requests)]
    return folder, done, requests


def test_every_connector_that_talks_with_a_host_is_here(night):
    assert with_secrets() == {fake.type for fake in FAKES} | {"http-json"}


def test_the_secret_was_sent_by_every_connector_so_that_there_is_something_to_find(night):
    folder, done, requests = night
    assert [one.exit_code for one in done] == [0, 0], done[0].output
    sent = {re.match(r"/([a-z-]+)/echo/", request.target)[1] for request in requests if "/echo/" in request.target and secrets_in(request)}
    assert sent == with_secrets() - SIGNING
    said = (folder / "site" / "status" / "index.html").read_text()
    assert all(f"{name}-{way}" in said for name in with_secrets() for way in WAYS)


def test_no_file_and_no_word_of_a_build_has_the_secret(night):
    folder, done, _ = night
    found = {f"{file.relative_to(folder)}: {one}" for file, content in contents(folder) for one in SPELT if one in content}
    assert found == set()
    said = "".join(one.output + repr(one.exception) for one in done).encode()
    assert [one for one in SPELT if one in said] == []
    assert {"site", ".callboard"} <= {path.name for path in folder.iterdir()}
