"""A definition changes between two builds: the API's page, its consumers, /changes/, feeds and `diff` say what breaks, and for whom."""

import json
import re

import pytest

from support.portal import callboard, write

pytestmark = pytest.mark.long
API = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: orders-api, description: Orders.}
spec:
  type: openapi
  lifecycle: production
  owner: team-shop
  definition:
    $text: ./openapi.yaml
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: desk, description: Uses orders.}
spec: {type: website, lifecycle: production, owner: team-books, consumesApis: [orders-api]}
"""
DEFINITION = """\
openapi: 3.0.3
info: {title: Orders, version: 1.0.0}
paths:
  /orders:
    get:
      parameters: [{name: shop, in: query, schema: {type: string}}]
      responses: {'200': {description: ok, content: {application/json: {schema: {type: object, properties: {id: {type: string}}}}}}}
"""
BROKEN = DEFINITION.replace("id: {type: string}", "id: {type: integer}").replace(
    "name: shop, in: query", "name: shop, in: query, required: true"
)


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("portal"), api=API)
    (folder / "repositories/api/openapi.yaml").write_text(DEFINITION)
    return folder


def build(folder, day, text=None, settings=""):
    if text is not None:
        (folder / "repositories/api/openapi.yaml").write_text(text)
    sources = folder / "sources.yaml"
    sources.write_text(sources.read_text().partition("api_changes:")[0] + settings)
    done = callboard(folder, "build", "--now", f"2026-05-{day}T02:00:00Z")
    assert done.returncode == 0, done.stderr
    return lambda path: (folder / "site" / path).read_text()


def test_what_breaks_consumers_is_told_for_each_build(portal):
    build(portal, 10)
    consumers_hear_what_breaks_them(portal)
    what_was_agreed_does_not_count(portal)
    an_unreadable_definition_is_no_change(portal)


def consumers_hear_what_breaks_them(portal):
    site = build(portal, 11, BROKEN)
    page = site("catalog/default/api/orders-api/index.html")
    assert "Changes of the API" in page
    for words in ("parameter-became-required", "query shop: ", "type changed: string → integer", "the version was not raised"):
        assert words in page
    assert re.search(r'<a href="\.\./orders-api/reference/#op-get-orders"><code><bdi>GET /orders</bdi></code></a> <span', page)
    assert "desk" in page[page.index("Consumers of this API") :]
    assert "uses an API that changed incompatibly" in site("catalog/default/component/desk/index.html")
    assert "uses an API that changed incompatibly" in site("changes/default/team-books/feed.xml")
    assert "breaking change" in site("changes/index.html")
    assert "breaking change" in site("changes/feed.xml")
    again = build(portal, 12)
    assert "parameter-became-required" in again("catalog/default/api/orders-api/index.html")


def what_was_agreed_does_not_count(portal):
    agreed = """api_changes:
  ignore: [parameter-became-optional]
  exceptions: [{api: orders-api, reason: All consumers know., until: 2026-06-01}]
"""
    build(portal, 13, DEFINITION, agreed)
    page = (portal / "site/catalog/default/api/orders-api/index.html").read_text()
    newest = page[page.index("2026-05-13") : page.index("2026-05-11")]
    assert "changes that do not count" in newest
    assert "All consumers know." in newest
    assert "breaking change" not in newest
    site = build(portal, 14, BROKEN, agreed.replace("2026-06-01", "2026-05-13"))
    assert "breaking change" in site("catalog/default/api/orders-api/index.html").partition("2026-05-13")[0]


def an_unreadable_definition_is_no_change(portal):
    site = build(portal, 20, "openapi: 3.0.3\npaths: [")
    assert "2026-05-20" not in _changelog(site)
    site = build(portal, 21, DEFINITION)
    assert "definition not compared" in _changelog(site)


def _changelog(site):
    page = site("catalog/default/api/orders-api/index.html")
    return page[page.index("Changes of the API") : page.index("Consumers of this API")]


def test_a_rule_that_does_not_exist_is_an_error_with_its_place(portal):
    sources = portal / "sources.yaml"
    before = sources.read_text()
    sources.write_text(before.partition("api_changes:")[0] + "api_changes: {ignore: [type-change]}\n")
    done = callboard(portal, "build")
    assert done.returncode != 0
    assert "type-changed" in done.stderr
    sources.write_text(before)


def test_the_command_tells_a_pipeline_what_breaks(portal):
    (portal / "old.yaml").write_text(DEFINITION)
    (portal / "new.yaml").write_text(BROKEN)
    broken = callboard(portal, "api-diff", "old.yaml", "new.yaml")
    assert broken.returncode == 1
    assert "GET /orders query shop: parameter became required" in broken.stdout
    found = json.loads(callboard(portal, "api-diff", "old.yaml", "new.yaml", "--format", "json").stdout)
    assert [(each["rule"], each["level"]) for each in found["changes"]] == [
        ("type-changed", "breaking"),
        ("parameter-became-required", "breaking"),
    ]
    assert callboard(portal, "api-diff", "new.yaml", "new.yaml").returncode == 0
    assert "### 2 breaking changes" in callboard(portal, "api-diff", "old.yaml", "new.yaml", "--format", "markdown").stdout
    (portal / "bad.yaml").write_text("hello")
    bad = callboard(portal, "api-diff", "old.yaml", "bad.yaml")
    assert (bad.returncode, bad.stderr.strip().partition(": ")[0]) == (2, "bad.yaml")
