"""Guides with links to entities and with blocks: filled in, checked, listed at their targets, and made again only if these change."""

import os
import re
from datetime import UTC, datetime, timedelta

import pytest

from callboard.io.clock import Meter
from callboard.pipeline import BuildRequest, build
from callboard.plugins.portal_settings import read_settings
from support import shared_caches
from support.portal import LEDGER, ORG, SHOP, digests, write

pytestmark = pytest.mark.long

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
GUIDE = """\
---
title: "Start \ue0f8table.ZmlsdGVyOiBraW5kOmFwaQ==\ue0f6"
---
# Start here

The [](component:shop), <system:retail> and [books](component:default/ledger/index.md#balance).
Wrong: [](component:shpo), [x](component:ledger/none.md) and <a href="component:shop/">raw</a>. <compnent:shop>
Code: `[](component:none)`.

```markdown
[](component:none)
```

```callboard-table
filter: kind:component
columns: owner, lifecycle
```

- In a list:

    ```callboard-figure
    title: Things
    filter: owner:team-shop
    ```

```callboard-graph
entity: component:shop
```

```callboard-table
filter: kind:component ownr:x
```

<p title="&#xe0f8;table.ZmlsdGVyOiBraW5kOmFwaQ==&#xe0f6;">&#xe0f8;table.ZmlsdGVyOiBraW5kOmFwaQ==&#xe0f6;</p>
"""
DOCUMENTED = LEDGER.replace("name: ledger,", "name: ledger, annotations: {backstage.io/techdocs-ref: 'dir:.'},")


def built(folder, hours=0):
    settings = read_settings(folder / "sources.yaml", {})
    return build(BuildRequest(settings, folder / "site", NOW + timedelta(hours=hours), os.environ), Meter())


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("guided") / "portal", shop=SHOP, ledger=DOCUMENTED, org=ORG)
    (folder / "guides/how").mkdir(parents=True)
    (folder / "guides/how/start.md").write_text(GUIDE)
    (folder / "guides/plain.md").write_text("# Plain\n\nWords.\n")
    (folder / "repositories/ledger/docs").mkdir()
    (folder / "repositories/ledger/docs/index.md").write_text("# Ledger\n\n## Balance\n")
    with shared_caches.lent(folder):
        result = built(folder)
    return folder, result


def page(folder, path="guides/how/start"):
    return (folder / "site" / path / "index.html").read_text()


def test_links_have_addresses_and_titles_and_wrong_ones_have_none(portal):
    html = page(portal[0])
    assert '<a href="../../../catalog/default/component/shop/">shop</a>' in html
    assert '<a href="../../../catalog/default/system/retail/">retail</a>' in html
    assert '<a href="../../../docs/default/component/ledger/#balance">books</a>' in html
    assert '<a class="cb-broken">component:shpo</a>' in html
    assert "compnent:shop" in html
    assert "<code>[](component:none)</code>" in html
    assert re.search("[\ue000-\uf8ff]", html) is None


def test_blocks_stand_where_they_are_written_and_nowhere_else(portal):
    html = page(portal[0])
    assert re.findall('data-block="([a-z]+)"', html) == ["table", "figure", "graph", "table"]
    assert re.search('<table class="cb-table.*?>ledger<.*?>shop<', html, re.DOTALL)
    assert "<strong>3</strong>" in html
    assert "A filter has no field" in html
    assert "<title>Start" in html
    assert "cb-block" not in html.partition("<article")[0]


def test_what_is_wrong_is_a_problem_with_its_line(portal):
    found = {
        (problem.code, problem.span.line, problem.span.column) for problem in portal[1].problems if problem.origin.path.startswith("guides")
    }
    assert found == {("DOC001", 7, 11), ("DOC001", 7, 32), ("DOC001", 7, 71), ("DOC001", 7, 98), ("DOC017", 31, 1)}


def test_an_entity_and_its_documentation_name_the_guides_that_link_to_them(portal):
    for name in ("component/shop", "component/ledger", "system/retail"):
        assert 'href="../../../../guides/how/start/"' in page(portal[0], f"catalog/default/{name}"), name


def test_a_guide_is_made_again_only_if_what_it_shows_has_changed(portal):
    folder = portal[0]
    ledger = folder / "repositories/ledger/catalog-info.yaml"
    before = digests(folder / "site")
    ledger.write_text(ledger.read_text().replace("Keeps the books.", "Keeps all books."))
    built(folder, 1)
    described = digests(folder / "site")
    assert {path for path in described if path.startswith("guides/") and described[path] != before[path]} == set()
    ledger.write_text(ledger.read_text().replace("name: ledger,", "name: ledger, title: The books,"))
    built(folder, 2)
    titled = digests(folder / "site")
    assert {path for path in titled if path.startswith("guides/") and titled[path] != described[path]} == {"guides/how/start/index.html"}
    assert ">The books<" in page(folder)
