"""What happened in the world from night to night."""

from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from callboard.cli.diff import command
from callboard.history import fact_events, formats
from callboard.history.diff import compared, difference
from callboard.io.rows import Lines, encoded
from callboard.io.store import Store
from callboard.model.facts.alert import Alert
from callboard.model.facts.availability import Availability
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.quality_gate import GateState, QualityGate
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.facts.vulnerability import Vulnerability
from callboard.state import files as state_files
from callboard.state.change_log import change_log, fold, read_changes, remove_old_months, shown
from callboard.state.facts import CollectedFacts
from callboard.state.summaries import summarize
from callboard.state.values import Change, CollectionTime
from state_builders import FIRST, VERSION, catalog_of, make, night, ref, state_of

TEAM = make("group:acme", path="org.yaml", type="team", children=[])
SHOP, STORE = make("shop", owner="acme"), make("store", owner="acme")
BOTH = summarize(catalog_of(TEAM, SHOP, STORE)[0])


def fact(family, value, key="k", of="shop", environment="", source="tool"):
    return Fact(ref(of), family, key, value, source, environment)


def world(*facts, asked=("incident", "deployment", "vulnerability", "quality-gate", "availability"), complete=True, at=FIRST, good=True):
    """What one tool knew about both components."""
    asked = tuple(Measurement(ref(name), family, "tool", complete) for name in ("shop", "store") for family in asked)
    families = sorted({one.family for one in asked}) or ["facts"]
    collections = tuple(CollectionTime("tool", family, at if good else at - timedelta(days=1), at) for family in families)
    return CollectedFacts(tuple(facts), asked, collections)


def told(before, after, summaries=BOTH):
    changes = compared(BOTH, summaries, (), (), night(1), (before, after))
    return [f"{c.ref.name}: {formats.sentence(c)}" if c.ref else formats.sentence(c) for c in changes]


def down(key="k", opened=FIRST, state=IncidentState.OPEN, of="shop", title="Tills are down"):
    return fact("incident", Incident(title, opened, 1, state), key, of)


def weak(key, severity=FactSeverity.HIGH, of="shop", first_seen=None):
    return fact("vulnerability", Vulnerability(key, severity, package="zlib", first_seen=first_seen), key, of)


def ran(version, key="k", environment="production", at=None, state=RunState.SUCCEEDED, of="shop"):
    return fact("deployment", Deployment(version, at, state), key, of, environment)


def test_an_incident_is_opened_and_resolved_once():
    opened = told(world(), world(down()))
    assert opened == ["shop: incident opened: Tills are down (severity 1)"]
    assert told(world(down()), world(down(state=IncidentState.ACKNOWLEDGED))) == []
    resolved = ["shop: incident resolved: Tills are down (severity 1)"]
    assert told(world(down()), world(down(state=IncidentState.RESOLVED))) == resolved
    assert told(world(down()), world()) == resolved
    assert told(world(down(state=IncidentState.RESOLVED)), world()) == []
    assert told(world(down(state=IncidentState.RESOLVED)), world(down())) == opened


def test_an_incident_that_came_and_went_between_two_builds_was_resolved():
    after = [down(opened=FIRST + timedelta(hours=3), state=IncidentState.RESOLVED), down("2", night(-5), IncidentState.RESOLVED)]
    assert told(world(), world(*after)) == ["shop: incident resolved: Tills are down (severity 1)"]


def test_only_what_a_complete_answer_lacks_is_over():
    before = world(down(), weak("CVE-1"))
    assert told(before, world(complete=False)) == []
    assert told(before, world(asked=())) == []
    assert sorted(told(before, world())) == [
        "shop: incident resolved: Tills are down (severity 1)", "shop: vulnerability fixed: CVE-1 zlib (high)",
    ]  # fmt: skip


