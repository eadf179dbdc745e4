"""A part of the catalog is judged by the names of elsewhere."""

from callboard.catalog.linking import link
from catalog_builders import KINDS, codes, make, ref


def problems(*texts, elsewhere):
    return link([make(text) for text in texts], KINDS, is_complete=False, external_refs=elsewhere)[1]


def test_without_names_of_elsewhere_no_reference_is_judged():
    assert codes(problems("component:shop owner=team-web", elsewhere=None)) == []


def test_a_reference_to_something_elsewhere_is_no_problem():
    assert codes(problems("component:shop owner=team-web", elsewhere={ref("group:team-web")})) == []


def test_a_reference_to_nothing_is_told_with_the_nearest_name_of_elsewhere():
    [problem] = problems("component:shop owner=team-wbe", elsewhere={ref("group:team-web")})
    assert (problem.code, problem.hint) == ("REF001", "Did you mean `team-web`?")


def test_an_owner_of_elsewhere_that_is_no_group_is_told():
    assert codes(problems("component:shop owner=system:web", elsewhere={ref("system:web")})) == ["OWN002"]


def test_a_dependency_without_a_kind_is_looked_up_elsewhere():
    [problem] = problems("component:shop owner=group:web dependsOn=[orders-db]", elsewhere={ref("group:web"), ref("resource:orders-db")})
    assert (problem.code, problem.hint) == ("REF002", "Write `resource:orders-db`.")


def test_what_only_the_whole_catalog_can_tell_is_not_told():
    found = problems("api:orders owner=web", "group:web", "resource:db owner=web", elsewhere=set())
    assert not {"API001", "GRP001", "ORP001"} & set(codes(found))
