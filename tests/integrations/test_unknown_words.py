"""A state or severity that is not known is unknown, with the tool's word shown: never good, and never a lost row."""

import pytest
from vendors import NOW

from callboard.integrations.github import facts as github
from callboard.integrations.gitlab import queries as gitlab
from callboard.integrations.reports.cyclonedx import _severity_word
from callboard.integrations.snyk import _fixed_in
from callboard.model.facts.alert import Alert, AlertState
from callboard.model.facts.deployment import Health
from callboard.model.facts.enumerations import FactSeverity, Tone
from callboard.model.facts.incident import IncidentState
from callboard.model.facts.quality_gate import GateState
from callboard.plugins.integrations.decode import decode_value
from callboard.plugins.integrations.parse import parse_enum

ROWS = {
    "alert-severity": ("alert", {"name": "a"}, "severity", FactSeverity.UNKNOWN),
    "alert-state": ("alert", {"name": "a"}, "state", AlertState.UNKNOWN),
    "incident-severity": ("incident", {"title": "a", "opened": "-1d"}, "severity", 3),
    "incident-state": ("incident", {"title": "a", "opened": "-1d"}, "state", IncidentState.UNKNOWN),
    "vulnerability": ("vulnerability", {"id": "CVE-1"}, "severity", FactSeverity.UNKNOWN),
    "issue": ("issue", {"title": "a"}, "priority", FactSeverity.UNKNOWN),
    "health": ("deployment", {"version": "1"}, "health", Health.UNKNOWN),
    "gate": ("quality-gate", {}, "state", GateState.NONE),
}


@pytest.mark.parametrize(("family", "row", "field", "member"), ROWS.values(), ids=ROWS)
def test_a_row_of_a_file_or_of_http_json_keeps_a_word_that_is_not_known(family, row, field, member):
    value = decode_value(family, {**row, field: "Kernschmelze"}, NOW)
    assert (getattr(value, field), getattr(value, f"{field}_word")) == (member, "Kernschmelze")
    assert value.tone is not Tone.GOOD
    number = decode_value(family, {**row, field: 17}, NOW)
    assert getattr(number, f"{field}_word") == "17"
    known = {"severity": "major", "priority": "P1", "health": "good"}.get(field, "failed" if family == "quality-gate" else "resolved")
    assert getattr(decode_value(family, {**row, field: known}, NOW), f"{field}_word") == ""


def test_an_alert_or_incident_of_unknown_state_counts_as_open():
    for family, row in (("alert", {"name": "a"}), ("incident", {"title": "a", "opened": "-1d"})):
        assert decode_value(family, {**row, "state": "teleported"}, NOW).is_open
    assert not Alert("a", state=AlertState.RESOLVED).is_open


@pytest.mark.parametrize("word", ["inactive", "Normal", "OK", "resolved"])
def test_an_alert_that_does_not_fire_is_resolved(word):
    assert parse_enum(AlertState, word) is AlertState.RESOLVED


@pytest.mark.parametrize(
    "value",
    [
        github.vulnerability({"securityVulnerability": {"severity": "SEISMIC"}}, NOW),
        github.finding({"rule": {"id": "r", "security_severity_level": "SEISMIC"}}, NOW),
        gitlab.vulnerability({"title": "t", "severity": "SEISMIC"}, NOW),
    ],
    ids=["dependabot", "code-scanning", "gitlab"],
)
def test_severities_of_connectors_keep_the_word(value):
    assert (value.severity, value.severity_word) == (FactSeverity.UNKNOWN, "SEISMIC")


def test_a_rating_of_cyclonedx_keeps_the_word():
    assert _severity_word({"ratings": [{"severity": "unknown"}, {"severity": "seismic"}]}) == "seismic"


@pytest.mark.parametrize(
    ("attributes", "fixed_in"),
    [
        ({}, None),
        ({"coordinates": [{}]}, None),
        ({"coordinates": [{"is_upgradeable": None}]}, None),
        ({"coordinates": [{"is_upgradeable": "no"}]}, None),
        ({"coordinates": [{"is_upgradeable": False}]}, None),
        ({"coordinates": [{"is_fixable_upstream": False}]}, ""),
        ({"coordinates": [{"is_fixable_upstream": False, "is_upgradeable": False}]}, ""),
        ({"coordinates": [{"is_fixable_upstream": False}, {"representations": []}]}, None),
        ({"coordinates": [{"is_fixable_upstream": False, "is_patchable": True}]}, None),
        ({"coordinates": [{"is_fixable_upstream": 0}]}, None),
        ({"coordinates": [{"is_upgradeable": True}]}, None),
        ({"coordinates": [{"remedies": [{"details": {"upgrade_package": "1.2"}}]}]}, "1.2"),
    ],
)
def test_snyk_states_that_there_is_no_fix_only_where_it_looked_for_one(attributes, fixed_in):
    assert _fixed_in(attributes) == fixed_in
