"""The time as an input."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from callboard.io.clock import now
from callboard.model.errors import CallboardError

NOON = datetime(2024, 5, 17, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize("text", ["2024-05-17T12:00:00Z", "2024-05-17T14:00:00+02:00", "2024-05-17T12:00:00", "20240517T120000Z"])
def test_the_option_comes_first(text):
    assert now(text, {"SOURCE_DATE_EPOCH": "0"}) == NOON


def test_then_the_epoch_of_reproducible_builds():
    assert now(None, {"SOURCE_DATE_EPOCH": "1715947200"}) == NOON


def test_then_the_clock_to_the_second_in_utc():
    local = datetime(2024, 5, 17, 14, 0, 0, 123, tzinfo=timezone(timedelta(hours=2)))
    got = now(None, {}, lambda: local)
    assert got == NOON
    assert got.tzinfo is UTC


@pytest.mark.parametrize(("option", "epoch"), [("tomorrow", ""), (None, "12:00"), (None, "9" * 30), ("0001-01-01T00:00:00+14:00", "")])
def test_what_is_no_time_is_told_with_an_example(option, epoch):
    with pytest.raises(CallboardError, match="which is not a time") as raised:
        now(option, {"SOURCE_DATE_EPOCH": epoch})
    assert raised.value.hint
