"""What integrations said before, where they cannot say it tonight."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callboard.history.build_state import with_facts
from callboard.io.store import Store
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident
from callboard.model.ref import EntityRef
from callboard.plugins.integrations.base import FactBatch, IntegrationFailure, IntegrationSettings
from callboard.plugins.run_integrations import IntegrationInfo, IntegrationResult
from callboard.state import files as state_files
from callboard.state.facts import facts_counts, facts_of_state, with_last_good_facts
from callboard.state.values import State

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SHOP, LEDGER = (EntityRef("component", "default", name) for name in ("shop", "ledger"))
ITEMS = [IntegrationSettings("pd", "pagerduty", {}), IntegrationSettings("scan", "snyk", {})]


def fact(key, subject=SHOP, source="pd"):
    return Fact(subject, "incident", key, Incident(key, NOW), source)


def known(facts=(), asked=(), failures=()):
    connections = (IntegrationInfo("pd", "pagerduty", "PagerDuty", ("incident",), ()),)
    return IntegrationResult(FactBatch(tuple(facts), tuple(asked), failures=tuple(failures)), connections)


def first():
    facts = [fact("a"), fact("b", LEDGER)]
    asked = [Measurement(SHOP, "incident", "pd"), Measurement(LEDGER, "incident", "pd")]
    return with_facts(State(NOW, "1"), with_last_good_facts(known(facts, asked), ITEMS, None, NOW))


def test_an_integration_that_failed_goes_on_with_what_it_said_and_counts_as_incomplete():
    served = with_last_good_facts(known(failures=[IntegrationFailure("pd", "", "down", "wait")]), ITEMS, first(), LATER)
    assert [f.key for f in served.facts] == ["b", "a"]
    assert [m.complete for m in served.measurements] == [False, False]
    pd = next(c for c in served.collections if c.source == "pd")
    assert (pd.as_of, pd.tried_at, pd.count, pd.errors) == (NOW, LATER, 2, ("down. wait",))


def test_what_could_not_be_asked_keeps_its_facts_and_what_was_asked_is_believed():
    asked = [Measurement(SHOP, "incident", "pd", complete=False), Measurement(LEDGER, "incident", "pd")]
    served = with_last_good_facts(known([fact("c")], asked), ITEMS, first(), LATER)
    assert [(f.subject.name, f.key) for f in served.facts] == [("shop", "a"), ("shop", "c")]


def test_facts_that_are_kept_have_the_time_at_which_they_were_read(tmp_path):
    """Of what waits in several builds, the time of the build that read it; nothing of what was never read."""
    waits = [Measurement(SHOP, "incident", "pd", complete=False), Measurement(LEDGER, "incident", "pd")]
    failures = [IntegrationFailure("pd", "waiting", "limit")]
    for builds in (1, 2, 3):
        previous = first()
        for _ in range(builds):
            served = with_last_good_facts(known([fact("b", LEDGER)], waits, failures), ITEMS, previous, LATER)
            state_files.save(Store(tmp_path), with_facts(State(LATER, "1"), served))
            previous = state_files.read(Store(tmp_path))
        assert {m.subject: m.observed for m in previous.measurements} == {SHOP: NOW, LEDGER: None}
    read = with_last_good_facts(known([fact("a")], waits, failures), ITEMS, previous, LATER)
    assert {m.observed for m in read.measurements} == {None}
    never = with_last_good_facts(known(asked=waits[:1], failures=failures), ITEMS, None, NOW)
    again = with_last_good_facts(known(asked=waits[:1], failures=failures), ITEMS, with_facts(State(NOW, "1"), never), LATER)
    assert [m.observed for m in again.measurements] == [None]


def test_an_integration_whose_queries_all_failed_was_not_read():
    """GitHub that cannot be reached fails portion by portion: each failure has a place."""
    failures = [IntegrationFailure("pd", "acme/shop", "down")]
    asked = [Measurement(SHOP, "incident", "pd", complete=False), Measurement(LEDGER, "incident", "pd", complete=False)]
    served = with_last_good_facts(known(asked=asked, failures=failures), ITEMS, first(), LATER)
    assert [f.key for f in served.facts] == ["b", "a"]
    assert next((c.as_of, c.tried_at) for c in served.collections if c.source == "pd") == (NOW, LATER)
    assert facts_counts(served)["integrations"]["pd"]["answered"] is False
    at_first = with_last_good_facts(known(asked=asked, failures=failures), ITEMS, None, NOW)
    assert next(c.as_of for c in at_first.collections if c.source == "pd") is None
    partly = with_last_good_facts(known([fact("c")], asked, failures), ITEMS, first(), LATER)
    assert next(c.as_of for c in partly.collections if c.source == "pd") == LATER


def test_since_when_facts_are_whole_is_saved_and_stays_while_the_tool_fails(tmp_path):
    asked = [Measurement(SHOP, "incident", "pd", since=NOW)]
    state = with_facts(State(NOW, "1"), with_last_good_facts(known([fact("a")], asked), ITEMS, None, NOW))
    state_files.save(Store(tmp_path), state)
    previous = state_files.read(Store(tmp_path))
    served = with_last_good_facts(known(failures=[IntegrationFailure("pd", "", "down")]), ITEMS, previous, LATER)
    assert [(m.since, m.complete) for m in (*previous.measurements, *served.measurements)] == [(NOW, True), (NOW, False)]


def test_an_integration_that_left_the_settings_takes_its_facts_along():
    served = with_last_good_facts(known(failures=[IntegrationFailure("pd", "", "down")]), ITEMS[1:], first(), LATER)
    assert served.facts == ()
    assert [c.source for c in served.collections] == ["scan"]


def test_facts_come_back_from_the_state_as_they_were(tmp_path):
    store, before = Store(tmp_path / ".callboard"), first()
    state_files.save(store, before)
    after = state_files.read(store)
    assert set(after.facts) == set(before.facts)
    assert set(after.measurements) == set(before.measurements)
    served = facts_of_state(after, known(), ITEMS)
    assert [f.key for f in served.facts] == ["b", "a"]
    assert [c.title for c in served.connections] == ["PagerDuty"]


def test_a_night_without_changes_leaves_the_parts_about_facts_as_they_are(tmp_path):
    store, before = Store(tmp_path / ".callboard"), first()
    state_files.save(store, before)
    names = {path.name for path in store.state.glob("facts.*")} | {path.name for path in store.state.glob("measurements.*")}
    asked = [Measurement(SHOP, "incident", "pd"), Measurement(LEDGER, "incident", "pd")]
    again = with_facts(State(LATER, "1"), with_last_good_facts(known([fact("a"), fact("b", LEDGER)], asked), ITEMS, before, LATER))
    state_files.save(store, again)
    assert names == {path.name for path in store.state.glob("facts.*")} | {path.name for path in store.state.glob("measurements.*")}
    assert replace(again, as_of=NOW).facts == before.facts
