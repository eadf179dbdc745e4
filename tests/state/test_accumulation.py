"""What is recorded over many builds of deployments, incidents and pipeline runs, while tools return what they have at the time."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from callboard.history.build_state import BuildState, ChangeSet, load_build_state, next_state, with_facts
from callboard.io.store import Store
from callboard.model.errors import SettingsError
from callboard.model.facts import FAMILIES
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.pipeline_run import PipelineRun
from callboard.model.facts.recorded import RecordedValue
from callboard.model.ref import EntityRef
from callboard.plugins.integrations.base import FactBatch, IntegrationFailure, IntegrationSettings
from callboard.plugins.run_integrations import IntegrationResult
from callboard.settings.settings import Settings
from callboard.state import event_lines, event_names, events
from callboard.state import files as state_files
from callboard.state.event_history import ACCUMULATING, EVERYTHING, RecordedEvents, day_counts, day_of, day_text, start_of
from callboard.state.events import read_days, read_events
from callboard.state.facts import CollectedFacts, with_last_good_facts
from callboard.state.manifest import read_manifest
from callboard.state.values import Change, CollectedState

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
SHOP, CART = (EntityRef("component", "default", name) for name in ("shop", "cart"))
DAY = timedelta(days=1)


def noon(day):
    return NOON + day * DAY


def deployed(number, at, state=RunState.SUCCEEDED, of=SHOP, version=None):
    return Fact(of, "deployment", str(number), Deployment(version or f"v{number}", at, state), "ci", "production")


def deployments_of_day(day, count=20):
    """Deployments before noon, when the build of the day is made."""
    return [deployed(day * 100 + n, noon(day) - timedelta(minutes=10 * n + 1)) for n in range(count)]


def measured(family="deployment", of=SHOP, source="ci", **more):
    return Measurement(of, family, source, **more)


ASKED = measured()


@dataclass
class Portal:
    """Builds that save their state, with what one integration returns in each."""

    store: Store
    names: tuple[str, ...] = ("ci",)
    days: int = 90
    changes: list[Change] = field(default_factory=list)

    def build(self, now, facts=(), asked=(ASKED,), *, fails=False, failed_place="", changes=()) -> RecordedEvents:
        previous = state_files.read(self.store)
        failures = [IntegrationFailure(name, "", "down", "wait") for name in self.names] if fails else []
        failures += [IntegrationFailure(name, failed_place, "down", "wait") for name in self.names if failed_place]
        result = IntegrationResult(FactBatch(() if fails else tuple(facts), () if fails else tuple(asked), failures=tuple(failures)), ())
        collected = with_last_good_facts(result, [IntegrationSettings(name, "github", {}) for name in self.names], previous, now)
        state = BuildState(self.store, previous, now, "1", event_days=self.days)
        noticed = ChangeSet((), (), tuple(changes))
        collected = state.accumulated(collected, noticed)
        saved = with_facts(next_state(CollectedState((), (), {}), noticed, {}, previous, now, "1"), collected)
        state_files.save(self.store, saved, recorded=collected.recorded)
        return collected.recorded

    def rows(self, family="deployment"):
        return read_events(self.store.state, family).events


@pytest.fixture
def portal(tmp_path):
    return Portal(Store(tmp_path))


def numbers(recorded, key=(SHOP, "deployment", "ci")):
    """The number of items by day, of all outcomes."""
    history = next(history for history in recorded.histories if history.key == key)
    return sum((day_counts(text) for text in history.days.values()), Counter())


def history_of(recorded, ref=SHOP, family="deployment"):
    return next(history for history in recorded.histories if (history.subject, history.family) == (ref, family))


def only_window(day, rows, hours=36):
    """What a vendor returns that has the items of the last hours alone, and since when it has them."""
    since = noon(day) - timedelta(hours=hours)
    return [fact for fact in rows if since <= fact.value.at], since


@pytest.mark.long
def test_thirty_daily_builds_of_a_short_window_record_600_deployments_of_20_a_day(portal):
    rows = [row for day in range(30) for row in deployments_of_day(day)]
    for day in range(30):
        listed, since = only_window(day, [row for row in rows if row.value.at < noon(day)])
        recorded = portal.build(noon(day), listed, [measured(since=since)])
    assert len(portal.rows()) == 600
    assert numbers(recorded) == {day_of(noon(day)): 20 for day in range(30)}
    history = history_of(recorded)
    assert (history.begun, history.has_gaps) == (noon(0) - timedelta(hours=36), False)
    assert not history.is_complete_since(day_of(noon(-5)))
    assert history.is_complete_since(day_of(noon(0)))


def test_the_first_build_says_since_when_it_knows(portal):
    listed, since = only_window(0, deployments_of_day(0))
    history = history_of(portal.build(noon(0), listed, [measured(since=since)]))
    assert (history.begun, history.whole_since, history.has_gaps) == (since, since, False)
    everything = history_of(portal.build(noon(0), listed, [measured()]))
    assert everything.begun == everything.whole_since == EVERYTHING


def test_an_ordinary_build_parses_no_recorded_item_and_one_of_a_late_item_only_its_month(portal, monkeypatch):
    parsed = []
    monkeypatch.setattr(events, "events_of", lambda content: parsed.append(len(content)) or event_lines.events_of(content))
    rows = [row for day in range(6) for row in deployments_of_day(day, 3)]
    for day in range(6):
        listed, since = only_window(day, [row for row in rows if row.value.at < noon(day)])
        portal.build(noon(day), listed, [measured(since=since)])
    portal.build(noon(5), listed, [measured(since=since)])
    assert parsed == []
    late = deployed("late", noon(4) - DAY / 100)
    recorded = portal.build(noon(6), [*listed, late], [measured(since=since)])
    assert len(parsed) == 1
    assert numbers(recorded)[day_of(noon(4))] == 4


def test_a_corrected_row_replaces_and_one_that_is_gone_stays_marked(portal):
    running, failed = deployed(1, noon(0) - DAY / 4, RunState.RUNNING), deployed(2, noon(0) - DAY / 8)
    portal.build(noon(0), [running, failed])
    recorded = portal.build(noon(1), [deployed(1, noon(0) - DAY / 5, RunState.FAILED)])
    assert history_of(recorded).days == {"failed": f"{day_of(NOON)}:1", "succeeded": f"{day_of(NOON)}:1"}
    assert {(row.fact.key, row.fact.value.state, row.is_gone) for row in portal.rows()} == {
        ("1", "failed", False),
        ("2", "succeeded", True),
    }
    assert [(event.fact.key, event.is_gone) for event in recorded.kept] == [("2", True)]
    again = portal.build(noon(2), [deployed(1, noon(0) - DAY / 5, RunState.FAILED), failed])
    assert numbers(again) == {day_of(NOON): 2}
    assert [row.is_gone for row in portal.rows()] == [False, False]
    assert again.kept == ()


def test_a_row_outside_the_window_of_its_tool_is_kept_and_is_not_marked(portal):
    row = deployed(1, noon(0) - DAY / 4)
    portal.build(noon(0), [row])
    for since, complete in ((noon(0), True), (None, False)):
        recorded = portal.build(noon(1), [], [measured(since=since, complete=complete)])
        assert [(event.fact, event.is_gone) for event in recorded.kept] == [(row, False)]
    assert [event.is_gone for event in portal.rows()] == [False]


@pytest.mark.parametrize("is_read", [True, False])
def test_a_family_whose_queries_all_failed_removes_nothing_and_the_others_go_on(portal, is_read):
    run = Fact(SHOP, "pipeline-run", "1", PipelineRun("CI", noon(0), RunState.SUCCEEDED), "ci")
    both = (ASKED, measured("pipeline-run"))
    portal.build(noon(0), [deployed(1, noon(0)), run], both)
    since = noon(1) - timedelta(hours=1)
    recorded = portal.build(
        noon(1), [], [measured(complete=is_read, since=since), measured("pipeline-run", since=since)], failed_place="acme/shop"
    )
    kept = {event.fact.family for event in recorded.kept}
    assert kept == {"pipeline-run", *(["deployment"] if is_read else [])}
    assert history_of(recorded).until == noon(1 if is_read else 0)


def test_an_integration_that_fails_adds_nothing_and_removes_nothing(portal):
    rows = deployments_of_day(0, 5)
    before = portal.build(noon(0), rows, [measured(since=noon(-2))])
    manifest = read_manifest(portal.store.state)
    failed = portal.build(noon(1), fails=True)
    assert (failed.histories, failed.kept, failed.new) == (before.histories, before.kept, ())
    assert read_manifest(portal.store.state).events == manifest.events
    listed, since = only_window(2, [*rows, *deployments_of_day(1, 3), *deployments_of_day(2, 3)], hours=49)
    after = portal.build(noon(2), listed, [measured(since=since)])
    assert not history_of(after).has_gaps, "the window reaches back to the last query that was good"
    assert sum(numbers(after).values()) == 11


def test_a_window_that_does_not_reach_back_to_the_last_query_is_a_gap(portal):
    portal.build(noon(0), deployments_of_day(0, 2), [measured(since=noon(-1))])
    recorded = portal.build(noon(9), deployments_of_day(9, 2), [measured(since=noon(8))])
    history = history_of(recorded)
    assert (history.begun, history.whole_since, history.has_gaps) == (noon(-1), noon(8), True)
    assert sum(numbers(recorded).values()) == 4


def test_an_incomplete_query_adds_its_rows_and_proves_nothing(portal):
    recorded = portal.build(noon(0), deployments_of_day(0, 2), [measured(complete=False)])
    assert history_of(recorded).whole_since is None
    recorded = portal.build(noon(1), deployments_of_day(1, 2), [measured(since=noon(0))])
    assert history_of(recorded).whole_since == noon(0)
    assert sum(numbers(recorded).values()) == 4


def test_two_builds_a_day_count_a_row_once(portal):
    rows = deployments_of_day(0, 5)
    for hour in range(0, 12, 3):
        recorded = portal.build(noon(0) + timedelta(hours=hour), rows)
    assert numbers(recorded) == {day_of(NOON): 5}
    assert len(portal.rows()) == 5


def test_a_clock_that_runs_backwards_loses_and_doubles_nothing(portal):
    portal.build(noon(5), [deployed(1, noon(4)), deployed(2, noon(5), RunState.RUNNING)])
    portal.build(noon(2), [deployed(1, noon(4)), deployed(2, noon(5), RunState.FAILED)])
    recorded = portal.build(noon(6), [deployed(1, noon(4)), deployed(2, noon(5), RunState.FAILED)])
    assert numbers(recorded) == {day_of(noon(4)): 1, day_of(noon(5)): 1}
    assert [row.fact.value.state for row in portal.rows()] == [RunState.SUCCEEDED, RunState.FAILED]


def test_a_renamed_entity_keeps_its_rows_and_numbers(portal):
    portal.build(noon(0), [deployed(1, noon(0) - DAY / 4), deployed(2, noon(0) - DAY / 8)])
    portal.build(noon(1), [deployed(2, noon(0) - DAY / 8)], [measured(since=noon(0) - DAY / 7)])
    rename = Change(noon(2), "renamed", CART, "metadata.name", str(SHOP), str(CART))
    row = deployed(2, noon(0) - DAY / 8, of=CART)
    recorded = portal.build(noon(2), [row], [measured(of=CART, since=noon(0) - DAY / 7)], changes=[rename])
    assert [history.subject for history in recorded.histories] == [CART]
    assert sum(numbers(recorded, (CART, "deployment", "ci")).values()) == 2
    assert [event.fact.subject for event in recorded.kept] == [CART]
    assert recorded.new == ()
    returned = [deployed(1, noon(0) - DAY / 4, of=CART), row]
    again = portal.build(noon(3), returned, [measured(of=CART)])
    assert sum(numbers(again, (CART, "deployment", "ci")).values()) == 2
    rebuilt = rebuilt_from_files(portal, noon(4), returned, [measured(of=CART)])
    assert sum(numbers(rebuilt, (CART, "deployment", "ci")).values()) == 2


def rebuilt_from_files(portal, now, facts, asked):
    """What a build records whose state is lost, except for the history and the events, as the hint for a damaged state says."""
    for path in portal.store.state.iterdir():
        if path.is_file():
            path.unlink()
    return portal.build(now, facts, asked)


def test_a_removed_source_leaves_its_rows_and_finds_them_when_it_comes_back(portal):
    rows = deployments_of_day(0, 3)
    portal.build(noon(0), rows)
    without = replace(portal, names=("other",))
    recorded = without.build(noon(1), asked=[measured(source="other")])
    assert sum(numbers(recorded).values()) == 3
    assert not any(event.is_gone for event in portal.rows())
    again = portal.build(noon(2), rows)
    assert numbers(again) == {day_of(NOON): 3}
    assert len(portal.rows()) == 3


def test_recorded_months_are_read_once_for_all_items_that_come_back(portal, monkeypatch):
    items = deployments_of_day(0, 400)
    portal.build(noon(0), items)
    portal.build(noon(1))  # all but the last few are in the files alone
    reads = []
    read = event_names.read_events
    monkeypatch.setattr(event_names, "read_events", lambda *arguments: reads.append(arguments[1:]) or read(*arguments))
    recorded = portal.build(noon(2), items)
    assert sorted(reads) == [("deployment", {"2026-08"})]  # the latest items, of September, are kept in the state
    assert [sum(day_counts(each.days["succeeded"]).values()) for each in recorded.histories] == [400]


def test_the_loss_of_the_state_keeps_what_the_files_of_events_have(portal):
    rows = [*deployments_of_day(0, 3), *deployments_of_day(1, 3)]
    portal.build(noon(1), rows, [measured(since=noon(-1))])
    rebuilt = rebuilt_from_files(portal, noon(2), [rows[-1]], [measured(since=rows[-1].value.at)])
    assert numbers(rebuilt) == {day_of(noon(0)): 3, day_of(noon(1)): 3}
    assert history_of(rebuilt).has_gaps
    assert len(portal.rows()) == 6


@pytest.mark.long
def test_days_that_are_too_old_become_one_number_for_each_component_and_outcome(portal):
    portal = replace(portal, days=10)
    rows = [*deployments_of_day(0, 3), deployed("bad", noon(0) - DAY / 3, RunState.FAILED)]
    portal.build(noon(0), rows)
    for day in range(1, 60):
        recorded = portal.build(noon(day), deployments_of_day(day, 1), [measured(since=noon(day - 1))])
    assert len(numbers(recorded)) == 10
    counts, damaged = read_days(portal.store.state, "deployment")
    assert damaged == ()
    assert [(c.outcome, c.number) for c in counts if c.day == date(2026, 9, 1)] == [("failed", 1), ("succeeded", 3)]
    assert len({c.day for c in counts}) == 50
    assert sum(c.number for c in counts) + sum(numbers(recorded).values()) == 4 + 59
    assert min(row.at for row in portal.rows()) > noon(29), "files of months before the days that are kept are removed"
    late = portal.build(noon(60), rows, [measured(since=noon(60))])
    assert late.new == (), "an item that is too old is counted already"


def test_an_incident_is_counted_by_its_severity_however_it_ends(portal):
    def incident(state, resolved=None):
        return Fact(SHOP, "incident", "i", Incident("down", noon(0) - DAY, 2, state, resolved), "ci")

    portal.build(noon(0), [incident(IncidentState.OPEN)], [measured("incident")])
    recorded = portal.build(noon(1), [incident(IncidentState.RESOLVED, noon(1))], [measured("incident")])
    assert history_of(recorded, family="incident").days == {"sev2": f"{day_of(noon(-1))}:1"}
    assert [row.fact.value.state for row in portal.rows("incident")] == [IncidentState.RESOLVED]


def test_a_key_of_an_application_has_one_row_for_each_version(portal):
    """Argo CD and Kubernetes report what runs, under the name of the application."""

    def runs(day, version, at=None, state=RunState.SUCCEEDED):
        return Fact(SHOP, "deployment", "argocd/shop", Deployment(version, at or noon(day), state), "ci")

    returned = [runs(0, "1"), runs(1, "2", state=RunState.RUNNING), runs(1, "2", noon(1) + DAY / 9), runs(2, "2", noon(3)), runs(4, "1")]
    for day, fact in enumerate(returned):
        recorded = portal.build(noon(day), [fact], [measured(since=noon(day))])
    assert [(row.fact.value.version, row.at) for row in portal.rows()] == [("1", noon(0)), ("2", noon(3)), ("1", noon(4))]
    assert [event.fact.value.version for event in recorded.kept] == ["2", "1"]
    assert history_of(recorded).has_gaps


def test_a_file_of_test_results_has_one_row_for_each_run(portal):
    for day in range(3):
        run = Fact(SHOP, "pipeline-run", f"build#tests {day}", PipelineRun("tests", noon(day), RunState.SUCCEEDED), "ci")
        portal.build(noon(day), [run], [measured("pipeline-run", since=noon(day))])
    assert len(portal.rows("pipeline-run")) == 3
    assert not any(row.is_gone for row in portal.rows("pipeline-run"))


@pytest.mark.parametrize("at", [None, noon(0) + 3 * DAY, noon(0) - 91 * DAY])
def test_an_item_without_a_time_or_far_from_now_is_not_recorded(portal, at):
    recorded = portal.build(noon(0), [deployed(1, at)])
    assert portal.rows() == recorded.new == ()
    assert history_of(recorded).days == {}


def test_an_unchanged_build_appends_nothing(portal):
    portal.build(noon(0), deployments_of_day(0))
    before = {path: path.read_bytes() for path in portal.store.state.rglob("*.jsonl") if "events" in path.parts}
    assert portal.build(noon(0) + DAY / 24, deployments_of_day(0)).new == ()
    assert {path: path.read_bytes() for path in portal.store.state.rglob("*.jsonl") if "events" in path.parts} == before


ROWS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(-20, 0), st.sampled_from([RunState.SUCCEEDED, RunState.FAILED, RunState.RUNNING])),
    max_size=6, unique_by=lambda row: row[0],
)  # fmt: skip
BUILDS = st.lists(st.tuples(ROWS, st.integers(0, 40), st.sampled_from(["complete", "incomplete", "failed"])), min_size=1, max_size=8)


@pytest.mark.long
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(builds=BUILDS)
def test_numbers_by_day_are_those_of_the_recorded_rows_whatever_tools_return(tmp_path_factory, builds):
    portal = Portal(Store(tmp_path_factory.mktemp("portal")))
    for number, (rows, since, result) in enumerate(builds):
        now = noon(0) + number * DAY / 2
        facts = [deployed(key, noon(0) + hours * DAY / 24, state) for key, hours, state in rows]
        asked = [measured(since=now - since * DAY / 24, complete=result == "complete")]
        recorded = portal.build(now, facts, asked, fails=result == "failed")
        counted = Counter(day_of(row.at) for row in portal.rows())
        assert {**(numbers(recorded) if recorded.histories else {})} == counted


@given(st.dictionaries(st.integers(700_000, 700_200), st.integers(0, 500)))
def test_numbers_by_day_are_read_as_they_were_written(counts):
    text = day_text(counts)
    assert day_counts(text) == {day: number for day, number in counts.items() if number}
    assert start_of(day_of(NOON)) <= NOON


def test_the_recorded_families_are_those_whose_values_can_be():
    assert {*ACCUMULATING} == {family for family, value in FAMILIES.items() if issubclass(value, RecordedValue)}


@pytest.mark.parametrize(("value", "days"), [("90d", 90), ("1d", 1), ("3650d", 3650), ("3651d", 0), ("0d", 0), (90, 0), ("2w", 0), ("", 0)])
def test_the_days_of_events_are_a_setting(tmp_path, value, days):
    portal = Settings(tmp_path, tmp_path / "sources.yaml", sections={"history": {"events": value}})
    load = partial(load_build_state, Store(tmp_path), NOON, "1", portal)
    if days:
        assert load().event_days == days
        return
    with pytest.raises(SettingsError, match=r"history\.events"):
        load()


def test_a_build_from_the_state_shows_what_was_recorded_and_appends_nothing(portal):
    before = portal.build(noon(0), deployments_of_day(0))
    state = BuildState(portal.store, state_files.read(portal.store), noon(0), "1", from_state=True)
    facts = state.accumulated(CollectedFacts(), ChangeSet((), (), ()))
    assert (facts.recorded.histories, facts.recorded.kept) == (before.histories, before.kept)
    assert (facts.recorded.new, facts.recorded.first_day) == ((), before.first_day)
