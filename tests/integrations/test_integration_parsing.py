from datetime import UTC, date, datetime

import pytest

from callboard.model.facts.words import AlertState, FactError, FactSeverity, RunState
from callboard.plugins.integrations import parsing
from callboard.plugins.integrations.decode import value_of

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
    assert parsing.moment(written, NOW) == meant


@pytest.mark.parametrize("written", ["yesterday", "", None, True, [], {}, "-2", "2026-13-01", 1e300, "-9999999w"])
def test_what_is_no_time_is_told_so(written):
    with pytest.raises(FactError, match="is not a time"):
        parsing.moment(written, NOW)


@pytest.mark.parametrize(
    ("kind", "written", "meant"),
    [
        (FactSeverity, "CRITICAL", "critical"), (FactSeverity, "moderate", "medium"), (RunState, "in_progress", "running"),
        (RunState, "SUCCESS", "succeeded"), (RunState, "timed_out", "failed"), (AlertState, "suppressed", "silenced"),
    ],
)  # fmt: skip
def test_words_of_tools_become_ours(kind, written, meant):
    assert parsing.word(kind, written) == meant


def test_a_word_that_nobody_knows_is_told_or_replaced():
    with pytest.raises(FactError, match="not one of critical, high"):
        parsing.word(FactSeverity, "gruesome")
    assert parsing.known_word(FactSeverity, "gruesome", FactSeverity.UNKNOWN) is FactSeverity.UNKNOWN


@pytest.mark.parametrize(("written", "meant"), [("SEV-1", 1), ("P3", 3), (2, 2), ("high", 2), ("critical", 1)])
def test_severities_of_incidents_become_numbers(written, meant):
    assert parsing.incident_severity(written) == meant


@pytest.mark.parametrize("written", [0, 6, "worst", None, "12"])
def test_severities_beyond_the_scale_are_refused(written):
    with pytest.raises(FactError):
        parsing.incident_severity(written)


def test_numbers_are_finite_and_percent_signs_are_read_over():
    assert parsing.number("84.2 %") == 84.2
    for bad in ("NaN", "inf", "x", None, True, [1]):
        with pytest.raises(FactError):
            parsing.number(bad)
    with pytest.raises(FactError, match="not an integer"):
        parsing.whole("1.5")


def test_texts_are_bounded_and_free_of_control_characters():
    assert len(parsing.text("x" * 9_000)) == parsing.TEXT_LIMIT
    assert "\x00" not in parsing.text("a\x00b")


def test_a_value_is_read_field_by_field_with_the_field_named_in_errors():
    with pytest.raises(FactError, match="opened: 'soon' is not a time"):
        value_of("incident", {"title": "x", "opened": "soon"}, NOW)
    with pytest.raises(FactError, match="'title' is missing"):
        value_of("incident", {"opened": "now"}, NOW)
    with pytest.raises(FactError, match="no field 'titel'"):
        value_of("incident", {"titel": "x", "opened": "now"}, NOW)
    with pytest.raises(FactError, match="no family"):
        value_of("weather", {}, NOW)


def test_nested_values_come_as_mappings_lists_or_rows():
    value = value_of("availability", {"name": "a", "measured": None, "history": [["-1d", 99.5], {"day": "now", "percent": None}]}, NOW)
    assert [(str(day.day), day.percent) for day in value.history] == [("2026-05-16", 99.5), ("2026-05-17", None)]
    assert value.measured is None
    assert value_of("repository", {"name": "x", "languages": {"Go": 60, "C": "40 %"}}, NOW).languages == (("Go", 60.0), ("C", 40.0))


@pytest.mark.parametrize("value", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+00:00", -62135596800])
def test_a_time_that_some_time_zones_have_no_date_for_is_no_time(value):
    with pytest.raises(FactError, match="is not a time"):
        parsing.moment(value, NOW)
