"""A state that Callboard 0.1.0 wrote is read, and replaced by one of today's format, without a loss and without a false change.

``fixtures/state-0.1.0.tar.xz`` has two portals after builds with 0.1.0, the example and a synthetic organisation with facts, and a state
that 0.1.0 saved in which each field of each value is used. Each has ``expected.json``: what the reader of 0.1.0 returned.
"""

import dataclasses
import hashlib
import json
import tarfile
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from callboard.cli.build import command as build
from callboard.cli.diff import command as diff
from callboard.io.store import Store
from callboard.state import files as state_files
from callboard.state.change_log import FREQUENT, read_changes
from callboard.state.manifest import StateError, read_head

FIXTURE = Path(__file__).parent.parent / "fixtures/state-0.1.0.tar.xz"
RENAMED = {"portraits": "summaries", "concerns": "problem_summaries"}
MADE_HERE = frozenset({"api-quality", "delivery", "documentation", "drift"})
"""Families of facts that the build itself makes; the version of the fixture had none."""
ADDED = {"repository": ("authors", "bus_factor", "topics", "contributing_url", "stars", "forks", "created", "maintainers")}
"""Fields that a family has got since, by its name."""
AT = "2026-11-24T02:00:00Z"


@pytest.fixture(params=["acme", "synthetic", "full"])
def portal(request, tmp_path):
    return unpacked_portal(request.param, tmp_path)


def unpacked_portal(name, folder):
    with tarfile.open(FIXTURE) as tar:
        tar.extractall(folder, filter="data")
    return folder / name


def store_of(portal):
    return Store.beside(portal)


def expected(portal):
    """What 0.1.0 read: values by field, and the history."""
    found = json.loads((portal / "expected.json").read_text())
    state = {RENAMED.get(name, name): without_classes(value) for name, value in found["state"].items() if name != "$"}
    for name in ("facts", "measurements"):  # of a plugin that is not installed
        state[name] = [row for row in state[name] if row["family"] != "feature-flag"]
    return state, found["history"]


def without_classes(value):
    """Classes have other names since; the classes of families have the same."""
    if isinstance(value, dict):
        return {key: without_classes(item) for key, item in value.items() if key != "$"}
    return [without_classes(item) for item in value] if isinstance(value, list) else value


