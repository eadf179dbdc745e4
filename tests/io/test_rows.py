"""Values as lines of JSON that are checked against their classes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import pytest

from callboard.io.rows import Lines, RowError, encoded, type_error

AT = datetime(2026, 5, 17, 2, 0, tzinfo=UTC)


class Point(NamedTuple):
    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Inner:
    name: str
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Outer:
    at: datetime
    point: Point
    inner: tuple[Inner, ...] = ()
    times: Mapping[str, datetime] = field(default_factory=dict)
    free: Mapping[str, Any] = field(default_factory=dict)
    one: Inner | None = None
    share: float | None = None


FULL = Outer(AT, Point(1, 2), (Inner("a"), Inner("b", date(2026, 5, 1))), {"x": AT}, {"k": [1, None, {"z": 1.5}]}, Inner("c"), 99.5)
LINES = Lines(Outer)


def test_fields_that_have_their_defaults_are_left_out_at_every_depth():
    assert LINES.line(Outer(AT, Point(1), (Inner("a"),))) == b'{"at":"2026-05-17T02:00:00Z","point":[1,0],"inner":[{"name":"a"}]}'


@pytest.mark.parametrize("value", [FULL, Outer(AT, Point(0))])
def test_a_value_is_read_as_it_was_written(value):
    assert LINES.values(LINES.line(value) + b"\n" + LINES.line(value)) == [value, value]
    assert LINES.value(LINES.line(value)) == value


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b'{"point":[1]}', "missing required field `at`"),
        (b'{"at":"2026-05-17T02:00:00Z","point":["1"]}', r"Expected `int`, got `str` - at `\$\.point\[0\]`"),
        (b'{"at":"2026","point":[1]}', "RFC3339"),
        (b'{"at":', "truncated"),
        (b'{"at":"2026-05-17T02:00:00Z","point":[1],"free":' + b'{"a":' * 50_000, "recursion"),
        (b"\xff", "malformed"),
    ],
)  # fmt: skip
def test_a_line_that_does_not_fit_its_class_is_refused_with_the_place(line, message):
    with pytest.raises(RowError, match=f"(?i){message}"):
        LINES.value(line)
    with pytest.raises(RowError, match="(?i)" + message.replace(r"\$", r"\$\[0\]")):
        LINES.values(line)


def test_a_value_of_another_type_is_found_before_it_is_written():
    assert type_error(FULL) == ""
    wrong = Outer(AT, Point(1), (Inner(5),))
    assert type_error(wrong) == "Expected `str`, got `int` - at `$.inner[0].name`"
    assert type_error(wrong, "inner") == ""
    with pytest.raises(RowError, match="Expected `str`"):
        LINES.line(wrong)
    with pytest.raises(RowError):
        encoded({"x": object()})


def test_an_integer_of_any_size_is_read_as_it_was_written():
    assert LINES.value(LINES.line(Outer(AT, Point(1), free={"n": 10**40}))).free == {"n": 10**40}
