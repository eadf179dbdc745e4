"""Files by month that only grow: the history of changes, and facts that accumulate."""

import json
from dataclasses import replace

import pytest

from callboard.io.store import Store
from callboard.model.facts.alert import Alert
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.model.facts.incident import Incident
from callboard.state import files as state_files
from callboard.state.change_log import read_changes
from callboard.state.event_history import ACCUMULATING, Event, RecordedEvents, SavedEvents
from callboard.state.events import read_events
from callboard.state.manifest import read_manifest, sealed
from callboard.state.values import Change
from state_builders import night, ref, state_of

SHOP = ref("shop")
SILENT = lambda _: None  # noqa: E731 - no step is of interest


def change(number):
    return Change(night(number), "tag", SHOP, "metadata.tags", after=f"t{number}")


def saved(store, *numbers):
    """A state for each number, with one change at its time."""
    for number in numbers:
        state_files.save(store, replace(state_of([]), as_of=night(number), changes=(change(number),)))


def deployed(number, version="1", *, seen=None, **more):
    at = night(number)
    fact = Fact(SHOP, "deployment", f"d{number}", Deployment(version, at, RunState.SUCCEEDED), "argo", "production")
    return Event(at, at if seen is None else night(seen), fact, **more)


def with_events(store, *events, step=SILENT):
    state_files.save(store, state_of([]), step, RecordedEvents(new=events))


def test_the_manifest_names_each_month_with_its_size_and_digest(tmp_path):
    store = Store(tmp_path)
    saved(store, 0, 1, 15, 16)
    months = read_manifest(store.state).history["changes"]
    assert list(months) == ["2026-11", "2026-12"]
    assert [entry.size for entry in months.values()] == [
        (store.state / "history/changes" / f"{month}.jsonl").stat().st_size for month in months
    ]


@pytest.mark.parametrize("hurt", ["flip", "cut", "empty", "missing", "digest"])
def test_a_damaged_month_is_reported_and_kept_and_the_others_are_read(tmp_path, hurt):
    store = Store(tmp_path)
    saved(store, 0, 1, 15, 16)
    path, manifest = store.state / "history/changes/2026-11.jsonl", store.state / "current.json"
    content = path.read_bytes()
    if hurt == "digest":
        entry = read_manifest(store.state).history["changes"]["2026-11"]
        manifest.write_text(json.dumps(sealed(json.loads(manifest.read_text().replace(entry.sha256, "0" * 64)))))
    elif hurt == "missing":
        path.unlink()
    else:
        path.write_bytes({"flip": content.replace(b'"t0"', b'"t9"'), "cut": content[:-9], "empty": b""}[hurt])
    damaged = None if hurt == "missing" else path.read_bytes()
    found = read_changes(store.state, 99)
    assert found.damaged == (path,)
    assert {c.at for c in found.changes} == {night(15)}
    saved(store, 17)
    kept = path.parent / "damaged" / path.name
    assert (kept.read_bytes() if kept.exists() else None) == damaged
    found = read_changes(store.state, 99)
    assert (found.damaged, {c.at for c in found.changes}) == ((), {night(15), night(16)})


def test_a_month_that_is_restored_from_a_backup_is_read_again(tmp_path):
    store = Store(tmp_path)
    saved(store, 0, 1, 15)
    path = store.state / "history/changes/2026-11.jsonl"
    backup = path.read_bytes()
    path.unlink()
    saved(store, 16)
    assert {c.at for c in read_changes(store.state, 99).changes} == {night(15)}
    path.write_bytes(backup)
    assert {c.at for c in read_changes(store.state, 99).changes} == {night(0), night(1), night(15)}
    saved(store, 17)
    assert list(read_manifest(store.state).history["changes"]) == ["2026-11", "2026-12"]
    assert {c.at for c in read_changes(store.state, 99).changes} == {night(0), night(1), night(15), night(16)}


def test_two_files_that_are_damaged_in_the_same_month_are_both_kept(tmp_path):
    store = Store(tmp_path)
    for number in range(2):
        saved(store, number, number)
        (store.state / "history/changes/2026-11.jsonl").write_text(f"damage {number}")
        saved(store, number)
    assert len(list((store.state / "history/changes/damaged").iterdir())) == 2


def test_the_history_survives_a_state_that_was_deleted(tmp_path):
    store = Store(tmp_path)
    saved(store, 0, 1, 15, 16)
    for path in store.state.glob("*.json*"):
        path.unlink()
    assert {c.at for c in read_changes(store.state, 99).changes} == {night(0), night(1), night(15)}
    saved(store, 17, 18)
    assert {c.at for c in read_changes(store.state, 99).changes} == {night(0), night(1), night(15), night(17)}