def canonical(value):
    if dataclasses.is_dataclass(value):
        return {each.name: canonical(getattr(value, each.name)) for each in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {key: canonical(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [canonical(item) for item in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str | date) else value


def sorted_rows(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def assert_equal_to_0_1_0(state, portal):
    before, _ = expected(portal)
    after = canonical(state)
    for measurement in after["measurements"]:
        assert measurement.pop("since") is None  # 0.1.0 has no such field
    for collection in after["collections"]:
        assert collection.pop("left_out") == []  # 0.1.0 has no such field
    assert not any(tree.pop("authors") for tree in after["trees"])  # nor this
    for fact in after["facts"]:
        assert not any(fact["value"].pop(f"{name}_word", "") for name in ("state", "severity", "priority", "health"))  # nor these
        assert all(fact["value"].pop(name, None) is None for name in ("is_archived", "is_protected", "documented"))
        assert not any(fact["value"].pop(name) for name in ADDED.get(fact["family"], ()))
    added = ("skipped_files", "unidentified", "event_histories", "kept_events", "card_trends", "standings")
    assert [after.pop(name) for name in added] == [[]] * 6  # nor these
    for fact in after["facts"]:
        if fact["family"] == "vulnerability" and fact["value"]["fixed_in"] is None:
            fact["value"]["fixed_in"] = ""  # 0.1.0 has one value for "no fix" and "not stated", which is read as the latter
    assert before.keys() == after.keys()
    for name, value in before.items():
        if isinstance(value, list):
            assert sorted_rows(value) == sorted_rows(after[name]), name
        else:
            assert value == after[name], name
    order = [list(entity["metadata"]) + list(entity["spec"]) for entity in sorted(before["entities"], key=str)]
    assert order == [list(entity["metadata"]) + list(entity["spec"]) for entity in sorted(after["entities"], key=str)]


def test_a_state_of_0_1_0_is_read_as_0_1_0_read_it(portal):
    assert read_head(store_of(portal).state)["format"] == 1
    state = state_files.read(store_of(portal))
    assert_equal_to_0_1_0(state, portal)
    assert min(map(len, (state.facts, state.stale, state.changes, state.problem_summaries))) > 0


def test_a_state_of_0_1_0_is_replaced_by_an_equal_one_of_this_format(portal):
    store = store_of(portal)
    state_files.save(store, state_files.read(store))
    assert read_head(store.state)["format"] == 2
    assert_equal_to_0_1_0(state_files.read(store), portal)
    assert list((store.state / "history").glob("*.jsonl")) == []


def test_the_history_of_0_1_0_is_read_and_kept(portal):
    store, (state, history) = store_of(portal), expected(portal)
    assert sorted_rows(canonical(read_changes(store.state, 99).changes)) == sorted_rows(history)
    state_files.save(store, state_files.read(store))
    after = canonical(read_changes(store.state, 99).changes)
    for is_frequent in (False, True):
        old = [row for row in (*history, *state["changes"]) if (row[1] in FREQUENT) == is_frequent]
        kept = sorted({row[0][:7] for row in old})[-3:] if is_frequent else {row[0][:7] for row in old}
        assert sorted_rows([row for row in old if row[0][:7] in kept]) == sorted_rows(r for r in after if (r[1] in FREQUENT) == is_frequent)


def test_two_migrations_make_the_same_bytes(tmp_path):
    folders = []
    for name in ("a", "b"):
        store = store_of(unpacked_portal("synthetic", tmp_path / name))
        state_files.save(store, state_files.read(store))
        folders.append(contents(store.folder))
    assert folders[0] == folders[1]


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_migrated_state_differs_in_nothing_from_the_old_one(portal, tmp_path):
    new = Store(tmp_path / "new")
    state_files.save(new, state_files.read(store_of(portal)))
    answer = CliRunner().invoke(diff, [str(portal / ".callboard"), str(new.folder)])
    assert (answer.exit_code, answer.output) == (0, "No changes.\n")


@pytest.mark.parametrize("fatal", range(0, 60, 6))
@pytest.mark.long
def test_a_migration_that_dies_leaves_the_old_state_or_the_new_one(tmp_path, fatal):
    portal = unpacked_portal("synthetic", tmp_path)
    store, told = store_of(portal), []
    state = state_files.read(store)

    def step(what):
        told.append(what)
        if len(told) > fatal:
            raise DeathError

    try:
        state_files.save(store, state, step)
    except DeathError:
        before = {c for c in read_changes(store.state, 99).changes if c.kind not in FREQUENT}
        assert len(before) >= sum(row[1] not in FREQUENT for row in expected(portal)[1])
        assert_equal_to_0_1_0(state_files.read(store), portal)
        state_files.save(store, state)
    trial = store_of(unpacked_portal("synthetic", tmp_path / "trial"))
    state_files.save(trial, state)
    assert contents(store.folder) == contents(trial.folder)


class DeathError(Exception):
    """The process ended here."""


@pytest.mark.parametrize("hurt", ["entities.repositories", "facts", "concerns", "changes", "current"])
def test_a_damaged_state_of_0_1_0_is_refused_with_the_name_of_the_file(tmp_path, hurt):
    store = store_of(unpacked_portal("synthetic", tmp_path))
    (path,) = store.state.glob(f"{hurt}.*")
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(StateError, match=path.name):
        state_files.read(store)


def test_a_damaged_month_of_0_1_0_is_reported_and_set_aside(tmp_path):
    store = store_of(unpacked_portal("synthetic", tmp_path))
    month = store.state / "history/2026-09.jsonl"
    content = b"{" + month.read_bytes()
    month.write_bytes(content)
    saved = read_changes(store.state, 99)
    assert saved.damaged == (month,)
    state_files.save(store, state_files.read(store))
    assert (month.parent / "damaged" / month.name).read_bytes() == content
    assert read_changes(store.state, 99).damaged == ()
    assert {c.at for c in read_changes(store.state, 99).changes} >= {c.at for c in saved.changes if c.kind not in FREQUENT}


@pytest.mark.long
@pytest.mark.parametrize("name", ["acme", "synthetic"])
def test_the_site_from_the_state_is_the_same_before_and_after_the_migration(tmp_path, name):
    portal = unpacked_portal(name, tmp_path)
    run("-q", "--from-state", "--config", str(portal / "sources.yaml"), "--output", str(portal / "before"))
    store = store_of(portal)
    assert read_head(store.state)["format"] == 1
    state_files.save(store, state_files.read(store))
    run("-q", "--from-state", "--config", str(portal / "sources.yaml"), "--output", str(portal / "after"))
    assert site(portal / "before") == site(portal / "after")


@pytest.mark.long
def test_the_next_build_sees_no_change_where_nothing_changed(tmp_path):
    portal = unpacked_portal("synthetic", tmp_path)
    before = state_files.read(store_of(portal))
    run("-q", "--now", AT, "--config", str(portal / "sources.yaml"), "--output", str(portal / "site"))
    after = state_files.read(store_of(portal))
    assert after.changes == ()
    kept = tuple(fact for fact in after.facts if fact.family not in MADE_HERE)
    assert (after.entities, kept, after.summaries) == (before.entities, before.facts, before.summaries)
    assert [(s.tree, s.since, s.refs) for s in after.stale] == [(s.tree, s.since, s.refs) for s in before.stale]


def run(*arguments):
    answer = CliRunner().invoke(build, arguments)
    assert answer.exit_code == 0, (answer.output, answer.exception)


def site(folder):
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
