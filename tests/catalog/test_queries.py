"""Filters as people type them, or as URLs of the table → entities. ``tests/browser/test_filters.py`` compares them with the browser's."""

import pytest

from callboard.catalog.facets import CatalogFacets
from callboard.catalog.names import names_index
from callboard.catalog.query import Term, matching_rows, read_query, select, table_address
from callboard.website.labels import builtin_labels
from callboard.website.portal_files import find_portal_files
from catalog_builders import catalog_of

CATALOG = catalog_of(
    "component:shop type=service lifecycle=production owner=team-a system=retail dependsOn=[resource:db]",
    "component:web type=website lifecycle=experimental owner=team-b",
    "component:old type=service lifecycle=deprecated owner=gone",
    "resource:db type=database owner=team-a",
    "system:retail owner=team-a",
    "group:top type=unit children=[team-a,team-b]",
    "group:team-a type=team children=[]",
    "group:team-b type=team children=[]",
)


@pytest.fixture(scope="module")
def facets(tmp_path_factory):
    labels = builtin_labels(find_portal_files(tmp_path_factory.mktemp("portal")).templates[-1])
    return CatalogFacets(CATALOG, names_index(CATALOG), {}, labels)


def found(query, facets):
    selection = select(read_query(query), facets)
    refs = tuple(CATALOG.entities)
    return " ".join(refs[row].name for row in matching_rows(selection, facets, len(refs)))


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("kind:component", "old shop web"),
        ("KIND:Component OWNER:team-a", "shop"),
        ("kind:component,resource owner:team-a", "shop db"),
        ("kind:component owner:team-a owner:team-b", "shop web"),
        ("type:service lifecycle:production", "shop"),
        ("lifecycle:none kind:component,system", "retail"),
        ("owner:none", "old"),
        ("owner:gone", "old"),
        ("system:none kind:component", "old web"),
        ('system:"system:default/retail"', "shop"),
        ("team:top kind:component", "shop web"),
        ("dependents:some", "db"),
        ("problems:none kind:group", "team-a team-b top"),
        ("kind:comp", "old shop web"),
        ("?kind=component&owner=group:default/team-a&owner=group:default/team-b", "shop web"),
        ("https://portal.example/catalog/?kind=~all&q=owner:team-b", "web"),
        ("kind:nothing", ""),
    ],
)
def test_a_filter_selects_as_the_table_does(typed, names, facets):
    assert found(typed, facets) == names


def test_what_is_no_term_is_a_word_and_a_reference_is_one_too():
    assert read_query("pay system:default/retail kind:api ment").text == "pay system:default/retail ment"
    assert read_query('tag:"tier 1",x').terms == (Term("tag", "tier 1"),)
    assert read_query("ownr:team-a kind:api").unknown_fields == ("ownr",)
    assert read_query("https://x.example:80/ component:default/shop").unknown_fields == ()


def test_a_value_that_no_entity_has_is_named(facets):
    assert select(read_query("owner:team-x kind:component"), facets).unmatched == (Term("owner", "team-x"),)
    assert select(read_query("health:trouble"), facets).unmatched == (Term("health", "trouble"),), "this portal has no such column"


def test_the_address_of_the_table_selects_the_same(facets):
    query = read_query('kind:component owner:team-a,team-b "shop"')
    address = table_address(query, select(query, facets), facets)
    assert address == "catalog/?q=%22shop%22&kind=component&owner=group:default/team-a&owner=group:default/team-b"
    assert table_address(read_query("lifecycle:production"), select(read_query("lifecycle:production"), facets), facets) == (
        "catalog/?lifecycle=production&kind=~all"
    )


def test_levels_and_scores_are_choices_as_in_the_browser(facets):
    count = len(CATALOG.entities)
    levels = {
        "names": ["safe", "known"], "titles": ["Safe", "Known"], "levels": [["Bronze", "Silver"], ["Low", "High", "All"]], "scores": [1],
        "of": [[2, 1, 0, *[-1] * (count - 3)], [49.5, 50, 100.0, *[-1] * (count - 3)]],
    }  # fmt: skip
    judged = CatalogFacets(CATALOG, names_index(CATALOG), {"levels": levels}, facets._labels)
    assert judged["level"].values == ("safe/none", "safe/bronze", "safe/silver", "known/below-50", "known/50-or-more", "known/100")
    assert judged["level"].rows[:4] == [(2, 3), (1, 4), (0, 5), ()]
    assert found("level:safe/silver", judged) == found("level:known/below-50", judged) == next(iter(CATALOG.entities)).name
