from datetime import UTC, date, datetime

import pytest

from callboard.model.facts.alert import AlertState
from callboard.model.facts.enumerations import FactSeverity, RunState
from callboard.model.facts.validation import FactError
from callboard.plugins.integrations.decode import decode_value
from callboard.plugins.integrations.parse import (
    STRING_LIMIT,
    parse_enum,
    parse_incident_severity,
    parse_integer,
    parse_number,
    parse_string,
    parse_time,
)

NOW = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-05-17T02:00:00Z", NOW), ("2026-05-17T04:00:00+0200", NOW), ("2026-05-17T02:00:00", NOW), ("now", NOW),
        ("-2d", datetime(2026, 5, 15, 2, 0, tzinfo=UTC)), ("+36h", datetime(2026, 5, 18, 14, 0, tzinfo=UTC)),
        ("-90m", datetime(2026, 5, 17, 0, 30, tzinfo=UTC)), (1_778_983_200, NOW), (1_778_983_200_000, NOW), ("1778983200", NOW),
        ("2026-05-17", datetime(2026, 5, 17, tzinfo=UTC)), (date(2026, 5, 17), datetime(2026, 5, 17, tzinfo=UTC)),
    ],
)  # fmt: skip
def test_times_are_read_in_the_ways_that_tools_write_them(written, meant):
    assert parse_time(written, NOW) == meant


@pytest.mark.parametrize("written", ["yesterday", "", None, True, [], {}, "-2", "2026-13-01", 1e300, "-9999999w"])
def test_what_is_not_a_time_is_reported(written):
    with pytest.raises(FactError, match="is not a time"):
        parse_time(written, NOW)


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (FactSeverity, "CRITICAL", "critical"), (FactSeverity, "moderate", "medium"), (RunState, "in_progress", "running"),
        (RunState, "SUCCESS", "succeeded"), (RunState, "timed_out", "failed"), (AlertState, "suppressed", "silenced"),
    ],
)  # fmt: skip
def test_words_of_tools_become_members_of_enumerations(kind, written, meant):
    assert parse_enum(kind, written) == meant


def test_an_unknown_word_is_an_error_or_the_default():
    with pytest.raises(FactError, match="not one of critical, high"):
        parse_enum(FactSeverity, "gruesome")
    assert parse_enum(FactSeverity, "gruesome", FactSeverity.UNKNOWN) is FactSeverity.UNKNOWN


@pytest.mark.parametrize(("written", "meant"), [("SEV-1", 1), ("P3", 3), (2, 2), ("high", 2), ("critical", 1)])
def test_severities_of_incidents_become_numbers(written, meant):
    assert parse_incident_severity(written) == meant


@pytest.mark.parametrize("written", [0, 6, "worst", None, "12"])
def test_severities_beyond_the_scale_are_refused(written):
    with pytest.raises(FactError):
        parse_incident_severity(written)


def test_numbers_are_finite_and_percent_signs_are_ignored():
    assert parse_number("84.2 %") == 84.2
    for bad in ("NaN", "inf", "x", None, True, [1]):
        with pytest.raises(FactError):
            parse_number(bad)
    with pytest.raises(FactError, match="not an integer"):
        parse_integer("1.5")


def test_strings_are_bounded_and_free_of_control_characters():
    assert len(parse_string("x" * 9_000)) == STRING_LIMIT
    assert "\x00" not in parse_string("a\x00b")


def test_a_value_is_read_field_by_field_with_the_field_named_in_errors():
    with pytest.raises(FactError, match="opened: 'soon' is not a time"):
        decode_value("incident", {"title": "x", "opened": "soon"}, NOW)
    with pytest.raises(FactError, match="'title' is missing"):
        decode_value("incident", {"opened": "now"}, NOW)
    with pytest.raises(FactError, match="no field 'titel'"):
        decode_value("incident", {"titel": "x", "opened": "now"}, NOW)
    with pytest.raises(FactError, match="no family"):
        decode_value("weather", {}, NOW)


def test_nested_values_come_as_mappings_lists_or_rows():
    value = decode_value("availability", {"name": "a", "measured": None, "history": [["-1d", 99.5], {"day": "now", "percent": None}]}, NOW)
    assert [(str(day.day), day.percent) for day in value.history] == [("2026-05-16", 99.5), ("2026-05-17", None)]
    assert value.measured is None
    assert decode_value("repository", {"name": "x", "languages": {"Go": 60, "C": "40 %"}}, NOW).languages == (("Go", 60.0), ("C", 40.0))


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+00:00", -62135596800])
def test_a_time_that_some_time_zones_have_no_date_for_is_not_a_time(value):
    with pytest.raises(FactError, match="is not a time"):
        parse_time(value, NOW)
