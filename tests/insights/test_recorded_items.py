"""What figures about delivery keep of recorded months: the same as the files, each of which is read again only when it has changed."""

from dataclasses import replace

import pytest

from callboard.insights import recorded_items
from callboard.insights.recorded_items import RecordedItems, item_of
from callboard.io.store import Store
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact
from callboard.state import files as state_files
from callboard.state.event_history import Event, RecordedEvents
from callboard.state.event_names import read_recorded
from callboard.state.values import Change
from state_builders import night, ref, state_of

SHOP, STORE = ref("shop"), ref("store")


def deployed(number, version="1", *, key="", seen=None, subject=SHOP, state=RunState.SUCCEEDED, **more):
    at = night(number)
    fact = Fact(subject, "deployment", key or f"d{number}", Deployment(version, at, state, revision=f"r{version}"), "argo", "production")
    return Event(at, at if seen is None else night(seen), fact, **more)


def in_order(items):
    return sorted(items, key=lambda pair: (pair[1].key, pair[1].at))


@pytest.fixture
def portal(tmp_path, monkeypatch):
    """``save(*events)`` and ``items(*new)``, and the months that were read from the files of the state."""

    class Portal:
        store, months = Store(tmp_path), []

        def save(self, *events, changes=()):
            state = replace(state_of([]), as_of=night(22) if changes else night(0), changes=tuple(changes))
            state_files.save(self.store, state, recorded=RecordedEvents(new=events))

        def items(self, *new):
            self.months.clear()
            return in_order(RecordedItems(self.store.state, tmp_path / "kept", "deployment").with_new(new))

        def as_read(self, *new):
            events = {(event.identity, event.at): event for event in (*read_recorded(self.store.state, "deployment"), *new)}
            return in_order((event.fact.subject, item_of(event)) for event in events.values() if not event.is_gone)

    portal, read = Portal(), recorded_items.read_events
    monkeypatch.setattr(recorded_items, "read_events", lambda *args: portal.months.extend(args[2]) or read(*args))
    return portal


def test_a_month_is_read_again_only_when_its_file_has_changed(portal, tmp_path):
    portal.save(deployed(0), deployed(20))
    assert (portal.items(), sorted(portal.months)) == (portal.as_read(), ["2026-11", "2026-12"])
    assert (portal.items(), portal.months) == (portal.as_read(), [])
    portal.save(deployed(21))
    assert (portal.items(), portal.months) == (portal.as_read(), ["2026-12"])
    damaged = tmp_path / "kept/deployment-2026-11.json"
    damaged.write_bytes(damaged.read_bytes()[:-3])
    assert (portal.items(), portal.months) == (portal.as_read(), ["2026-11"])


def test_items_are_as_the_whole_files_have_them(portal):
    """Corrected, gone, the same key for another version, in two months, new in this build, and renamed since."""
    again = deployed(20, "2", key="app", seen=20)
    portal.save(deployed(0), deployed(1), deployed(2, key="app"), again, deployed(3, state=RunState.FAILED))
    portal.save(deployed(0, "1.1", seen=4), deployed(1, seen=5, is_gone=True))
    new = deployed(21), deployed(3, state=RunState.SUCCEEDED, seen=6)
    assert portal.items(*new) == portal.as_read(*new)
    assert {item.outcome for _, item in portal.items(*new)} == {"succeeded"}
    assert [(item.key, item.version) for _, item in portal.items(*new)] == [
        ("app", "1"), ("app", "2"), ("d0", "1.1"), ("d21", "1"), ("d3", "1"),
    ]  # fmt: skip
    portal.save(changes=[Change(night(22), "renamed", STORE, "metadata.name", str(SHOP), str(STORE))])
    portal.save()  # the changes of a build are in the log from the next one on
    assert {of for of, _ in portal.items()} == {STORE}
    assert portal.items() == portal.as_read()
