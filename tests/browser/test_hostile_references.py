"""References of definitions that try to run code, read files and reach out, opened in Chromium without a policy: nothing happens."""

import json
import os
import re
import socketserver
import threading
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from hostile_definitions import SECRET, attacks

import yaml
from support.portal import callboard, write

pytestmark = [pytest.mark.browser, pytest.mark.long]

HERE = Path(__file__).parent.parent / "data/api_definitions"
DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nowhere"))
ALIVE = "document.title='ALIVE'"
EVIL = "https://evil.example"
LINKS = f'[a](javascript:{ALIVE}) ![b]({EVIL}/i.png) <a href="javascript:{ALIVE}">c</a>'
MARK = f'"><img src={EVIL}/x.png onerror={ALIVE}><script>{ALIVE}</script>{LINKS}'


class Connected(socketserver.BaseRequestHandler):
    """Notes each connection."""

    def handle(self):
        self.server.seen.append(self.request.recv(200))


@pytest.fixture(scope="module")
def listener():
    """A server on loopback that the definitions name; nobody may connect to it."""
    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Connected)
    server.seen = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def everywhere(port):
    """An OpenAPI description with hostile words in each field that people write."""
    url = f"http://127.0.0.1:{port}/"
    words = dict.fromkeys(("summary", "description", "x-deprecated-reason", "x-sunset", "operationId"), MARK)
    schema = dict.fromkeys(("type", "title", "description", "default", "example", "pattern", "format"), MARK) | {"enum": [MARK]}
    fields = {"type": "object", "properties": {MARK: schema, "r": {"$ref": f"{url}s.json"}}, "discriminator": {"propertyName": MARK}}
    body, server = {MARK: {"schema": fields}}, {"url": f"javascript:{ALIVE}", "description": MARK, "variables": {MARK: {"default": MARK}}}
    links = {"headers": {MARK: {"schema": schema}}, "links": {MARK: {"operationId": MARK}}}
    operation = {
        **words, "tags": [MARK], "deprecated": True, "externalDocs": {"url": f"javascript:{ALIVE}"}, "security": [{MARK: [MARK]}],
        "parameters": [{"name": MARK, "in": MARK, "description": MARK, "schema": schema}, {"$ref": "file:///etc/passwd"}],
        "requestBody": {"description": MARK, "content": body}, "responses": {"200": {"description": MARK, "content": body, **links}},
        "callbacks": {MARK: {MARK: {"post": {"description": MARK, "responses": {}}}}}, "servers": [server],
    }  # fmt: skip
    scheme = {"type": MARK, "openIdConnectUrl": url, "description": MARK}
    return json.dumps({
        "openapi": "3.1.0", "info": {"title": MARK, "version": MARK, "description": MARK, "contact": {"url": url}},
        "tags": [{"name": MARK, "description": MARK}], "servers": [server, {"url": url}], "jsonSchemaDialect": url,
        "paths": {f"/{MARK}": {"post": operation}, "/r": {"$ref": url}}, "webhooks": {MARK: {"post": operation}},
        "components": {
            "schemas": {MARK: schema, "Id": {"$id": url, "$ref": url, "$schema": url}},
            "securitySchemes": {MARK: scheme},
        },
    })  # fmt: skip


def cut():
    """A description whose reference has a page for each of its two tags, and one for its type."""
    fields = {f"field{n}": {"type": "string", "description": f"Field {n}"} for n in range(40)}
    answer = {"200": {"description": "It.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}}
    paths = {f"/{tag}/{n}": {"get": {"operationId": f"{tag}{n}", "tags": [tag], "responses": answer}} for tag in "ab" for n in range(60)}
    schemas = {"Thing": {"type": "object", "properties": fields}}
    return json.dumps(
        {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths, "components": {"schemas": schemas}}, indent=8
    )


def definitions(port):
    """Type and text by name."""
    found = {name: (each["type"], each["text"]) for name, each in yaml.safe_load(HERE.joinpath("hostile.yaml").read_text()).items()}
    found |= {f"file {file.name}": ("openapi", file.read_text()) for file in sorted((DATA / "api-hostile").glob("*"))}
    found["everywhere"] = ("openapi", everywhere(port))
    found["cut"] = ("openapi", cut())
    found |= attacks(port)
    return {
        re.sub(r"\W+", "-", name): (type_, text.replace("127.0.0.1:9/", f"127.0.0.1:{port}/").replace("localhost", f"127.0.0.1:{port}"))
        for name, (type_, text) in found.items()
    }


def descriptor(name, type_):
    return (
        f"apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {{name: {name}}}\n"
        f"spec: {{type: {type_}, lifecycle: production, owner: team-shop, definition: {{$text: ./{name}.txt}}}}\n"
    )


@pytest.fixture(scope="module")
def site(chromium, listener, tmp_path_factory):
    """A portal with an API for each definition, and its output without the policy in each page."""
    del chromium  # only built where a browser can look at it
    found = definitions(listener.server_address[1])
    descriptors = "---\n".join(descriptor(name, type_) for name, (type_, _) in found.items())
    portal = write(tmp_path_factory.mktemp("hostile-references") / "portal", apis=descriptors)
    for name, (_, text) in found.items():
        (portal / f"repositories/apis/{name}.txt").write_text(text)
    done = callboard(portal, "build")
    assert done.returncode == 0, done.stderr
    output = portal / "site"
    for path in output.rglob("*.html"):
        path.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text()))
    return output