def test_a_last_good_copy_is_no_news_and_what_came_meanwhile_is_told_when_the_tool_is_back():
    held = world(down(), weak("CVE-1"), complete=False, at=night(0), good=False)
    assert told(world(down(), weak("CVE-1"), at=night(0)), held) == ["integration failed: tool"]
    young = down("2", night(1), title="Lights are out")
    back = told(held, world(down(), young, down("3", night(-30), title="Old"), weak("CVE-1"), weak("CVE-2"), at=night(1)))
    assert back == ["integration recovered: tool", "shop: incident opened: Lights are out (severity 1)"]


def test_what_a_tool_says_the_first_time_was_there_before():
    nothing = CollectedFacts()
    assert told(nothing, world(down(), weak("CVE-1"), ran("1"))) == [
        "integration connected: tool (availability, deployment, incident, quality-gate, vulnerability)"
    ]
    other = world(asked=("incident",))
    assert told(other, world(down(), weak("CVE-1"))) == ["shop: incident opened: Tills are down (severity 1)"]


def test_a_new_version_in_an_environment_is_told_by_environment():
    before = world(ran("1"), ran("1", "s", "staging"))
    assert told(before, world(ran("2"), ran("1", "s", "staging"))) == ["shop: deployed to production: 1 → 2"]
    assert told(before, before) == []


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.RUNNING, RunState.CANCELLED])
def test_a_version_that_did_not_land_is_no_news(state):
    assert told(world(ran("1")), world(ran("1"), ran("2", "k2", at=night(1), state=state))) == []


def test_a_list_of_deployments_is_told_as_from_where_to_where():
    before = world(ran("1", "a", at=night(-2)), ran("2", "b", at=night(-1)))
    more = [ran("3", "c", at=night(0)), ran("4", "d", at=night(1))]
    assert told(before, world(*before.facts, *more)) == ["shop: deployed to production: 2 → 4 (2 versions)"]
    again = ran("1", "e", at=night(1))
    assert told(before, world(*before.facts, again)) == ["shop: deployed to production: 2 → 1"]
    assert told(before, world(*before.facts, ran("2", "e", at=night(1)))) == []
    assert told(before, world(*before.facts, ran("0", "z", at=night(-9)))) == []


def test_many_weaknesses_of_one_entity_are_one_line_with_numbers():
    few = [weak("CVE-1"), weak("CVE-2", FactSeverity.LOW)]
    assert told(world(), world(*few)) == ["shop: vulnerability found: CVE-1 zlib (high)", "shop: vulnerability found: CVE-2 zlib (low)"]
    many = [weak(f"CVE-{number}", FactSeverity.CRITICAL if number < 2 else FactSeverity.LOW) for number in range(7)]
    assert told(world(), world(*many)) == ["shop: vulnerabilities found: 7 (2 critical, 5 low)"]
    assert told(world(*many), world(many[6])) == ["shop: vulnerabilities fixed: 6 (2 critical, 4 low)"]


def test_a_tool_that_names_everything_otherwise_changed_nothing():
    before, after = ([weak(f"{name}-{number}") for number in range(9)] for name in ("a", "b"))
    assert told(world(*before), world(*after)) == []


def test_more_than_anybody_reads_is_told_by_team(monkeypatch):
    monkeypatch.setattr(fact_events, "MANY", 1)
    assert told(world(), world(weak("CVE-1"), weak("CVE-1", of="store"))) == ["acme: vulnerabilities found: 2"]


def test_a_gate_and_an_objective_tell_when_they_turn():
    gate = {state: fact("quality-gate", QualityGate(state)) for state in GateState}
    assert told(world(gate[GateState.PASSED]), world(gate[GateState.FAILED])) == ["shop: quality gate failed"]
    assert told(world(gate[GateState.FAILED]), world(gate[GateState.WARNING])) == ["shop: quality gate passed again"]
    assert told(world(gate[GateState.PASSED]), world(gate[GateState.WARNING])) == []
    assert told(world(gate[GateState.NONE]), world(gate[GateState.FAILED])) == []
    good, bad, unknown = (fact("availability", Availability("answers", share, 99.9)) for share in (99.95, 99.1, None))
    assert told(world(good), world(bad)) == ["shop: SLO breached: answers (99.1%, target 99.9%)"]
    assert told(world(bad), world(good)) == ["shop: SLO met again: answers (99.95%, target 99.9%)"]
    assert told(world(good), world(unknown)) == told(world(unknown), world(bad)) == []


