from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from callboard.catalog.linking import link
from callboard.catalog.merging import in_order, merge
from catalog_builders import KINDS, make, ref

PLACES = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["first", "second", "unlisted"]),
        "tree": st.sampled_from(["s", "t"]),
        "path": st.sampled_from(["a.yaml", "b.yaml"]),
        "document": st.integers(0, 2),
    }
)
NAMES = st.sampled_from(["component:a", "component:b owner=x", "component:b owner=y", "group:x"])
ARRIVING = st.lists(st.builds(lambda text, place: make(text, **place), NAMES, PLACES), max_size=8).flatmap(
    lambda made: st.tuples(st.just(made), st.permutations(made))
)


@given(ARRIVING)
def test_the_order_of_arrival_does_not_matter(arriving):
    one, other = (merge(entities, ["first", "second"]) for entities in arriving)
    assert one == other
    assert link(one.entities, KINDS) == link(other.entities, KINDS)


@given(ARRIVING)
def test_every_reference_stays_once_and_every_other_definition_is_told(arriving):
    merged = merge(arriving[1], ["first", "second"])
    entities, problems = merged.entities, merged.problems()
    assert {e.ref for e in entities} == {e.ref for e in arriving[0]}
    assert len({e.ref for e in entities}) == len(entities)
    assert len(entities) + len(problems) == len(arriving[0])


def test_precedence_is_source_tree_path_document():
    wanted = [
        make("component:a", source="z", tree="t", path="x.yaml", document=0),
        make("component:a", source="b", tree="s", path="y.yaml", document=1),
        make("component:a", source="b", tree="t", path="a.yaml", document=2),
        make("component:a", source="b", tree="t", path="b.yaml", document=1),
        make("component:a", source="b", tree="t", path="b.yaml", document=10),
        make("component:a", source="a", tree="t", path="a.yaml", document=0),
    ]
    assert list(in_order(reversed(wanted), ["z", "b"])) == wanted


def test_a_duplicate_names_both_places_and_whether_they_differ():
    kept = make("component:shop owner=web", path="a.yaml", repository="one")
    other = replace(make("component:SHOP", path="b.yaml", repository="two", document=3, line=20), digest="other")
    [problem] = merge([other, kept], ["here"]).problems()
    assert (problem.origin, problem.subject, problem.span.line) == (other.origin, ref("shop"), 22)
    assert [(r.origin, r.span.line) for r in problem.related] == [(kept.origin, 3)]
    assert problem.message == "component:default/shop is already defined in one/a.yaml:3; this descriptor is left out."
    assert problem.hint == "Rename one of the two, or remove it."
    [same] = merge([kept, replace(kept, origin=other.origin)], ["here"]).problems()
    assert same.hint == "Remove one of the two: they are identical."