def test_nothing_of_hostile_definitions_runs_in_a_browser_and_nothing_leaves(site, listener, chromium, serve):
    address = serve(site)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, seen = context.new_page(), []
    page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else seen.append(asked.url))
    files = [path for path in (site / "catalog/default/api").rglob("*.*") if path.is_file()]
    assert {path.suffix for path in files} <= {".html", ".json", ".yaml", ".txt", ".graphql", ".proto"}, "another one could be executed"
    pages = sorted(path for path in files if path.suffix == ".html")
    assert sum(path.parent.name == "reference" for path in pages) >= 10
    for path in pages:
        assert path.stat().st_size < 1_000_000, path
        page.goto(address + quote(path.relative_to(site).as_posix()), wait_until="load")
        assert page.title() != "ALIVE", path
        assert page.evaluate(FORBIDDEN) == [], path
    context.close()
    assert seen == []
    assert listener.seen == []


def test_what_is_too_long_for_a_page_is_a_sentence_and_secrets_are_nowhere(site):
    apis = site / "catalog/default/api"
    sentence, link = "Too long for a page.", re.compile(r'<a href="([./]+definition\.\w+)">The source has all of it</a>')
    (long,) = (path for path in (apis / "megabytes-in-one-operation").rglob("*.html") if sentence in path.read_text())
    assert (long.parent / link.search(long.read_text())[1]).is_file()
    assert sentence not in (apis / "scripts-in-words/reference/index.html").read_text()
    assert not [path for path in (apis / "secrets-in-examples").rglob("*.*") if SECRET in path.read_text()]


def test_names_of_scopes_break_on_a_phone(site, chromium, serve):
    page = chromium.new_page(viewport={"width": 400, "height": 900})
    page.goto(f"{serve(site)}catalog/default/api/scopes/reference/")
    assert page.locator("[aria-labelledby=auth] code", has_text="https://api.example/auth/").count() == 200
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 400
    page.close()


def test_headings_of_descriptions_leave_out_no_level(site, chromium, serve):
    page = chromium.new_page()
    page.goto(f"{serve(site)}catalog/default/api/scripts-in-words/reference/")
    levels = page.evaluate("() => [...document.querySelectorAll('main :is(h1, h2, h3, h4, h5, h6)')].map(each => +each.tagName[1])")
    page.close()
    assert levels[0] == 1
    assert len(levels) >= 5
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


def test_the_first_page_of_a_reference_that_is_cut_lists_its_parts_in_its_contents(site, chromium, serve):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{serve(site)}catalog/default/api/cut/reference/")
    found = page.evaluate("() => [...document.querySelectorAll('.md-sidebar--secondary a[href^=\"#\"]')].map(each => each.hash.slice(1))")
    assert {"api-operations", "op-a0", "op-b0", "pages"} <= set(found)
    assert page.evaluate("ids => ids.filter(id => !document.getElementById(id))", found) == []
    page.close()


FORBIDDEN = """() => [...document.querySelectorAll('main *')].flatMap(element => [
  ...(['IFRAME', 'OBJECT', 'EMBED', 'STYLE', 'META', 'BASE', 'VIDEO'].includes(element.tagName) ? [element.tagName] : []),
  ...(element.tagName === 'SCRIPT' && !element.src ? ['inline script'] : []),
  ...[...element.attributes].filter(each => each.name.startsWith('on') || ['srcset', 'formaction'].includes(each.name) ||
    (['href', 'src', 'action'].includes(each.name) && /^\\s*(javascript|data|vbscript):/i.test(each.value)))
    .map(each => `${element.tagName} ${each.name}=${each.value}`),
])"""


@pytest.mark.parametrize(
    ("asked", "landed"),
    [
        ("#op-a7", "op-a0/#op-a7"),
        ("#type-Thing", "type-thing/#type-Thing"),
        ("#at-get-b-7", "op-b0/#at-get-b-7"),
        ("op-gone/#op-b7", "op-b0/#op-b7"),
        ("op-b7/", "op-b0/#op-b7"),
    ],
)
def test_an_address_from_before_a_reference_was_cut_otherwise_leads_to_where_its_part_stands(site, chromium, serve, asked, landed):
    base = f"{serve(site)}catalog/default/api/cut/reference/"
    page = chromium.new_page()
    page.goto(base + asked)
    page.wait_for_url(base + landed)
    assert page.locator(f"#{landed.partition('#')[2]}").count() == 1
    page.close()