def test_noise_is_no_news():
    families = ("alert", "repository")
    calm = world(fact("repository", RepositoryActivity("r", FIRST, (1, 2))), asked=families)
    busy = world(fact("repository", RepositoryActivity("r", night(1), (2, 9))), fact("alert", Alert("hot")), asked=families)
    assert told(calm, busy) == []


def test_an_entity_that_was_renamed_keeps_its_facts_and_one_that_is_gone_takes_them_along():
    renamed = summarize(catalog_of(TEAM, make("till", owner="acme"), STORE)[0])
    after = world(down(of="till"))
    after = replace(after, measurements=(Measurement(ref("till"), "incident", "tool"),))
    same = [one for one in told(world(down()), after, renamed) if "incident" in one]
    assert same == []
    only = summarize(catalog_of(TEAM, STORE)[0])
    assert not any("incident" in one for one in told(world(down()), world(down()), only))


def test_the_past_of_a_team_and_of_the_entity_has_what_happened():
    (change,) = compared(BOTH, BOTH, (), (), night(1), (world(), world(down())))
    past = change_log([change])
    assert past.of(SHOP.ref, 9) == past.of_team(TEAM.ref, 9) == (change,)


def test_the_first_build_tells_nothing_of_the_world_and_the_next_one_does():
    first = replace(state_of([SHOP, TEAM]), summaries=BOTH)
    assert [c.kind for c in difference(None, BOTH, (), FIRST, VERSION, world(down()))] == ["baseline"]
    kinds = [c.kind for c in difference(first, BOTH, (), night(1), VERSION, world(down()))]
    assert kinds == ["tool-known"]


def test_the_digest_counts_what_happened():
    shared = [down(), down(of="store")]
    changes = compared(BOTH, BOTH, (), (), night(1), (world(), world(*shared, *(weak(f"CVE-{n}") for n in range(5)), ran("2"))))
    assert formats.digest(changes) == "1 incident opened (shop, store), 5 vulnerabilities found, 1 version deployed."


def test_a_change_comes_back_from_its_line_and_lines_without_newer_fields_are_read():
    change = Change(night(1), "deployed", SHOP.ref, "", "1", "2", None, TEAM.ref, "", "production", 3)
    assert Lines(Change).values(encoded(change)) == [change]
    short = b'["2026-11-20T02:00:00Z","tag",["component","default","shop"],"metadata.tags","","x"]'
    assert Lines(Change).values(short) == [Change(FIRST, "tag", SHOP.ref, "metadata.tags", "", "x")]


def test_frequent_changes_are_kept_for_some_months_only(tmp_path):
    changes = [Change(night(30 * number), kind, SHOP.ref) for number in range(6) for kind in ("deployed", "incident-opened")]
    known = {}
    for change in changes:
        known = fold(tmp_path, known, [change])
        remove_old_months(tmp_path, known, print)
    assert [path.stem for path in sorted((tmp_path / "history/frequent").iterdir())] == ["2027-02", "2027-03", "2027-04"]
    found = read_changes(tmp_path, 99).changes
    assert sum(change.kind == "deployed" for change in found) == 3
    assert sum(change.kind == "incident-opened" for change in found) == 6
    assert set(shown(changes, 99)) == set(found)


def test_the_command_compares_the_facts_of_two_states(tmp_path):
    for number, known in enumerate((world(), world(down()))):
        state = replace(state_of([SHOP, TEAM]), summaries=BOTH, facts=known.facts, measurements=known.measurements)
        state_files.save(Store(tmp_path / str(number)), replace(state, collections=known.collections))
    done = CliRunner().invoke(command, [str(tmp_path / "0"), str(tmp_path / "1")])
    assert done.output == "component:default/shop\n  incident opened: Tills are down (severity 1)\n"
