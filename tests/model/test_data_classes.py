"""The project's ``dataclass`` makes what that of the standard library makes: each case is compared with it."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from types import FunctionType
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
import pytest

from callboard.model.data_classes import dataclass

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Fields of all kinds."""

    path: str
    line: int = 1
    names: list[str] = dataclasses.field(default_factory=list)
    note: str = dataclasses.field(default="", compare=False, repr=False)
    memo: dict[str, int] = dataclasses.field(default_factory=dict, init=False, compare=False)
    strict: bool = dataclasses.field(default=False, kw_only=True)

    @property
    def text(self) -> str:
        """A method that stays."""
        return f"{self.path}:{self.line}"


@dataclasses.dataclass(frozen=True, slots=True)
class StandardPlace:
    """The same, made by the standard library."""

    path: str
    line: int = 1
    names: list[str] = dataclasses.field(default_factory=list)
    note: str = dataclasses.field(default="", compare=False, repr=False)
    memo: dict[str, int] = dataclasses.field(default_factory=dict, init=False, compare=False)
    strict: bool = dataclasses.field(default=False, kw_only=True)


@dataclass(slots=True)
class Counter(Generic[T]):
    """Can be changed."""

    first: T
    number: int = 0

    def __post_init__(self) -> None:
        """Count from the first."""
        self.number += 1


@dataclass(frozen=True, slots=True)
class Point:
    """Can be hashed."""

    x: int
    y: int = 0


@dataclass(frozen=True, slots=True)
class Empty:
    """Without fields."""


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """Equal to itself alone."""

    x: int


@dataclass(frozen=True, slots=True)
class Own:
    """With methods of its own."""

    x: int

    def __eq__(self, other: object) -> bool:
        """Any is equal."""
        return isinstance(other, Own)

    def __hash__(self) -> int:
        """The same for all."""
        return 7

    def __repr__(self) -> str:
        """Short."""
        return "own"


class Base:
    """Not a data class."""

    unit = "m"
    limit = 3


@dataclass(frozen=True, slots=True)
class Measured(Base):
    """With a default of its base, and with a value that is no field."""

    shown: ClassVar[bool] = True
    limit: int


@dataclass(frozen=True, slots=True)
class Solid(Point):
    """Extends a data class."""

    z: int = 0


def test_the_signature_is_the_same() -> None:
    own, standard = inspect.signature(Place).parameters, inspect.signature(StandardPlace).parameters
    assert [(each.name, each.kind) for each in own.values()] == [(each.name, each.kind) for each in standard.values()]
    assert Place.__match_args__ == StandardPlace.__match_args__  # type: ignore[attr-defined]


@pytest.mark.parametrize(("given", "named"), [(("a",), {}), (("a", 2, ["x"], "n"), {"strict": True}), ((), {"path": "a", "line": 3})])
def test_values_and_defaults_are_the_same(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    own, standard = Place(*given, **named), StandardPlace(*given, **named)
    assert dataclasses.asdict(own) == dataclasses.asdict(standard)
    assert repr(own) == repr(standard).replace("StandardPlace", "Place")
    assert msgspec.json.encode(own) == msgspec.json.encode(standard)
    assert own.names is not Place("b").names
    assert not hasattr(own, "__dict__")


@pytest.mark.parametrize(("given", "named"), [((), {}), (("a", 1, [], "", {}), {}), (("a",), {"unknown": 1}), (("a",), {"memo": {}})])
def test_wrong_arguments_are_refused(given: tuple[Any, ...], named: dict[str, Any]) -> None:
    for kind in (Place, StandardPlace):
        with pytest.raises(TypeError):
            kind(*given, **named)


def test_frozen_instances_refuse_changes() -> None:
    for one in (Place("a"), StandardPlace("a")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'line'"):
            one.line = 2  # type: ignore[misc]
        with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'line'"):
            del one.line  # type: ignore[misc]
    assert Place("a").text == "a:1"


def test_equality_and_hash_follow_the_compared_fields() -> None:
    assert Place("a", note="x") == Place("a", note="y") != Place("b")
    assert Place("a") != StandardPlace("a")
    assert {Point(1), Point(1, 0), Point(2)} == {Point(2), Point(1)}
    assert (Empty(), hash(Empty())) == (Empty(), hash(Empty()))
    assert Identity(1) != Identity(1)
    assert (repr(Empty()), repr(Identity((1, 2)))) == ("Empty()", "Identity(x=(1, 2))")  # type: ignore[arg-type]
    assert (Own(1), hash(Own(1)), repr(Own(1))) == (Own(2), 7, "own")
    with pytest.raises(TypeError, match="unhashable"):
        hash(Counter("a"))


@pytest.mark.parametrize("one", [Place("a", 2, ["x"]), Counter("a", 4), Point(1), Empty(), Solid(1, 2, 3)])
def test_instances_are_copied(one: Any) -> None:
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(one, protocol)) == one
    assert copy.copy(one) == copy.deepcopy(one) == one
    assert dataclasses.is_dataclass(one)


def test_instances_that_are_not_frozen_change() -> None:
    counter = Counter("a", number=3)
    counter.first = "b"
    assert (counter.first, counter.number) == ("b", 4)
    assert dataclasses.replace(Place("a"), line=9) == Place("a", 9)


def test_a_class_that_extends_one_is_one() -> None:
    assert Solid(1, z=2) == Solid(1, 0, 2) != Point(1)
    with pytest.raises(TypeError, match="cannot inherit non-frozen dataclass from a frozen one"):

        @dataclass(slots=True)
        class Loose(Point):
            w: int = 0


def test_defaults_of_a_base_and_values_of_the_class_are_kept() -> None:
    assert (Measured(), Measured.shown, Measured().unit) == (Measured(3), True, "m")
    assert [field.name for field in dataclasses.fields(Measured)] == ["limit"]


def test_the_initializer_is_compiled_for_the_first_instance() -> None:
    @dataclass(frozen=True, slots=True)
    class Late:
        """Made once."""

        x: int
        y: int = 2

    class Later(Late):
        """Has the initializer of its base."""

    assert not isinstance(vars(Late)["__init__"], FunctionType)
    assert (Later(1).y, Late(1, y=3).y) == (2, 3)
    assert isinstance(vars(Late)["__init__"], FunctionType)
    assert "__init__" not in vars(Later)


def test_wrong_fields_are_refused_when_the_class_is_made() -> None:
    with pytest.raises(TypeError, match="non-default argument 'y' follows default argument"):

        @dataclass(frozen=True, slots=True)
        class Unordered:
            """Refused."""

            x: int = 1
            y: int

    with pytest.raises(ValueError, match="mutable default"):

        @dataclass(frozen=True, slots=True)
        class Shared:
            """Refused."""

            x: list[int] = []  # noqa: RUF012 - what is refused

    with pytest.raises(TypeError, match="no type annotation"):

        @dataclass(frozen=True, slots=True)
        class Unnamed:
            """Refused."""

            x = dataclasses.field(default=1)
            y: int = 2
