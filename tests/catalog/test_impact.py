"""The impact of an entity: who is affected, how far away, and when its digest says that nothing changed."""

from itertools import accumulate

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_linking import ENTITIES

from callboard.catalog import dependencies, organization
from callboard.catalog.impact import MAX_STEPS, Affected, Impacts
from callboard.catalog.names import names_index, relations_index
from catalog_builders import catalog_of, ref

SHOP = (
    "resource:db owner=data", "component:bank owner=money dependsOn=[resource:db] providesApis=[pay]",
    "component:shop owner=web consumesApis=[pay]", "component:app owner=web dependsOn=[component:shop]",
    "component:tool dependsOn=[component:bank]",
)  # fmt: skip


def test_impact_is_told_by_team_the_nearest_first_with_the_distance_of_each_entity():
    impact = Impacts.of(catalog_of(*SHOP))[ref("resource:db")]
    assert (impact.total, impact.truncated) == (4, False)
    assert [(team.team, team.entities) for team in impact.teams] == [
        (ref("group:money"), (Affected(ref("bank"), 1),)),
        (ref("group:web"), (Affected(ref("shop"), 2), Affected(ref("app"), 3))),
        (None, (Affected(ref("tool"), 2),)),
    ]
    assert [(team.nearest, team.farthest) for team in impact.teams] == [(1, 1), (2, 3), (2, 2)]


@pytest.mark.parametrize(("length", "total", "truncated"), [(5, 5, False), (6, 5, True)])
def test_impact_says_that_more_lies_beyond_its_steps(length, total, truncated):
    chain = [f"component:c{i + 1} dependsOn=[component:c{i}]" for i in range(length)]
    impact = Impacts.of(catalog_of("component:c0", *chain))[ref("c0")]
    assert (impact.total, impact.truncated) == (total, truncated)


@pytest.mark.parametrize(("count", "total", "truncated"), [(3, 3, False), (4, 3, True), (9, 3, True)])
def test_impact_says_that_it_found_more_than_it_tells(count, total, truncated):
    many = [f"component:c{i} dependsOn=[component:core]" for i in range(count)]
    impact = Impacts.of(catalog_of("component:core", *many)).limited(max_entities=3)[ref("core")]
    assert (impact.total, impact.truncated) == (total, truncated)


@given(ENTITIES)
def test_distances_are_those_of_a_breadth_first_search(texts):
    catalog = catalog_of(*texts)
    graph = nx.DiGraph()
    graph.add_nodes_from(catalog.entities)
    for name in catalog.entities:
        graph.add_edges_from((name, each.ref) for each in dependencies.dependents(catalog, name) if each.ref in catalog.entities)
    for name, impact in Impacts.of(catalog).items():
        everything = nx.single_source_shortest_path_length(graph, name)
        distances = {each: steps for each, steps in everything.items() if 0 < steps <= MAX_STEPS}
        assert {each.ref: each.steps for team in impact.teams for each in team.entities} == distances
        assert all(organization.owner(catalog, each.ref) == team.team for team in impact.teams for each in team.entities)
        assert (impact.total, impact.truncated) == (len(distances), len(everything) - 1 > len(distances))


@given(st.lists(ENTITIES, min_size=2, max_size=2))
def test_an_impact_that_changed_has_another_digest(pair):
    before, after = (Impacts.of(catalog_of(*texts)) for texts in pair)
    old, new = before.digests(), after.digests()
    assert [name for name in old.keys() & new.keys() if old[name] == new[name] and before[name] != after[name]] == []


@pytest.mark.parametrize(
    ("edited", "changed"),
    [
        (("component:app owner=web", "component:app owner=money"), {"resource:db", "api:pay", "bank", "shop", "app"}),
        ((" dependsOn=[component:shop]", ""), {"resource:db", "bank", "shop"}),
        (("component:tool dependsOn=[component:bank]", "component:tool"), {"resource:db", "bank"}),
        (("component:tool", "component:spoon"), {"resource:db", "bank"}),
    ],
)
def test_a_change_reaches_the_digests_of_what_it_depends_on_and_no_others(edited, changed):
    before = Impacts.of(catalog_of(*SHOP)).digests()
    after = Impacts.of(catalog_of(*(text.replace(*edited) for text in SHOP))).digests()
    same = before.keys() & after.keys()
    assert {name for name in same if before[name] != after[name]} == {ref(name) for name in changed} & same


def test_a_change_beyond_the_steps_that_are_shown_reaches_a_digest_only_where_it_says_that_there_is_more():
    def digest(length):
        chain = [f"component:c{i + 1} dependsOn=[component:c{i}]" for i in range(length)]
        return Impacts.of(catalog_of("component:c0", *chain)).digests()[ref("c0")]

    assert digest(MAX_STEPS) != digest(MAX_STEPS + 1) == digest(MAX_STEPS + 2)


def test_relations_are_published_as_differences_of_rows():
    catalog = catalog_of(*SHOP)
    rows = dict(enumerate(catalog.entities))
    published = relations_index(catalog)
    assert published["digest"] == names_index(catalog)["digest"]
    decoded = {rows[i]: {rows[row] for row in accumulate(differences)} for i, differences in enumerate(published["dependents"])}
    assert decoded == {name: {each.ref for each in dependencies.dependents(catalog, name)} for name in catalog.entities}
