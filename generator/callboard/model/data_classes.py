"""``dataclass`` as in the standard library, at a tenth of its time for each class: hundreds of classes are made when a command starts.

The standard library compiles a function for each method of each class, six for a frozen one. Here only ``__init__`` is compiled, when the
first instance is made: most commands use a part of the classes. All other methods are closures over the names of the fields. What a class
is to its users is the same: ``fields``, ``replace`` and ``asdict`` work, arguments are checked, frozen instances raise
``FrozenInstanceError``. A frozen instance is also made in two thirds of the time. One thing is left out: the text of a value that contains
itself raises ``RecursionError``.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Never

_NONE_GIVEN = object()
"""Default of a parameter whose value a factory makes."""


def _make(cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True, **options: bool) -> Any:
    """A data class. The standard library makes those without slots, with other options or bases, and those with fields of special kinds."""

    def wrap(cls: type) -> Any:
        fields = _fields_of(cls) if slots and not options and type(cls) is type else None
        if fields is None:
            return dataclasses.dataclass(frozen=frozen, slots=slots, eq=eq, **options)(cls)
        made = _with_slots(cls, fields)
        made.__dataclass_params__ = _FROZEN_PARAMETERS if frozen else _PARAMETERS
        _complete(made, tuple(fields.values()), frozen=frozen, eq=eq)
        return made

    return wrap if cls is None else wrap(cls)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # so that type checkers know it  # noqa: PLC0414
else:
    dataclass = _make


@dataclasses.dataclass(init=False, repr=False, eq=False, slots=True)
class _Sample:
    """Of which other classes get what the standard library keeps of each data class."""

    field: str


_KIND_OF_FIELD = dataclasses.fields(_Sample)[0]._field_type  # type: ignore[attr-defined]  # noqa: SLF001 - ``dataclasses.fields`` asks for it
_PARAMETERS: Any = _Sample.__dataclass_params__  # type: ignore[attr-defined]
_FROZEN_PARAMETERS = copy.copy(_PARAMETERS)
_FROZEN_PARAMETERS.frozen = True  # a class that extends one has to be frozen too
_SPECIAL_KINDS = ("ClassVar", "InitVar", "KW_ONLY")


def _fields_of(cls: type) -> dict[str, dataclasses.Field[Any]] | None:
    """The fields by name; None if they have to be read, or refused, by the standard library."""
    if not _is_simple(cls):
        return None
    fields, has_default = dict[str, Any](), False
    for name, kind in vars(cls)["__annotations__"].items():
        if kind.startswith("ClassVar["):
            continue
        default = getattr(cls, name, dataclasses.MISSING)
        field: Any = default if isinstance(default, dataclasses.Field) else dataclasses.field(default=default)
        field.name, field.type, field._field_type = name, kind, _KIND_OF_FIELD  # noqa: SLF001 - as above
        field.kw_only = field.kw_only is True
        is_given = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if field.default.__class__.__hash__ is None or (is_given and has_default and field.init and not field.kw_only):
            return None
        has_default = has_default or (field.init and not field.kw_only and not is_given)
        fields[name] = field
    is_whole = not any(isinstance(value, dataclasses.Field) for name, value in vars(cls).items() if name not in fields)
    return fields if is_whole else None


def _is_simple(cls: type) -> bool:
    """Whether a class extends none with slots or fields, has a text, and annotations without a special meaning."""
    known = vars(cls)
    if "__annotations__" not in known or "__slots__" in known or not cls.__doc__:
        return False
    if any("__dataclass_fields__" in vars(base) or vars(base).get("__slots__") for base in cls.__mro__[1:]):
        return False
    return all(
        isinstance(kind, str) and (kind.startswith("ClassVar[") or not any(special in kind for special in _SPECIAL_KINDS))
        for kind in known["__annotations__"].values()
    )


def _with_slots(cls: type, fields: dict[str, dataclasses.Field[Any]]) -> Any:
    """The class with a slot for each field, which only a new class can have."""
    body = {name: value for name, value in vars(cls).items() if name not in fields and name not in {"__dict__", "__weakref__"}}
    positional = tuple(field.name for field in fields.values() if field.init and not field.kw_only)
    added = {"__slots__": tuple(fields), "__dataclass_fields__": fields, "__match_args__": positional}
    if hasattr(_Sample, "__replace__"):  # since Python 3.13, for ``copy.replace``
        added["__replace__"] = _Sample.__replace__
    made = type(cls)(cls.__name__, cls.__bases__, {**added, **body})
    made.__qualname__ = cls.__qualname__
    return made


class _FirstInit:
    """Stands for ``__init__`` of a class until it is asked for, and puts it in its own place then."""

    __slots__ = ("_arguments",)

    def __init__(self, *arguments: Any) -> None:
        self._arguments = arguments

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """The function, or the method of an instance."""
        cls, fields, frozen = self._arguments
        method = _initializer(cls, fields, frozen=frozen)
        cls.__init__ = method
        return method if instance is None else method.__get__(instance, owner)


def _complete(cls: Any, fields: tuple[dataclasses.Field[Any], ...], *, frozen: bool, eq: bool) -> None:
    """Add the methods of a data class, those that its body does not define."""
    known = vars(cls)
    methods: dict[str, Any] = {
        "__init__": _FirstInit(cls, fields, frozen),
        "__repr__": _representation(tuple(field.name for field in fields if field.repr)),
    }
    if frozen:
        methods |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete, **_for_pickle(cls, fields)}
    if eq:
        values = _values(tuple(field.name for field in fields if field.compare))
        methods["__eq__"] = _equality(values)
        if known.get("__hash__") is None:  # Python sets it to None beside an own ``__eq__``
            hashed = tuple(field.name for field in fields if (field.compare if field.hash is None else field.hash))
            cls.__hash__ = _hash(_values(hashed)) if frozen else None
    for name, method in methods.items():
        if name not in known:
            setattr(cls, name, method)


def _initializer(cls: Any, fields: Sequence[dataclasses.Field[Any]], *, frozen: bool) -> Any:
    """``__init__``. An instance that is frozen gets its values from the descriptors of the slots."""
    names: dict[str, Any] = {"_none_given": _NONE_GIVEN}
    positional: list[str] = []
    by_keyword: list[str] = []
    lines: list[str] = []
    for field in fields:
        name, value = field.name, field.name
        parameter = name
        if field.default_factory is not dataclasses.MISSING:
            names[f"_make_{name}"] = field.default_factory
            parameter = f"{name}=_none_given"
            value = f"_make_{name}() if {name} is _none_given else {name}" if field.init else f"_make_{name}()"
        elif field.default is not dataclasses.MISSING:
            names[f"_default_{name}"] = field.default
            parameter = f"{name}=_default_{name}"
            value = name if field.init else f"_default_{name}"
        elif not field.init:
            continue
        if field.init:
            (by_keyword if field.kw_only else positional).append(parameter)
        if frozen:
            names[f"_set_{name}"] = vars(cls)[name].__set__
        lines.append(f" _set_{name}(self, {value})" if frozen else f" self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    parameters = ", ".join(["self", *positional, *(["*", *by_keyword] if by_keyword else [])])
    body = "\n".join(lines) or " pass"
    exec(f"def __init__({parameters}):\n{body}", names)  # noqa: S102 - of names of fields, which are identifiers
    method = names["__init__"]
    method.__qualname__, method.__module__ = f"{cls.__qualname__}.__init__", cls.__module__
    method.__annotations__ = {field.name: field.type for field in fields if field.init}
    return method


def _values(names: tuple[str, ...]) -> Callable[[Any], Any]:
    """A function from an instance to the values of these fields: a tuple, or the value if there is one."""
    return attrgetter(*names) if names else lambda _: ()


def _representation(names: tuple[str, ...]) -> Any:
    pattern, values = ", ".join(f"{name}=%r" for name in names), _values(names)
    is_one = len(names) == 1

    def __repr__(self: Any) -> str:  # noqa: N807 - becomes the method
        found = values(self)
        return f"{type(self).__qualname__}({pattern % ((found,) if is_one else found)})"

    return __repr__


def _equality(values: Callable[[Any], Any]) -> Any:
    def __eq__(self: Any, other: Any) -> Any:  # noqa: N807
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


def _hash(values: Callable[[Any], Any]) -> Any:
    def __hash__(self: Any) -> int:  # noqa: N807
        return hash(values(self))

    return __hash__


def _refuse_to_set(self: Any, name: str, value: Any) -> Never:  # noqa: ARG001 - signature of ``__setattr__``
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> Never:  # noqa: ARG001 - signature of ``__delattr__``
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _for_pickle(cls: Any, fields: Sequence[dataclasses.Field[Any]]) -> dict[str, Any]:
    """The methods with which a frozen instance is copied to another process: the values in the order of the fields."""
    setters: list[Any] = []

    def __getstate__(self: Any) -> list[Any]:  # noqa: N807
        return [getattr(self, field.name) for field in fields]

    def __setstate__(self: Any, state: list[Any]) -> None:  # noqa: N807
        if not setters:
            setters.extend(vars(cls)[field.name].__set__ for field in fields)
        for set_value, value in zip(setters, state, strict=True):
            set_value(self, value)

    return {"__getstate__": __getstate__, "__setstate__": __setstate__}
