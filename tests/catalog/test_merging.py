from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.catalog.linking import check_left_out, link
from callboard.catalog.merging import assigned, in_order, merge
from callboard.catalog.problem_assignment import with_responsible
from callboard.model.problem import Problem, Severity
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
    one, other = (merge(entities, ["first", "second"], KINDS) for entities in arriving)
    assert one == other
    assert link(one.entities, KINDS) == link(other.entities, KINDS)


@given(ARRIVING)
def test_every_reference_stays_once_and_every_other_definition_is_told(arriving):
    merged = merge(arriving[1], ["first", "second"], KINDS)
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
    assert list(in_order(reversed(wanted), ["z", "b"], KINDS)) == wanted


def test_a_duplicate_names_both_places_and_whether_they_differ():
    kept = make("component:shop owner=web", path="a.yaml", repository="one")
    other = replace(make("component:SHOP", path="b.yaml", repository="two", document=3, line=20), digest="other")
    [problem] = merge([other, kept], ["here"], KINDS).problems()
    assert (problem.origin, problem.subject, problem.span.line) == (other.origin, ref("shop"), 22)
    assert [(r.origin, r.span.line) for r in problem.related] == [(kept.origin, 3)]
    assert problem.message == "component:default/shop is already defined in one/a.yaml:3; this descriptor is left out."
    assert problem.hint == "Rename one of the two, or remove it."
    [same] = merge([kept, replace(kept, origin=other.origin)], ["here"], KINDS).problems()
    assert same.hint == "Remove one of the two: they are identical."


ERROR = Problem("SPC001", Severity.ERROR, "A Component needs spec.owner.", field="spec.owner")
WARNING = Problem("SPC003", Severity.WARNING, "Empty.", field="spec.system")


def of(entity, problem):
    """The problem at the document of an entity."""
    return replace(problem, origin=entity.origin, subject=entity.ref)


@pytest.mark.parametrize(
    ("problems_of_first", "problems_of_second", "kept"),
    [
        ([ERROR], [], 1),  # dup-invalid-wins: Backstage refuses the first, and never shows it
        ([ERROR], [WARNING], 1),
        ([WARNING], [], 0),
        ([], [ERROR], 0),
        ([ERROR], [ERROR], 0),
    ],
)
def test_of_duplicates_one_that_is_valid_is_kept(problems_of_first, problems_of_second, kept):
    both = [make("component:shop owner=web", tree="a"), make("component:shop owner=web", tree="b")]
    problems = [of(both[0], p) for p in problems_of_first] + [of(both[1], p) for p in problems_of_second]
    assert merge(both, ["here"], KINDS, problems).entities == (both[kept],)


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("component:shop dependsOn=[db]", "component:shop", 1),  # REF002
        ("component:shop dependencyOf=[db]", "component:shop", 1),
        ("component:shop owner='group:'", "component:shop owner=web", 1),  # REF003
        ("component:shop providesApis=['/a']", "component:shop", 1),
        ("group:shop parent='a/'", "group:shop", 1),
        ("component:shop dependsOn=[db]", "component:shop dependsOn=[db]", 0),
        ("component:shop dependsOn=[resource:db]", "component:shop", 0),
        ("component:shop owner=nobody", "component:shop", 0),  # dangles, which Backstage accepts
    ],
)
def test_of_duplicates_one_whose_references_backstage_accepts_is_kept(first, second, kept):
    both = [make(first, tree="a"), make(second, tree="b")]
    merged = merge(both, ["here"], KINDS)
    assert merged.entities == (both[kept],)
    assert merged.left_out == (both[1 - kept],)


def test_references_that_refuse_a_left_out_duplicate_are_reported_at_its_file():
    kept, other = (
        make("component:shop"),
        make("component:shop dependsOn=[db,'component:x'] owner='group:' system=gone", path="b.yaml", tree="b"),
    )
    merged = merge([other, kept, make("resource:db")], ["here"], KINDS)
    catalog = link(merged.entities, KINDS)[0]
    found = assigned(check_left_out(merged.left_out, KINDS, catalog.entities), merged, catalog)
    assert [(p.code, p.subject, p.origin.path, p.field, bool(p.span)) for p in found] == [
        ("REF003", None, "b.yaml", "spec.owner", True),
        ("REF002", None, "b.yaml", "spec.dependsOn[0]", True),
    ]
    assert found[1].hint == "Write `resource:db`."


def test_an_error_of_another_document_of_the_file_does_not_count():
    both = [make("component:shop owner=web", tree="a"), make("component:shop owner=web", tree="b")]
    neighbour = make("component:other", tree="a", document=1)
    assert merge(both, ["here"], KINDS, [of(neighbour, ERROR)]).entities == (both[0],)


@pytest.mark.parametrize(("owner", "responsible"), [("web", "group:default/web"), ("nobody", None), ("user:jane", "user:default/jane")])
def test_problems_of_a_left_out_duplicate_are_of_its_file_and_its_own_owner(owner, responsible):
    """dup-left-out: the page of a-repo's valid ``orders``, and its team, had the problems of b-repo's."""
    kept, other = make("component:shop owner=owners", tree="a"), make(f"component:shop owner={owner}", tree="b")
    groups = [make("group:owners"), make("group:web"), make("user:jane")]
    merged = merge([kept, other, *groups], ["here"], KINDS)
    catalog = link(merged.entities, KINDS)[0]
    problems = with_responsible(catalog, assigned([of(kept, WARNING), of(other, ERROR), *merged.problems()], merged, catalog))
    found = [(p.code, p.subject and p.subject.name, p.origin.tree, p.responsible and str(p.responsible)) for p in problems]
    assert found == [
        ("SPC003", "shop", "a", "group:default/owners"),
        ("SPC001", None, "b", responsible),
        ("DUP001", "shop", "b", responsible),
    ]