def test_bytes_that_an_interrupted_build_appended_are_not_read_and_go_with_the_next_one(tmp_path):
    store = Store(tmp_path)
    saved(store, 0, 1)
    path = store.state / "history/changes/2026-11.jsonl"
    before = path.read_bytes()
    path.write_bytes(before + b'["2026-11-21T' * 50)
    assert read_changes(store.state, 99).damaged == ()
    saved(store, 2)
    assert path.read_bytes().startswith(before + b'["2026-11-21T')
    assert path.stat().st_size == read_manifest(store.state).history["changes"]["2026-11"].size


def test_families_that_accumulate_stand_in_the_manifest_before_they_have_a_file(tmp_path):
    store = Store(tmp_path)
    with_events(store)
    assert read_manifest(store.state).events == {family: {} for family in ACCUMULATING}
    assert not (store.state / "events").exists()


def test_events_are_kept_by_family_and_month_and_read_as_they_were(tmp_path):
    store = Store(tmp_path)
    incident = Event(night(1), night(1), Fact(SHOP, "incident", "i", Incident("down", night(1)), "pd"))
    with_events(store, deployed(0), incident, deployed(20))
    assert read_events(store.state, "deployment").events == (deployed(0), deployed(20))
    assert read_events(store.state, "deployment", {"2026-12"}).events == (deployed(20),)
    assert read_events(store.state, "incident").events == (incident,)
    assert sorted(path.name for path in (store.state / "events/deployment").iterdir()) == ["2026-11.jsonl", "2026-12.jsonl"]


def test_a_corrected_event_replaces_and_one_that_is_gone_stays_marked(tmp_path):
    store = Store(tmp_path)
    with_events(store, deployed(0), deployed(1))
    with_events(store, deployed(0, "1.1", seen=2), deployed(1, seen=2, is_gone=True))
    assert read_events(store.state, "deployment").events == (deployed(0, "1.1", seen=2), deployed(1, seen=2, is_gone=True))


def test_a_build_reads_only_the_month_to_which_it_appends(tmp_path):
    store = Store(tmp_path)
    with_events(store, deployed(0))
    with_events(store, deployed(20))
    old = store.state / "events/deployment/2026-11.jsonl"
    moved = old.rename(old.with_name("moved"))
    with_events(store, deployed(21))
    moved.rename(old)
    assert read_events(store.state, "deployment").events == (deployed(0), deployed(20), deployed(21))


def test_a_run_that_dies_at_any_step_appends_events_once_or_not_at_all(tmp_path):
    events = [deployed(2), deployed(20)]
    trial = Store(tmp_path / "trial")
    with_events(trial, deployed(0), deployed(1))
    steps = []
    with_events(trial, *events, step=steps.append)
    for fatal in range(len(steps)):
        store, told = Store(tmp_path / str(fatal)), []
        with_events(store, deployed(0), deployed(1))

        def step(what, told=told, fatal=fatal):
            told.append(what)
            if len(told) > fatal:
                raise DeathError

        with pytest.raises(DeathError):
            with_events(store, *events, step=step)
        before = {event.fact.key for event in read_events(store.state, "deployment", {"2026-11"}).events}
        assert before in ({"d0", "d1"}, {"d0", "d1", "d2"})
        with_events(store, *events)
        assert contents(store.folder) == contents(trial.folder)


class DeathError(Exception):
    """The process ended here."""


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_damaged_month_of_events_is_reported_and_kept_and_the_others_are_read(tmp_path):
    store = Store(tmp_path)
    with_events(store, deployed(0), deployed(20))
    path = store.state / "events/deployment/2026-11.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"version":[0,"1"]', b'"version":[0,"2"]'))
    assert read_events(store.state, "deployment") == SavedEvents((deployed(20),), (path,))
    with_events(store, deployed(1))
    assert b'"version":[0,"2"]' in (path.parent / "damaged/2026-11.jsonl").read_bytes()
    assert read_events(store.state, "deployment") == SavedEvents((deployed(1), deployed(20)))


def test_a_family_that_does_not_accumulate_is_refused(tmp_path):
    alert = Fact(SHOP, "alert", "a", Alert("late"), "am")
    with pytest.raises(ValueError, match="'alert'"):
        with_events(Store(tmp_path), replace(deployed(0), fact=alert))
