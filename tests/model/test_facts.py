from datetime import UTC, datetime, timedelta, timezone
from importlib.metadata import EntryPoint

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.model.facts import FAMILIES
from callboard.model.facts.availability import Availability
from callboard.model.facts.deployment import Deployment
from callboard.model.facts.fact import Fact, Measurement
from callboard.model.facts.incident import Incident, IncidentState
from callboard.model.facts.on_call import OnCall, Shift
from callboard.model.facts.quality_gate import QualityGate
from callboard.model.facts.repository import RepositoryActivity
from callboard.model.facts.validation import FactError
from callboard.model.facts.vulnerability import Vulnerability
from callboard.model.ref import parse_ref
from callboard.state.parts import fact_lines, facts_of

SHOP = parse_ref("component:default/shop").canonical()
NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)


def fact(family, value, **more):
    return Fact(SHOP, family, "k", value, "tool", **more)


def test_times_are_kept_in_utc_and_a_time_without_a_zone_is_refused():
    berlin = timezone(timedelta(hours=2))
    assert Incident("down", datetime(2026, 5, 17, 4, 0, tzinfo=berlin)).opened == NOW
    assert Incident("down", datetime(2026, 5, 17, 4, 0, tzinfo=berlin)).opened.tzinfo is UTC
    with pytest.raises(FactError, match="opened has no time zone"):
        Incident("down", datetime(2026, 5, 17, 4, 0))  # noqa: DTZ001
    with pytest.raises(FactError, match="observed_at"):
        fact("incident", Incident("down", NOW), observed_at=datetime(2026, 5, 17))  # noqa: DTZ001


def test_a_severity_beyond_the_scale_and_numbers_that_are_none_are_refused():
    with pytest.raises(FactError, match="1 to 5"):
        Incident("down", NOW, severity=6)
    with pytest.raises(FactError, match="coverage"):
        QualityGate(coverage=float("nan"))


def test_a_fact_holds_only_values_of_its_family():
    with pytest.raises(FactError, match="Incident"):
        fact("incident", Vulnerability("CVE-1"))
    with pytest.raises(FactError, match="FactValue"):
        fact("feature-flag", Shift("Ada", NOW))


@pytest.mark.parametrize(
    ("measured", "objective", "left"),
    [(99.95, 99.9, 50.0), (100.0, 99.9, 100.0), (99.9, 99.9, 0.0), (99.82, 99.9, -80.0), (None, 99.9, None)],
)
def test_the_error_budget_follows_from_objective_and_measurement(measured, objective, left):
    assert Availability("answers", measured, objective).budget_left == pytest.approx(left) if left is not None else True
    assert (Availability("answers", measured, objective).budget_left is None) == (left is None)


VALUES = {
    "on-call": OnCall("rota", (Shift("Ada", NOW, NOW + timedelta(hours=8), 2, "ada@acme.example"), Shift("Bo", NOW))),
    "incident": Incident("down", NOW, 1, IncidentState.RESOLVED, NOW + timedelta(hours=1)),
    "availability": Availability("answers", None, 99.9),
    "deployment": Deployment("1.2", NOW, in_sync=False, ready=0, wanted=2),
    "vulnerability": Vulnerability("CVE-1"),
    "quality-gate": QualityGate(coverage=0.0, ratings=(("security", "A"),)),
    "repository": RepositoryActivity("acme/shop", commits=(0, 3), languages=(("Go", 99.5),), community=()),
}


def again(before):
    """The fact as it is read from the line that is written of it."""
    ((after,), _) = facts_of(b"".join(fact_lines([before], ())))
    return after


@pytest.mark.parametrize("family", VALUES)
def test_a_fact_comes_back_from_json_as_it_was(family):
    before = fact(family, VALUES[family], environment="production", url="https://x.example/", observed_at=NOW)
    assert again(before) == before


def test_zero_and_not_measured_stay_apart_in_json():
    zero, none = fact("repository", RepositoryActivity("a", community=())), fact("repository", RepositoryActivity("a"))
    assert again(zero).value.community == ()
    assert again(none).value.community is None


def test_a_measurement_comes_back_from_json_as_it_was():
    for one in (Measurement(SHOP, "incident", "tool"), Measurement(SHOP, "incident", "tool", complete=False, observed=NOW, since=NOW)):
        (after,) = facts_of(b"\n".join(fact_lines((), [one])))[1]
        assert (after, after.observed, after.since) == (one, one.observed, one.since)


def test_a_measurement_knows_since_when_it_is_whole_in_utc():
    berlin = timezone(timedelta(hours=2))
    assert (
        Measurement(SHOP, "incident", "tool", since=datetime(2026, 5, 17, 4, 0, tzinfo=berlin)).since.isoformat()
        == "2026-05-17T02:00:00+00:00"
    )
    with pytest.raises(FactError, match="since has no time zone"):
        Measurement(SHOP, "incident", "tool", since=datetime(2026, 5, 17))  # noqa: DTZ001 - the mistake


@given(st.text(max_size=40), st.integers(1, 5), st.datetimes(timezones=st.just(UTC)))
def test_any_incident_survives_json(title, severity, opened):
    before = fact("incident", Incident(title.replace("\x00", "").strip(), opened, severity))
    after = again(before)
    assert (after.value.severity, after.value.opened) == (severity, opened)


def test_every_layer_has_a_row_for_every_family():
    from callboard.history.facts import families as events
    from callboard.pages.facts import families as pages
    from callboard.plugins.loader import BUILT_IN

    assert list(pages.FAMILIES) == list(FAMILIES) == list(BUILT_IN["callboard.families"])
    assert set(events.FAMILIES) == set(FAMILIES)
    assert {name: kind.__module__ for name, kind in FAMILIES.items()} == {
        name: f"callboard.model.facts.{name.replace('-', '_')}" for name in FAMILIES
    }
    assert [EntryPoint(name, target, "").load() for name, target in BUILT_IN["callboard.families"].items()] == list(FAMILIES.values())
