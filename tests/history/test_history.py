"""Years of nights: nothing is lost, nothing is told twice, and it stays small."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from callboard.io.store import Store
from callboard.state import files as state_files
from callboard.state.change_log import change_log, fold, read_changes
from callboard.state.values import Change, Where
from state_builders import FIRST, Portal, component, make, night, ref, state_of

SHOP, STORE, TEAM = ref("shop"), ref("store"), ref("group:acme")


def change(number, kind="owner", of=SHOP, before="", after="x", **more):
    return Change(night(number), kind, of, "spec.owner", before, after, **more)


def test_changes_come_newest_first():
    assert [c.at for c in change_log([change(1), change(3), change(2)]).changes] == [night(3), night(2), night(1)]


def test_the_order_of_changes_that_differ_only_in_their_file_is_the_same_in_every_process():
    places = [Where("all", tree, f"{path}.yaml") for tree in "abcd" for path in "abcd"]
    changes = [change(1, "problem-opened", of=None, origin=place) for place in places]
    assert [c.origin for c in change_log(changes).changes] == places


def test_a_timeline_follows_an_entity_through_its_names():
    changes = [change(0, "added"), change(1), change(2, "renamed", STORE, str(SHOP), str(STORE)), change(3, of=STORE)]
    assert [c.at for c in change_log(changes).of(STORE, 9)] == [night(3), night(2), night(1), night(0)]
    assert change_log(changes).of(SHOP, 9) == ()


def test_a_new_entity_under_an_old_name_does_not_inherit_its_timeline():
    changes = [change(0), change(2, "renamed", STORE, str(SHOP), str(STORE)), change(4, "added"), change(5)]
    assert [c.at for c in change_log(changes).of(SHOP, 9)] == [night(5), night(4)]


def test_a_team_sees_what_it_owns_and_what_it_gave_away():
    given_away = change(1, before=str(TEAM), after="group:default/other", owner=ref("group:other"))
    past = change_log([change(0, "tag", owner=TEAM), given_away, change(2, "tag", of=TEAM), change(3, "tag", owner=ref("group:other"))])
    assert [c.at for c in past.of_team(TEAM, 9)] == [night(2), night(1), night(0)]
    assert past.of_team(TEAM, 1) == (change(2, "tag", of=TEAM),)
    assert TEAM in past.teams()


def test_folding_twice_tells_nothing_twice(tmp_path):
    known = fold(tmp_path, {}, [change(0), change(1)])
    fold(tmp_path, known, [change(1), change(40)])
    assert [c.at for c in read_changes(tmp_path, 99).changes] == [night(0), night(1), night(40)]
    assert sorted(path.name for path in (tmp_path / "history/changes").iterdir()) == ["2026-11.jsonl", "2026-12.jsonl"]


def test_only_the_kept_months_are_read(tmp_path):
    fold(tmp_path, {}, [change(0), change(40), change(80)])
    assert len(read_changes(tmp_path, 2).changes) == 2


@settings(deadline=None)
@given(nights=st.lists(st.lists(st.sampled_from("abcdef"), unique=True), min_size=1, max_size=6))
def test_the_past_is_the_same_whenever_a_fold_happened(nights):
    changes = [change(number, "tag", after=name) for number, names in enumerate(nights) for name in names]
    assert change_log(changes).changes == change_log([*changes, *changes[: len(changes) // 2]]).changes


def test_each_nights_changes_are_in_the_past_of_the_next_ones(tmp_path):
    portal = Portal(tmp_path)
    file = portal.add_files("shop", "shop") / "catalog-info.yaml"
    for number, lifecycle in enumerate(["experimental", "production", "production", "deprecated"]):
        file.write_text(component("shop", lifecycle=lifecycle))
        portal.build(number)
    assert [(c.at, c.kind, c.after) for c in portal.past.changes] == [
        (night(3), "lifecycle", "deprecated"),
        (night(1), "lifecycle", "production"),
        (night(0), "baseline", "1"),
    ]


def test_a_build_that_was_not_saved_leaves_its_changes_to_the_next_one(tmp_path):
    portal = Portal(tmp_path)
    file = portal.add_files("shop", "shop") / "catalog-info.yaml"
    for number, (lifecycle, save) in enumerate([("experimental", True), ("production", False), ("production", True)]):
        file.write_text(component("shop", lifecycle=lifecycle))
        portal.build(number, save=save)
    assert [(c.at, c.kind) for c in portal.past.changes] == [(night(2), "lifecycle"), (night(0), "baseline")]


def test_months_of_nights_stay_small(tmp_path):
    dice, store = random.Random(5), Store(tmp_path)
    entities = [make(f"c{n}", path=f"{n}.yaml", lifecycle="production") for n in range(60)]
    for number in range(120):
        changes = tuple(
            change(number, "lifecycle", e.ref, "production", "deprecated") for e in dice.sample(entities, dice.choice([0, 0, 1, 3]))
        )
        state_files.save(store, replace(state_of(entities, changes=changes), as_of=night(number)))
    kept = sum(path.stat().st_size for path in (store.state / "history").rglob("*.jsonl"))
    told = len(change_log((*read_changes(store.state, 99).changes, *state_files.read(store).changes)).changes)
    assert told > 90
    assert kept < 200 * told
    assert len(list(store.state.iterdir())) < 15
    assert read_changes(store.state, 1).changes[0].at > FIRST
