"""Files whose names end as their authors chose, opened in Chromium behind servers that derive types from names: nothing runs."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

import pytest

import yaml
from support import EVERY_CASE, LONG
from support.portal import callboard, write

pytestmark = [pytest.mark.browser, pytest.mark.long]

ROOT = Path(__file__).parents[2]
FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
ENDS = (
    "html", "htm", "xhtml", "xht", "shtml", "svg", "svgz", "xml", "xsl", "rdf", "atom", "mht", "mhtml", "js", "mjs", "css", "php", "hta",
    "pdf", "swf", "wasm", "wsdl", "json", "txt", "html.toml", "html.txt",
)  # fmt: skip
ALIVE = "document.title='ALIVE'"
PAYLOAD = (
    f"<script>{ALIVE}</script><img src=x onerror={ALIVE}><svg xmlns='http://www.w3.org/2000/svg' onload=\"{ALIVE}\"/>"
    f"<script xmlns='http://www.w3.org/1999/xhtml'>{ALIVE}</script>\u2028{ALIVE}\u2029<?php {ALIVE} ?><!--#exec cmd=id-->"
)
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{ALIVE}"><script>{ALIVE}</script><rect width="9" height="9"/></svg>'
WSDL = f'<?xml version="1.0"?><d xmlns:h="http://www.w3.org/1999/xhtml"><h:script>{ALIVE}</h:script></d>'
GUIDE = f"""---
title: 'x</title><script>{ALIVE}</script>'
description: '"><script>{ALIVE}</script>'
author: '"><script>{ALIVE}</script>'
---
# &lt;/title&gt;&lt;script&gt;{ALIVE}&lt;/script&gt; <script>{ALIVE}</script>

{PAYLOAD}

<script src="../evil.js"></script><script src="../../api/catalog/entities/by-name/component/default/evil.js"></script>
<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">
<iframe srcdoc="<script>parent.{ALIVE}</script>"></iframe><object data="evil.svg"></object>
<div id="__config">{{"base": "https://evil.example/"}}</div><a href="javascript:{ALIVE}" id="click">x</a>
<form action="https://evil.example/"><button formaction="javascript:{ALIVE}">y</button></form>

## <img src=x onerror={ALIVE}> {{#a onclick={ALIVE} }}

