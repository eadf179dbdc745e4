"""The column Health of the catalog's table: what is wrong, and what nobody measured, which is never shown as fine."""

import pytest
from test_facts_panels import NOW, asked, fact, world

from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.availability import Availability
from callboard.model.facts.enumerations import FactSeverity
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import parse_ref
from callboard.pages.facts.health_column import health_column, health_families, team_numbers
from callboard.plugins.run_integrations import IntegrationInfo
from callboard.settings.settings import Portal

TOOLS = (
    IntegrationInfo("pd", "pagerduty", "PagerDuty", ("on-call", "incident"), ()),
    IntegrationInfo("scan", "snyk", "Snyk", ("vulnerability",), ()),
    IntegrationInfo("slo", "nobl9", "Nobl9", ("availability", "alert"), ()),
)
SEVERE, MILD = Incident("Down", NOW, severity=1), Incident("Slow", NOW, severity=4)
OVER = Incident("Over", NOW, state=IncidentState.RESOLVED, resolved=NOW)
CRITICAL, LOW = Vulnerability("CVE-1", FactSeverity.CRITICAL), Vulnerability("CVE-2", FactSeverity.LOW)
MISSED, MET, NO_DATA = Availability("a", 98.0, 99.0), Availability("b", 99.5, 99.0), Availability("c", None, 99.0)


def row(context, ref="component:default/shop"):
    """Families that were measured, those that were not completely, what is urgent, and the tone."""
    column, at = health_column(context), list(context.catalog.entities).index(parse_ref(ref))
    named = [
        [name for bit, name in enumerate(column["families"]) if max(column[key][at], 0) >> bit & 1] for key in ("measured", "incomplete")
    ]
    return *named, {name: numbers[at] for name, numbers in column["urgent"].items() if numbers[at]}, column["tone"][at]


@pytest.mark.parametrize(
    ("facts", "measured", "expected"),
    [
        ([], [], ([], [], {}, 0)),
        ([fact("incident", OVER)], [], (["incident"], [], {}, 0)),
        ([fact("incident", SEVERE), fact("incident", MILD, key="2")], [], (["incident"], [], {"incident": 2}, 2)),
        ([fact("incident", MILD)], [], (["incident"], [], {"incident": 1}, 1)),
        ([], [asked("incident", complete=False)], (["incident"], ["incident"], {}, 0)),
        ([fact("vulnerability", CRITICAL), fact("vulnerability", LOW, key="2")], [], (["vulnerability"], [], {"vulnerability": 1}, 2)),
        ([fact("vulnerability", LOW)], [], (["vulnerability"], [], {}, 0)),
        ([fact("availability", MISSED), fact("availability", MET, key="2")], [], (["availability"], [], {"availability": 1}, 2)),
        ([fact("availability", MET)], [], (["availability"], [], {}, 0)),
        ([fact("availability", NO_DATA)], [], ([], [], {}, 0)),
        ([], [asked("availability")], ([], [], {}, 0)),
        ([fact("alert", Alert("Late", FactSeverity.HIGH))], [], (["alert"], [], {"alert": 1}, 2)),
        ([fact("alert", Alert("Late", FactSeverity.LOW))], [], (["alert"], [], {"alert": 1}, 1)),
        ([fact("alert", Alert("Late", state=AlertState.SILENCED))], [], (["alert"], [], {}, 0)),
    ],
)
def test_a_component_says_what_is_wrong_and_what_was_measured(facts, measured, expected):
    assert row(world(facts, measured, connections=TOOLS)) == expected


def test_a_system_is_measured_in_part_while_a_member_is_not():
    some, every = [asked("incident")], [asked("incident"), asked("incident", of="ledger")]
    assert row(world(measurements=some, connections=TOOLS), "system:default/retail") == (["incident"], ["incident"], {}, 0)
    assert row(world(measurements=every, connections=TOOLS), "system:default/retail") == (["incident"], [], {}, 0)


def test_what_two_components_share_counts_once_for_their_team_and_twice_where_it_is_to_be_fixed_twice():
    shared = [fact("incident", SEVERE), fact("incident", SEVERE, of="ledger")]
    context = world([*shared, fact("vulnerability", CRITICAL), fact("vulnerability", CRITICAL, of="ledger")], connections=TOOLS)
    assert row(context, "group:default/team")[2] == {"incident": 1, "vulnerability": 2}
    assert row(context, "component:default/ledger")[2] == {"incident": 1, "vulnerability": 1}
    [numbers] = team_numbers(context, {parse_ref("group:default/team"): 3, None: 7})
    at = list(context.catalog.entities).index(parse_ref("group:default/team"))
    assert dict(zip(("row", "problems", *health_families(context)), numbers, strict=True)) == {
        "row": at, "problems": 3, "incident": 1, "alert": 0, "availability": 0, "vulnerability": 2,
    }  # fmt: skip


def test_people_have_no_health_and_a_portal_without_such_tools_has_no_column():
    context = world([fact("incident", SEVERE)])
    assert health_column(context)["measured"][list(context.catalog.entities).index(parse_ref("user:default/ada"))] == -1
    assert health_column(world(connections=())) is None


def test_the_public_sees_no_health_of_families_that_it_must_not_see():
    context = world([fact("incident", SEVERE), fact("availability", MISSED)], portal=Portal(audience="public"), connections=TOOLS)
    assert health_families(context) == ("alert", "availability")
    assert row(context)[2] == {"availability": 1}
