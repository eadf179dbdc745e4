"""What could not be read serves from the build before, and gone is only what is known to be gone."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.descriptors.rules.syntax import INVALID_YAML
from callboard.plugins.sources import Repository, Undescribed
from callboard.state.loss_guards import Guards
from callboard.state.values import StaleCopy
from state_builders import FIRST, PlainTree, Portal, component, failure, known, make, night, ref, serve, state_of, traffic

SHOP, BANK = ("here", "acme/shop"), ("here", "acme/bank")


def refs(served):
    return {entity.ref for entity in served.entities}


def test_a_failed_source_serves_its_last_good_copy_with_age_and_cause():
    before = state_of([make("shop"), make("bank", tree="acme/bank", path="bank.yaml")])
    served = serve([], [], before, [failure()])
    assert refs(served) == {ref("shop"), ref("bank")}
    assert served.stale == (
        StaleCopy("here", "acme/bank", "acme/bank", "", FIRST, "the host did not answer", (ref("bank"),)),
        StaleCopy("here", "acme/shop", "acme/shop", "", FIRST, "the host did not answer", (ref("shop"),)),
    )
    assert set(served.trees) == {SHOP, BANK}
    assert served.lost == ()


def test_a_failed_repository_serves_on_and_the_others_are_fresh():
    before = state_of([make("shop", type="old"), make("bank", tree="acme/bank", type="old")])
    served = serve([make("shop", type="new")], [SHOP], before, [failure(repository="acme/bank", message="404 Not Found")])
    assert {e.ref.name: e.spec["type"] for e in served.entities} == {"shop": "new", "bank": "old"}
    assert [s.cause for s in served.stale] == ["404 Not Found"]


def test_a_repository_is_found_by_its_address_too():
    tree = replace(known("https://git.example/acme/bank"), repository="acme/bank")
    before = state_of([make("bank", tree=tree.id), make("gone", tree="https://git.example/acme/gone")], [tree])
    served = serve([], [], before, [failure(repository="https://git.example/acme/bank.git")])
    assert refs(served) == {ref("bank")}


def test_a_failure_that_names_no_known_repository_keeps_all_that_its_source_does_not_give():
    before = state_of([make("shop"), make("bank", tree="acme/bank")])
    assert refs(serve([make("shop")], [SHOP], before, [failure(repository="what is this")])) == {ref("shop"), ref("bank")}


def test_a_failure_that_names_its_tree_is_about_that_one_whatever_the_names():
    named = replace(known("acme/shop"), repository="acme/bank")
    before = state_of([make("shop"), make("bank", tree="acme/bank")], [named, known("acme/bank")])
    assert refs(serve([], [], before, [failure(repository="acme/bank", tree="acme/bank")])) == {ref("bank")}
    assert refs(serve([], [], before, [failure(repository="the bank", tree="acme/bank")])) == {ref("bank")}
    assert refs(serve([make("shop")], [SHOP], before, [failure(repository="acme/bank", tree="acme/new")])) == {ref("shop")}


def test_a_failure_of_a_file_keeps_what_stood_in_that_file():
    before = state_of([make("shop"), make("cart", path="cart.yaml"), make("gone", path="gone.yaml")])
    lost = failure(repository="https://host.example/cart.yaml", tree="acme/shop", path="cart.yaml")
    served = serve([make("shop")], [SHOP], before, [lost])
    assert refs(served) == {ref("shop"), ref("cart")}
    assert [(s.path, s.cause) for s in served.stale] == [("cart.yaml", "the host did not answer")]
    assert refs(serve([], [], before, [lost])) == {ref("shop"), ref("cart"), ref("gone")}


def test_a_failure_of_one_source_keeps_nothing_of_another():
    before = state_of([make("shop"), make("other", source="there", tree="t")])
    served = serve([], [SHOP], before, [failure("there")], sources=("here", "there"))
    assert refs(served) == {ref("other")}


def test_what_a_complete_listing_lacks_is_gone():
    before = state_of([make("shop"), make("bank", tree="acme/bank")])
    served = serve([make("shop")], [SHOP], before)
    assert refs(served) == {ref("shop")}
    assert served.lost == (ref("bank"),)
    assert served.stale == ()


def test_what_a_readable_revision_lacks_is_gone():
    before = state_of([make("shop"), make("cart", path="cart.yaml")])
    assert serve([make("shop")], [SHOP], before).lost == (ref("cart"),)


def test_a_file_that_nobody_can_parse_is_not_gone():
    old = make("cart", path="cart.yaml")
    broken = INVALID_YAML.problem("no YAML", origin=old.origin)
    served = serve([make("shop")], [SHOP], state_of([make("shop"), old]), problems=[broken])
    assert refs(served) == {ref("shop"), ref("cart")}
    assert [(s.path, s.cause) for s in served.stale] == [("cart.yaml", "no YAML")]


def test_an_entity_that_moved_elsewhere_is_served_from_there_alone():
    before = state_of([make("shop"), make("cart")])
    served = serve([make("cart", tree="acme/bank")], [BANK], before, [failure(repository="acme/shop")])
    assert sorted((e.ref.name, e.origin.tree) for e in served.entities) == [("cart", "acme/bank"), ("shop", "acme/shop")]


def test_a_duplicate_that_was_there_before_does_not_take_the_place_of_what_failed():
    first, second = make("shop"), make("shop", tree="acme/bank")
    served = serve([second], [BANK], state_of([first, second]), [failure(repository="acme/shop")])
    assert sorted(e.origin.tree for e in served.entities) == ["acme/bank", "acme/shop"]


def test_what_a_held_location_led_to_is_held_in_a_repository_that_is_fresh():
    location = make("location:all", tree="acme/index")
    shop = make("shop", via=[str(location.ref)])
    served = serve([make("cart", path="cart.yaml")], [SHOP], state_of([location, shop]), [failure(repository="acme/index")])
    assert refs(served) == {location.ref, shop.ref, ref("cart")}
    assert {(s.tree, s.path) for s in served.stale} == {("acme/index", ""), ("acme/shop", "catalog-info.yaml")}


def test_the_age_of_a_copy_does_not_start_anew_each_night():
    before = state_of([make("shop")], [known(as_of=night(-3))])
    first = serve([], [], before, [failure()], now=night(1))
    again = replace(before, as_of=night(1), stale=first.stale)
    assert serve([], [], again, [failure()], now=night(2)).stale == first.stale
    assert first.stale[0].since == night(-3)


def test_a_source_that_was_not_asked_serves_on_without_being_called_stale():
    before = state_of([make("shop"), make("inner", source="inside", tree="t")])
    served = serve([make("shop")], [SHOP], before, sources=("here", "inside"), queried=("here",))
    assert refs(served) == {ref("shop"), ref("inner")}
    assert served.stale == ()
    assert ("inside", "t") in served.trees


def test_a_source_that_left_the_settings_goes_and_is_no_loss():
    before = state_of([make("shop"), *(make(f"x{n}", source="old", tree="t") for n in range(50))])
    served = serve([make("shop")], [SHOP], before)
    assert refs(served) == {ref("shop")}
    assert served.lost == ()
    assert served.guard_result.publish


def test_a_listing_that_shrinks_beyond_belief_is_a_failure():
    before = state_of([make(f"c{n}", tree=f"acme/r{n}") for n in range(20)])
    served = serve([make("c0", tree="acme/r0")], [("here", "acme/r0")], before)
    assert len(served.entities) == 20
    assert {s.cause for s in served.stale} == {"The number of repositories dropped from 20 to 1, which exceeds the configured limit."}
    assert served.collections[0].as_of is None


def test_a_listing_that_shrinks_a_little_is_believed():
    before = state_of([make(f"c{n}", tree=f"acme/r{n}") for n in range(20)])
    now = [make(f"c{n}", tree=f"acme/r{n}") for n in range(16)]
    served = serve(now, [("here", f"acme/r{n}") for n in range(16)], before)
    assert len(served.entities) == 16
    assert served.guard_result.publish


def test_a_repository_that_got_another_address_is_no_shrinking():
    served = serve([make("shop", tree="acme/store")], [("here", "acme/store")], state_of([make("shop")]))
    assert [e.origin.tree for e in served.entities] == ["acme/store"]
    assert served.guard_result.publish


def test_a_folder_that_is_suddenly_empty_is_a_failure_but_a_commit_that_empties_a_repository_is_not():
    before = [make(f"c{n}", path=f"{n}.yaml") for n in range(10)]
    folder = serve([], {SHOP: PlainTree(revision="")}, state_of(before, [known(revision="")]))
    assert len(folder.entities) == 10
    commit = serve([], {SHOP: PlainTree()}, state_of(before), guards=Guards(loss=1.0))
    assert commit.entities == ()


def test_accept_loss_believes_all_that_is_lost():
    before = state_of([make(f"c{n}", tree=f"acme/r{n}") for n in range(20)])
    served = serve([], [], before, guards=Guards(accept_loss=True))
    assert served.entities == ()
    assert served.guard_result.publish


def test_accept_loss_still_keeps_what_failed():
    before = state_of([make("shop")])
    assert refs(serve([], [], before, [failure()], guards=Guards(accept_loss=True))) == {ref("shop")}


def test_a_build_that_would_lose_too_much_does_not_publish_and_says_what():
    before = state_of([make(f"c{n}", path=f"{n}.yaml") for n in range(20)])
    verdict = serve([make(f"c{n}", path=f"{n}.yaml") for n in range(14)], [SHOP], before).guard_result
    assert not verdict.publish
    assert verdict.reasons[0].startswith("6 of 20 entities would be lost (component:default/c14, component:default/c15,")
    assert "at most 20% may" in verdict.reasons[0]


@pytest.mark.parametrize(("left", "publishes"), [(1, True), (0, False)])
def test_a_small_portal_may_lose_a_large_share_but_never_all(left, publishes):
    before = state_of([make(f"c{n}", path=f"{n}.yaml") for n in range(3)])
    now = [make(f"c{n}", path=f"{n}.yaml") for n in range(left)]
    assert serve(now, [SHOP], before).guard_result.publish is publishes


def test_a_build_in_which_most_sources_failed_does_not_publish():
    names = ("a", "b", "c")
    before = state_of([make(name, source=name, tree="t") for name in names])
    verdict = serve([make("c", source="c", tree="t")], [("c", "t")], before, [failure("a"), failure("b")], sources=names).guard_result
    assert verdict.reasons == ("2 of 3 sources failed (a, b); at most 50% may fail.",)


def test_a_first_build_without_one_of_its_sources_does_not_publish_unless_that_is_allowed():
    served = serve([make("shop")], [SHOP], None, [failure("there")], sources=("here", "there"))
    assert served.guard_result.reasons == ("There is no last good copy of this source: there.",)
    allowed = serve([make("shop")], [SHOP], None, [failure("there")], sources=("here", "there"), guards=Guards(allow_missing=True))
    assert allowed.guard_result.publish


def test_collections_say_when_each_source_succeeded_last():
    before = state_of([make("shop")], collections=serve([make("shop")], [SHOP], None).collections)
    refused = replace(failure(), hint="Check the token.")
    served = serve([], [], before, [refused], now=night(5), traffic=traffic("here", 3))
    (collection,) = served.collections
    assert (collection.as_of, collection.tried_at, collection.count, collection.requests) == (night(1), night(5), 1, 3)
    assert collection.errors == ("the host did not answer. Check the token.",)


def test_what_hosts_say_about_a_repository_is_kept_with_it():
    about = Repository("here", "acme/shop", "acme/shop", "https://x", topics=("a",), languages=(("Go", 3),))
    bare = Undescribed("here", "acme/bare", "https://x", "kind: Component\n")
    before = state_of([make("shop")], repositories=(about, replace(about, tree="acme/gone")), undescribed=(bare,))
    failed = serve([], [], before, [failure()])
    assert failed.repositories == (about,)
    assert failed.undescribed == (bare,)
    fresh = serve([make("shop")], [SHOP], before)
    assert (fresh.repositories, fresh.undescribed) == ((), ())


def test_problems_of_what_is_held_are_held_too():
    old = make("shop")
    problem = INVALID_YAML.problem("wrong", origin=old.origin)
    served = serve([], [], state_of([old], problems=(problem,)), [failure()])
    assert served.problems == (problem,)


entities = st.lists(
    st.builds(make, st.sampled_from([f"c{n}" for n in range(8)]), tree=st.sampled_from(["a", "b"]), path=st.sampled_from(["x", "y"])),
    max_size=12,
    unique_by=lambda e: (e.ref, e.origin.tree, e.origin.path),
)


@settings(deadline=None)
@given(before=entities, now=entities, failed=st.sets(st.sampled_from(["a", "b"])))
def test_nothing_of_a_failed_repository_is_ever_lost_and_nothing_fresh_is_ever_replaced(before, now, failed):
    fresh = [e for e in now if e.origin.tree not in failed]
    keys = [("here", tree) for tree in ("a", "b") if tree not in failed]
    previous = state_of(before, [known("a"), known("b")])
    served = serve(fresh, keys, previous, [failure(repository=tree) for tree in sorted(failed)], guards=Guards(accept_loss=True))
    assert {e.ref for e in before if e.origin.tree in failed} <= refs(served)
    assert served.entities[: len(fresh)] == tuple(fresh)
    assert refs(served) <= {e.ref for e in (*before, *now)}
    assert all(e.origin.tree in failed for e in served.entities[len(fresh) :])
    assert {r for s in served.stale for r in s.refs} == {e.ref for e in served.entities[len(fresh) :]}
    assert set(served.trees) == {("here", "a"), ("here", "b")}


@settings(deadline=None)
@given(before=entities, now=entities)
def test_without_failures_the_present_is_served_alone(before, now):
    served = serve(now, [("here", "a"), ("here", "b")], state_of(before, [known("a"), known("b")]), guards=Guards(accept_loss=True))
    assert served.entities == tuple(now)
    assert set(served.lost) == {e.ref for e in before} - {e.ref for e in now}


@settings(deadline=None)
@given(before=entities, now=entities)
def test_whatever_is_published_keeps_its_promise_about_losses(before, now):
    served = serve(now, [("here", "a"), ("here", "b")], state_of(before, [known("a"), known("b")]))
    known_before = {e.ref for e in before}
    gone = len(known_before - refs(served))
    if served.guard_result.publish:
        assert gone < 5 or gone <= 0.2 * len(known_before)
        assert not known_before or gone < len(known_before)


def test_a_missing_folder_of_a_real_portal_serves_its_last_good_copy(tmp_path):
    portal = Portal(tmp_path)
    shop, bank = portal.add_files("shop", "shop"), portal.add_files("bank", "bank")
    (shop / "catalog-info.yaml").write_text(component("shop"))
    (bank / "catalog-info.yaml").write_text(component("bank"))
    portal.build(0)
    (bank / "catalog-info.yaml").unlink()
    bank.rmdir()
    portal.build(1)
    assert {str(r) for r in portal.catalog.entities} == {"component:default/shop", "component:default/bank"}
    assert [(s.source, s.since) for s in portal.served.stale] == [("bank", night(0))]
    assert portal.served.guard_result.publish
    bank.mkdir()
    (bank / "catalog-info.yaml").write_text(component("bank", lifecycle="experimental"))
    portal.build(2)
    assert portal.served.stale == ()
    assert [(c.kind, str(c.ref)) for c in portal.past.changes if c.at == night(2)] == [("lifecycle", "component:default/bank")]


def test_a_typing_slip_in_a_real_descriptor_loses_no_page(tmp_path):
    portal = Portal(tmp_path)
    file = portal.add_files("shop", "shop") / "catalog-info.yaml"
    file.write_text(component("shop"))
    portal.build(0)
    file.write_text(component("shop") + "  broken: [\n")
    portal.build(1)
    assert [str(r) for r in portal.catalog.entities] == ["component:default/shop"]
    assert [s.path for s in portal.served.stale] == ["catalog-info.yaml"]
    assert portal.served.stale[0].cause == portal.served.problems[0].message
