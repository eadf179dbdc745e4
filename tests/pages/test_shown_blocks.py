"""Blocks of texts → tables, figures and graphs of the catalog, and pages that are made again only if these change."""

import dataclasses

import pytest
from page_builders import RENDERER, shared_context

from callboard.catalog.facets import CatalogFacets
from callboard.catalog.names import names_index
from callboard.documentation.blocks import DocumentBlock
from callboard.pages.blocks.results import BlockResults
from callboard.pages.documents import plan as documents
from callboard.pages.documents.context import documents_context
from callboard.pages.documents.navigation import WHOLE_FOLDER
from callboard.settings.settings import DocsSettings
from catalog_builders import catalog_of
from support.documented_portal import PAYMENTS, DocumentedPortal

SHOP = (
    "component:shop type=service lifecycle=production owner=team-a system=retail dependsOn=[resource:db]",
    "component:web type=website lifecycle=experimental owner=team-b dependsOn=[component:shop]",
    "component:old type=service lifecycle=deprecated owner=gone",
    "resource:db type=database owner=team-a",
    "system:retail owner=team-a",
    "group:team-a type=team children=[]",
    "group:team-b type=team children=[]",
)


def results_of(*texts):
    catalog = catalog_of(*texts)
    context = shared_context(catalog)
    return BlockResults(context, lambda: CatalogFacets(catalog, names_index(catalog), {}, context.labels))


@pytest.fixture(scope="module")
def results():
    return results_of(*SHOP)


def shown(results, kind, text):
    return results.of(DocumentBlock(kind, text, 1))


def names(result):
    return [row.link.name for row in result.rows]


def test_a_table_has_the_selected_entities_in_the_order_and_the_number_that_are_asked_for(results):
    table = shown(results, "table", "filter: kind:component\ncolumns: lifecycle, system, type")
    assert names(table) == ["old", "shop", "web"]
    assert table.columns == ("Lifecycle", "System", "Type")
    assert [cell.text or (cell.state and cell.state.text) or (cell.link and cell.link.name) for cell in table.rows[1].cells] == [
        "production", "retail", "service",
    ]  # fmt: skip
    assert names(shown(results, "table", "filter: kind:component\nsort: -name\nlimit: 2")) == ["web", "shop"]
    assert names(shown(results, "table", "filter: kind:component\nsort: system")) == ["shop", "old", "web"], "without a value last"
    assert names(shown(results, "table", "filter: kind:component we")) == ["web"]
    assert names(shown(results, "table", "filter: component:default/web")) == ["web"]


def test_a_figure_counts_as_a_whole_or_by_a_field(results):
    assert shown(results, "figure", "filter: kind:component,resource").count == 4
    bars = shown(results, "figure", "filter: kind:component\nby: lifecycle").bars
    assert [(bar.label, bar.number, bar.share) for bar in bars] == [
        ("deprecated", 1, 100),
        ("experimental", 1, 100),
        ("production", 1, 100),
    ]
    assert bars[0].path == "catalog/?kind=component&lifecycle=deprecated"
    assert [bar.label for bar in shown(results, "figure", "filter: owner:team-a\nby: owner").bars] == ["team-a"]


def test_a_graph_has_an_entity_with_its_neighbours_or_the_selected_ones_within_bounds(results):
    around = shown(results, "graph", "entity: shop").graph
    assert {node.label for node in around.nodes} >= {"shop", "db", "web", "retail"}
    among = shown(results, "graph", "filter: kind:component,resource").graph
    assert {(edge.tail.name, edge.head.name) for edge in among.edges} == {("shop", "db"), ("web", "shop")}
    few = shown(results, "graph", "filter: kind:component,resource\nlimit: 2").graph
    assert len(few.nodes) == 2
    assert few.nodes[-1].label == "3 more"


@pytest.mark.parametrize(
    ("kind", "text", "message", "line"),
    [
        ("table", "filter: ownr:x", "a filter has no field `ownr`", 1),
        ("table", "title: x\nfilter: owner:team-x kind:component", "no entity has the owner `team-x`", 2),
        ("table", "filter: kind:component health:trouble", "this portal has no health", 1),
        ("graph", "entity: component:shp", "the catalog has no entity `component:default/shp`", 0),
    ],
)
def test_what_is_wrong_is_a_fault_with_its_line_and_is_said_in_place(results, kind, text, message, line):
    block = DocumentBlock(kind, text, 1)
    assert [(fault.message, fault.line) for fault in results.faults(block)] == [(message, line)]
    result = results.of(block)
    assert result.error or result.notes
    assert list(results.faults(DocumentBlock("table", "filter: kind:component owner:team-a", 1))) == []


TEXT = (
    "# A\n\nBefore.\n\n```callboard-table\nfilter: kind:component\n```\n\n```callboard-graph\nentity: component:payments\n```\n\nBehind.\n"
)


def set_pages(folder, *, blocks=True, title="other"):
    portal = DocumentedPortal(folder).entity(ref="dir:.").entity("other")
    portal.write(**{"docs/index.md": TEXT, "docs/plain.md": "# B"})
    built = portal.built()
    other = next(ref for ref in portal.catalog.entities if ref.name == "other")
    entity = portal.catalog.entities[other]
    entities = {**portal.catalog.entities, other: dataclasses.replace(entity, metadata={**entity.metadata, "title": title})}
    catalog = dataclasses.replace(portal.catalog, entities=entities)
    shared = shared_context(catalog)
    settings = dataclasses.replace(shared.settings, docs=DocsSettings(blocks=blocks))
    page = dataclasses.replace(shared, settings=settings, trees=portal.trees)
    results = BlockResults(page, lambda: CatalogFacets(catalog, names_index(catalog), {}, page.labels))
    context = documents_context(page, built, results)
    return {each.path: each for each in documents.plan(context)}, documents.fingerprints(context)


START = "docs/default/component/payments/"


def test_a_page_of_a_set_shows_its_blocks_if_the_portal_says_so(tmp_path):
    pages, _ = set_pages(tmp_path)
    html = RENDERER.render(pages[START], pages[START].view())
    before, _, rest = html.partition('data-block="table"')
    assert "Before." in before
    assert rest.index(">other<") < rest.index('data-block="graph"') < rest.index("Behind.")
    whole = RENDERER.render(pages[START + WHOLE_FOLDER], pages[START + WHOLE_FOLDER].view())
    assert whole.count("data-block=") == 2
    closed, _ = set_pages(tmp_path, blocks=False)
    html = RENDERER.render(closed[START], closed[START].view())
    assert "docs.blocks" in html
    assert "filter: kind:component</code>" in html
    assert ">other<" not in html


def test_a_page_is_made_again_only_if_the_result_of_one_of_its_blocks_has_changed(tmp_path):
    (_, first), (_, same), (_, other) = set_pages(tmp_path), set_pages(tmp_path), set_pages(tmp_path, title="b")
    assert first == same
    changed = {key[1] for key in first if first[key] != other[key]}
    assert changed == {f"{PAYMENTS} index.md"}
