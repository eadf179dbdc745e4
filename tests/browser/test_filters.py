"""One grammar of filters: the search box and the table in the browser, and blocks in Markdown, select the same entities."""

import pytest
from small_site import documents

from callboard.catalog.facets import CatalogFacets
from callboard.catalog.linking import link
from callboard.catalog.names import names_index
from callboard.catalog.query import matching_rows, read_query, select
from callboard.descriptors.kinds import builtin_kinds
from callboard.website.labels import builtin_labels
from callboard.website.portal_files import find_portal_files
from catalog_builders import entity

pytestmark = pytest.mark.browser

QUERIES = [
    "kind:component", "kind:comp owner:team-orders", "owner:orders,web", "owner:none", "owner:team-gone", "lifecycle:production kind:api",
    "lifecycle:none", "type:service,library", "system:ordering", "system:none kind:component", "tag:java", "tags:tier", 'tag:"tier-1"',
    "tag:none", "problems:none", "problems:error,warning", "namespace:default", "team:shop kind:component", "team:none", "dependents:some",
    "dependents:none kind:component", "KIND:API,Group", 'owner:"Order"', "kind:~all", "system:default/ordering parcel", "kind:x owner:y",
    "?kind=component&owner=group:default/team-web", "?kind=component&kind=api&q=owner:orders x", "ownr:team", "type:<img",
]  # fmt: skip
ASK = """async (queries) => {
  const load = (name) => import(new URL(`assets/${name}.js`, location.href));
  const [{ loadNames, loadColumns }, { columnsOf }, { asked }] = await Promise.all(["names", "facet-columns", "filters"].map(load));
  const names = await loadNames(), columns = columnsOf(names, undefined, await loadColumns());
  return queries.map((query) => {
    const { text, chosen } = asked(new URLSearchParams(query.startsWith("?") ? query : { q: query }), columns);
    const typed = Object.entries(chosen).filter(([, choices]) => choices.size);
    const has = (row) => typed.every(([key, choices]) => [columns[key].of[row]].flat().some((choice) => choices.has(choice)));
    return [text, names.entries.filter((entry) => has(entry.i)).map((entry) => names.refOf(entry))];
  });
}"""


def test_the_build_and_the_browser_read_a_filter_alike(chromium, address, tmp_path):
    context = chromium.new_context()
    opened = context.new_page()
    opened.goto(address)
    in_browser = opened.evaluate(ASK, QUERIES)
    context.close()
    catalog, _ = link([entity(document) for document in documents(150)], builtin_kinds())
    index = opened_index(address)
    facets = CatalogFacets(
        catalog, names_index(catalog) | {"severity": index["severity"]}, {}, builtin_labels(find_portal_files(tmp_path).templates[-1])
    )
    refs = [str(ref) for ref in catalog.entities]
    for query, (text, selected) in zip(QUERIES, in_browser, strict=True):
        read = read_query(query)
        assert (read.text, [refs[row] for row in matching_rows(select(read, facets), facets, len(refs))]) == (text, selected), query
    assert sum(bool(selected) for _, selected in in_browser) > len(QUERIES) // 2


def opened_index(address):
    import json
    from urllib.request import urlopen

    with urlopen(f"{address}api/catalog/names.json") as answer:
        return json.load(answer)