[z](javascript:{ALIVE}){{ onclick="{ALIVE}" style="x" }} qzpolicyzq qzcontentzq
"""


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory):
    """A site with each of these names, definitions, guides and files next to guides."""
    portal = tmp_path_factory.mktemp("hostile")
    spec = {"type": "service", "lifecycle": PAYLOAD, "owner": "team-shop"}
    entities = [
        {
            "apiVersion": "backstage.io/v1alpha1",
            "kind": "Component",
            "metadata": {"name": f"evil.{end}", "description": PAYLOAD},
            "spec": spec,
        }
        for end in ENDS
    ]
    entities += [
        {"apiVersion": "backstage.io/v1alpha1", "kind": "API", "metadata": {"name": f"api-{kind}"},
         "spec": {"type": kind, "lifecycle": "x", "owner": "team-shop", "definition": WSDL + PAYLOAD}}
        for kind in ("wsdl", "html", "openapi", "graphql", "trpc", "svg", "../x.html")
    ]  # fmt: skip
    write(portal, evil=yaml.safe_dump_all(entities, allow_unicode=True))
    guides = portal / "guides"
    guides.mkdir()
    for end in ENDS:
        (guides / f"evil.{end}").write_text(SVG if end == "svg" else WSDL if end in {"xml", "xhtml"} else ALIVE if "js" in end else PAYLOAD)
    (guides / "evil.md").write_text(GUIDE)
    (guides / "index.md").write_text('# Guides\n\nA good one.\n\n=== "A"\n    One\n=== "B"\n    Two\n\n![drawing](evil.svg)\n')
    (guides / "nav.yaml").write_text(
        yaml.safe_dump(["index.md", {f"<script>{ALIVE}</script>": [{f"<img src=x onerror={ALIVE}>": "evil.md"}]}])
    )
    done = callboard(portal, "build")
    assert (portal / "site/index.html").is_file(), done.stderr
    assert "Traceback" not in done.stderr
    return portal / "site"


def _port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _program(name):
    found = shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
    if not found:
        (pytest.fail if FULL else pytest.skip)(f"needs {name}: apt-get install {name}")
    return found


def _recipe(language):
    """The configuration in the manual."""
    return re.search(rf"```{language}\n(.*?)```", (ROOT / "docs/how-to/host-the-site.md").read_text(), re.DOTALL)[1]


def _nginx(folder, site, port, server):
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; user root;\nevents {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; {server} }}\n"
    )
    return [_program("nginx"), "-c", folder / "nginx.conf"]


def nginx_of_the_manual(folder, site, port):
    server = _recipe("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace("/srv/portal/site", str(site))
    return _nginx(folder, site, port, server)


def nginx_as_installed(folder, site, port):
    return _nginx(folder, site, port, f"server {{ listen 127.0.0.1:{port}; root {site}; }}")


def lighttpd_of_the_manual(folder, site, port):
    recipe = _recipe("lighttpd").replace("server.port = 80", f'server.port = {port}\nserver.bind = "127.0.0.1"')
    (folder / "lighttpd.conf").write_text(recipe.replace("/srv/portal/site", str(site)))
    return [_program("lighttpd"), "-D", "-f", folder / "lighttpd.conf"]


def python_by_extension(folder, site, port):
    return [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", site, str(port)]


def preview(folder, site, port):
    return [sys.executable, "-m", "callboard", "serve", "--port", str(port)]


@pytest.fixture(
    params=[
        nginx_as_installed,
        preview,
        *(pytest.param(server, marks=EVERY_CASE) for server in (nginx_of_the_manual, lighttpd_of_the_manual, python_by_extension)),
    ],
    ids=lambda server: server.__name__,
)
def address(request, site, tmp_path):
    """The site behind one of the servers."""
    port = _port()
    command = request.param(tmp_path, site, port)
    environ = os.environ | {"HOME": str(tmp_path)}
    with subprocess.Popen(command, cwd=site.parent, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


def _wait_for(port, server):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None, "the server has ended"
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("the server did not start")


def test_no_file_with_a_name_of_an_author_runs_a_script_behind_any_server(chromium, site, address):
    """Each file is opened as a page: alone, its type is all that keeps what it holds from running."""
    paths = [path.relative_to(site).as_posix() for path in sorted(site.rglob("*")) if path.is_file()]
    chosen = [p for p in paths if "evil" in p or "/api-" in p or p.startswith("guides/") or p.endswith((".json", ".jsonl", ".xml"))]
    assert sum("by-name" in path for path in chosen) >= len(ENDS)
    if not LONG:  # servers derive the type from the end of the name: one file of each end in each part of the site
        chosen = [*{(*path.split("/")[:-1][:2], path.rpartition(".")[2]): path for path in chosen}.values()]
    context = chromium.new_context(accept_downloads=False)
    context.set_default_timeout(10_000)
    page = context.new_page()
    reached, alive = [], []
    page.on("dialog", lambda dialog: alive.append(dialog.message))
    page.on("request", lambda asked: alive.append(asked.url) if "evil.example" in asked.url else None)
    for path in chosen:
        reached.append(path)
        _open(page, address + quote(path.removesuffix("index.html")))
        if page.title() == "ALIVE":
            alive.append(path)
    context.close()
    assert len(reached) > len(ENDS) + 20
    assert alive == []


def _open(page, url):
    api = sys.modules["playwright.sync_api"]
    try:
        page.goto(url, wait_until="load")
    except api.Error as error:
        if not re.search("ERR_ABORTED|Download is starting|interrupted by another navigation", str(error)):  # a file that is saved
            raise


def test_a_page_of_a_hostile_guide_has_no_element_that_acts_and_its_controls_are_the_themes(chromium, site, address):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}guides/evil/", wait_until="load")
    page.wait_for_timeout(300)
    assert page.title() != "ALIVE"
    assert page.url == f"{address}guides/evil/"
    article = page.locator("article")
    assert article.locator("script, iframe, object, form, button[formaction], meta, base").count() == 0
    assert page.locator("[id=__config]").count() == 1
    page.goto(f"{address}guides/", wait_until="load")
    assert page.locator(".tabbed-set input").count() == 2
    assert page.evaluate("() => [...document.images].every(image => image.naturalWidth > 0)")
    context.close()
