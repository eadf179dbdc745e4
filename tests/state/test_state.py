"""The state on disk: what was saved is read, whole or not at all."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callboard.catalog.linking import link
from callboard.catalog.merging import merge
from callboard.descriptors.reading import STAND_IN
from callboard.io.rows import Lines, encoded
from callboard.io.store import Store, flush
from callboard.model.entity import Derived, Origin
from callboard.model.errors import TooLargeError
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident
from callboard.model.problem import Problem, Related, Severity, Span
from callboard.model.ref import EntityRef
from callboard.model.skipped import SkippedFile
from callboard.model.times import time_text
from callboard.plugins.sources import Repository, Undescribed
from callboard.state import files as state_files
from callboard.state.blobs import write_blob
from callboard.state.event_history import Event, EventHistory
from callboard.state.last_good_copy import collected_from_state
from callboard.state.manifest import MANIFEST, StateError, read_manifest, sealed
from callboard.state.packing import packed, unpacked
from callboard.state.recorded_trees import SavedTree, recorded, tree_record
from callboard.state.result_history import CardStanding, CardTrend, RuleTrend, Standing
from callboard.state.values import Change, CollectionTime, EntitySummary, ProblemSummary, StaleCopy, TreeRecord, Where
from state_builders import FIRST, KINDS, PlainTree, Portal, component, known, make, night, state_of

SHOP = EntityRef("component", "default", "shop")
ORIGIN = Origin("here", "t", "repo", "abc", "a/b.yaml", 2, 14, ("location:default/all",))
LONG = "openapi: 3.1.0\n" * 1_000


def full_state():
    entity = replace(
        make("shop", definition=LONG, z=1, a={"$blob": "not ours"}, lone="\ud800"),
        derived=(Derived("spec.owner", {"x": [1]}, "CODEOWNERS"),),
    )
    problem = Problem(
        "REF001", Severity.WARNING, "wrong", ORIGIN, Span(1, 2, 3, 4), SHOP, SHOP, "spec.owner", "mend it",
        (Related("here", ORIGIN, Span(1, 1, 1, 2)), Related("there", ORIGIN)), "f" * 16,
    )  # fmt: skip
    tree = TreeRecord(
        "here", "acme/shop", "shop", "abc", FIRST, ("https://x/",), "https://v/{path}", "https://v/{path}#L{line}", "https://e/{path}",
        {"a.yaml": FIRST}, {"README.md": "0" * 64}, {"*.md": ("README.md",)},
    )  # fmt: skip
    where = Where("here", "acme/shop", "a.yaml")
    return state_of(
        [entity, make("cart", path="cart.yaml")], [tree],
        problems=(problem,),
        collections=(CollectionTime("here", "entities", FIRST, night(1), 2, 0, ("no",)), CollectionTime("there")),
        stale=(StaleCopy("here", "t", "repo", "", FIRST, "no", (SHOP,)),),
        summaries=(EntitySummary(SHOP, where, "group:default/a", "production", provides=("api:default/x",), tags=("b", "c")),),
        problem_summaries=(ProblemSummary("REF001", SHOP, "spec.owner", "f" * 16, "wrong", where),
                  ProblemSummary("X", None, "", "e" * 16, "", None)),
        changes=(Change(FIRST, "owner", SHOP, "spec.owner", "a", "b", where, SHOP), Change(FIRST, "baseline", None, after="2")),
        files=7, skipped={"empty": 2}, skipped_files=(SkippedFile("here", "shop", "a.yaml", "empty", 2),),
        unidentified=(replace(entity, ref=STAND_IN._replace(kind="component")),),
        repositories=(Repository("here", "t", "acme/t", "https://x/t", topics=("a",), languages=(("Go", 9), ("C", 1)), is_archived=True),),
        undescribed=(Undescribed("here", "acme/u", "https://x/u", "kind: Component\n"),),
        facts=(Fact(SHOP, "incident", "i", Incident("down", FIRST), "pd", "production", "https://x/i", night(1)),),
        measurements=(Measurement(SHOP, "incident", "pd", since=FIRST), Measurement(SHOP, "alert", "am", complete=False, observed=FIRST)),
        event_histories=(EventHistory(SHOP, "incident", "pd", FIRST, night(1), night(1), {"sev3": "739575:1,,2"}),),
        kept_events=(Event(FIRST, night(1), Fact(SHOP, "incident", "h", Incident("slow", FIRST), "pd"), is_gone=True),),
        card_trends=(CardTrend("basics", "d", ("silver",), False, 739575, (739575, 739577), {"b": RuleTrend("e", 739575, ((739575, (1,)),)),
                     "a": RuleTrend("f", 739577, (), (739577,))}, {"group:default/a": ((739575, (1, 0)), (739577, ()))}, (739577,)),),
        standings=(Standing("component:default/shop", {"basics": CardStanding("pf", "0a10a2", 1, ((739577, 0),))}),),
    )  # fmt: skip


def sorted_state(state):
    return replace(
        state,
        entities=tuple(sorted(state.entities, key=lambda e: e.ref)),
        problem_summaries=tuple(sorted(state.problem_summaries, key=str)),
        measurements=tuple(sorted(state.measurements, key=str)),
    )


def test_a_state_is_read_as_it_was_saved(tmp_path):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    read = state_files.read(store)
    assert sorted_state(replace(read, changes=())) == sorted_state(replace(full_state(), changes=()))
    assert set(read.changes) == set(full_state().changes)
    assert [m.observed for m in read.measurements] == [FIRST, None]
    assert [field.name for field in fields(read) if not getattr(read, field.name)] == []
    shop = next(e for e in read.entities if e.ref == SHOP)
    assert list(shop.spec) == ["definition", "z", "a", "lone"]


def test_there_is_no_state_before_the_first_build(tmp_path):
    assert state_files.read(Store(tmp_path)) is None


def test_the_same_state_makes_the_same_bytes_and_an_unchanged_part_keeps_its_file(tmp_path):
    first, second = Store(tmp_path / "a"), Store(tmp_path / "b")
    state_files.save(first, full_state())
    state_files.save(second, replace(full_state(), entities=tuple(reversed(full_state().entities))))
    assert contents(first.state) == contents(second.state)
    before = {path.name: path.stat().st_mtime_ns for path in first.state.glob("*.jsonl")}
    state_files.save(first, replace(full_state(), as_of=night(1)))
    assert {path.name: path.stat().st_mtime_ns for path in first.state.glob("*.jsonl")} == before


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_long_text_is_kept_as_a_blob_and_goes_when_nothing_names_it(tmp_path):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    assert LONG.encode() in [path.read_bytes() for path in store.blobs.glob("*/*")]
    state_files.save(store, state_of([make("cart")]))
    assert list(store.blobs.glob("*/*")) == []
    assert state_files.read(store).entities == (make("cart"),)


def test_blobs_are_on_the_disk_before_anything_names_them(tmp_path, monkeypatch):
    store, seen = Store(tmp_path), []

    def look(folder):
        flush(folder)
        seen.append((folder, (store.state / "current.json").exists(), [path.read_bytes() for path in store.blobs.glob("*/*")]))

    monkeypatch.setattr(state_files, "flush", look)
    state_files.save(store, full_state())
    ((folder, exists, blobs),) = seen
    assert (folder, exists) == (store.folder, False)
    assert sorted(blobs) == [LONG.encode(), "\ud800".encode("utf-8", "surrogatepass")]


def blob_of(store, text):
    return next(path for path in store.blobs.glob("*/*") if path.read_bytes() == text.encode())


def test_a_blob_that_a_power_cut_has_left_empty_is_written_again(tmp_path):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    blob_of(store, LONG).write_bytes(b"")
    with pytest.raises(StateError):
        state_files.read(store)
    state_files.save(store, full_state())
    assert state_files.read(store) is not None


class DeathError(Exception):
    """The process ended here."""


def steps_of(store, state):
    told = []
    state_files.save(store, state, told.append)
    return len(told)


def test_a_run_that_dies_at_any_step_leaves_the_old_state_or_the_new_one(tmp_path):
    old, new = full_state(), replace(state_of([make("shop", definition=LONG + "more"), make("new")]), as_of=night(1))
    trial = Store(tmp_path / "trial")
    state_files.save(trial, old)
    count = steps_of(trial, new)
    assert count > 12
    seen = set()
    for fatal in range(count):
        store = Store(tmp_path / str(fatal))
        state_files.save(store, old)
        told = []

        def step(what, told=told, fatal=fatal):
            told.append(what)
            if len(told) > fatal:
                raise DeathError

        with pytest.raises(DeathError):
            state_files.save(store, new, step)
        read = state_files.read(store)
        seen.add(read.as_of)
        assert {e.ref for e in read.entities} == {e.ref for e in (old if read.as_of == FIRST else new).entities}
        state_files.save(store, new)
        assert contents(store.folder) == contents(trial.folder)
    assert seen == {FIRST, night(1)}


def test_a_state_of_a_newer_format_is_refused_in_plain_words(tmp_path):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    pointer = store.state / MANIFEST
    pointer.write_text(pointer.read_text().replace('"format": 2', '"format": 9').replace('"version": "1.0"', '"version": "7.2"'))
    with pytest.raises(StateError, match=r"written by Callboard 7\.2 in format 9; this one reads formats 1 and 2"):
        state_files.read(store)


@pytest.mark.parametrize("hurt", ["pointer", "part", "missing part", "blob"])
def test_a_damaged_state_says_which_file_is_damaged(tmp_path, hurt):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    part = next(store.state.glob("entities.*.jsonl"))
    blob = blob_of(store, LONG)
    path = {"pointer": store.state / MANIFEST, "part": part, "missing part": part, "blob": blob}[hurt]
    path.unlink() if hurt == "missing part" else path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(StateError, match=path.name):
        state_files.read(store)


def test_a_pointer_cannot_name_files_elsewhere(tmp_path):
    store = Store(tmp_path)
    state_files.save(store, full_state())
    pointer = store.state / MANIFEST
    head = json.loads(pointer.read_text())
    head["parts"]["trees"]["file"] = "../" + head["parts"]["trees"]["file"]
    pointer.write_text(json.dumps(sealed(head)))
    with pytest.raises(StateError, match="damaged"):
        state_files.read(store)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(LONG),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["$blob", "$mapping", "a", "b"]), inner, max_size=3),
    max_leaves=12,
)


@settings(deadline=None)
@given(value=json_values)
def test_whatever_people_write_is_packed_and_unpacked(value):
    kept = {}

    def put(content):
        kept[str(hash(content))] = content
        return str(hash(content))

    row = json.loads(json.dumps(packed(value, put)))
    assert unpacked(row, kept.__getitem__) == value


texts = st.text(max_size=30)


YEARS = {"min_value": datetime(1971, 1, 1), "max_value": datetime(2200, 1, 1)}  # noqa: DTZ001 - Hypothesis wants them so


@settings(deadline=None)
@given(at=st.datetimes(**YEARS), before=texts, after=texts)
def test_a_change_is_one_line_and_comes_back(at, before, after):
    change = Change(at.replace(microsecond=0, tzinfo=UTC), "owner", SHOP, "spec.owner", before, after, Where("s", "t", "p"), SHOP, "X1")
    assert Lines(Change).values(encoded(change) + b"\n") == [change]


def test_a_saved_tree_answers_what_was_asked_of_the_real_one(tmp_path):
    store = Store(tmp_path)
    tree = recorded({("here", "acme/shop"): PlainTree()}, lambda content: write_blob(store, content))["here", "acme/shop"]
    asked = [
        lambda t: t.read("docs/a b.md", 100),
        lambda t: t.glob("**/*.md"),
        lambda t: t.last_change("x.yaml"),
        lambda t: t.view_url("docs/a b.md"),
        lambda t: t.view_url("x.yaml", 31),
        lambda t: t.edit_url("x.yaml"),
    ]
    answers = [ask(tree) for ask in asked]
    answers[3:] = [url.replace(" ", "%20") for url in answers[3:]]
    saved = SavedTree(tree_record("here", tree, FIRST, None), store.blob)
    assert [ask(saved) for ask in asked] == answers


def test_a_file_that_was_too_large_for_the_pages_is_too_large_again(tmp_path):
    tree = recorded({("here", "t"): LargeTree()}, lambda _: "")["here", "t"]
    with pytest.raises(TooLargeError):
        tree.read("big.md", 10)
    with pytest.raises(TooLargeError):
        SavedTree(tree_record("here", tree, FIRST, None), Store(tmp_path).blob).read("big.md", 10)


class LargeTree(PlainTree):
    def read(self, path, limit):
        raise TooLargeError(path)


def test_what_was_asked_of_the_same_commit_before_stays_known():
    before = replace(known(), files={"README.md": "1" * 64})
    assert tree_record("here", PlainTree(), FIRST, before).files == before.files
    assert tree_record("here", PlainTree(revision="def"), FIRST, before).files == {}


def test_a_catalog_is_linked_from_the_state_alone(tmp_path):
    portal = Portal(tmp_path)
    folder = portal.add_files("shop", "shop")
    (folder / "catalog-info.yaml").write_text(component("shop") + "---\n" + component("cart", owner="nobody") + "---\nkind: [\n")
    portal.build(0, asks=[lambda tree: tree.last_change("catalog-info.yaml")])
    (folder / "catalog-info.yaml").unlink()
    folder.rmdir()
    state = state_files.read(portal.store)
    served = collected_from_state(state, portal.store.blob, ["shop"])
    unique = merge(served.entities, ["shop"], KINDS).entities
    catalog, problems = link(unique, KINDS)
    assert catalog.entities == portal.catalog.entities
    assert catalog.relations == portal.catalog.relations
    assert set(served.problems) == set(portal.served.problems)
    assert problems


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20, deadline=None)
@given(names=st.lists(st.sampled_from("abcdefgh"), unique=True))
def test_saving_again_and_again_leaves_nothing_behind(tmp_path, names):
    store = Store(tmp_path)
    state_files.save(store, state_of([make(name, definition=LONG + name) for name in names]))
    assert len(list(store.blobs.glob("*/*"))) == len(names)
    named = {part.file for part in read_manifest(store.state).parts.values()} | {MANIFEST, "history"}
    assert {path.name for path in store.state.iterdir()} <= named


@pytest.mark.parametrize("at", [datetime(900, 1, 2, 3, 4, 5, 6, tzinfo=UTC), datetime(9998, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_times_far_away_are_read_as_they_were_written(at):
    assert datetime.fromisoformat(time_text(at)) == at.replace(microsecond=0)
