"""Two references of Protocol Buffers → findings, by what the wire and JSON make of the change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from callboard.api_changes.findings import ApiFinding
from callboard.api_changes.operations import label, matched_operations
from callboard.api_changes.pairs import ComparedPlace, TypePairs
from callboard.api_changes.shapes import targets
from callboard.api_reference.model import Entry, NamedType, Reference, ShapeField

_WIRE_GROUPS = (
    frozenset({"int32", "uint32", "int64", "uint64", "bool"}), frozenset({"sint32", "sint64"}),
    frozenset({"fixed32", "sfixed32"}), frozenset({"fixed64", "sfixed64"}),
)  # fmt: skip
"""Types that may take each other's place on the wire (https://protobuf.dev/programming-guides/proto3/#updating)."""
_RANGE = re.compile(r"(\d{1,10})(?: to (\d{1,10}|max))?")
_MOST = 536_870_911
"""The largest number of a field."""


def compare_protobuf(old: Reference, new: Reference) -> Iterator[ApiFinding]:
    """What changed: services and their rpcs, messages and enums with their fields by number."""
    operations = list(_rpcs(old, new))
    pairs = TypePairs(old, new)
    for key, new_type in new.types.items():
        if key in old.types:
            pairs.places[key, key, "request"] = place = ComparedPlace(key, is_type=True)
            for target in targets(new_type.shape):
                place.reach(target, target, "request")
            _TypeChanges(place, old.types[key], new_type).compare()
    yield from pairs.findings(operations)
    yield from _types(old, new)


def _types(old: Reference, new: Reference) -> Iterable[ApiFinding]:
    place = ComparedPlace("")
    if old.title != new.title:
        place.add("package-changed", "request", "", f"{old.title or 'none'} → {new.title or 'none'}")
    for key, gone in old.types.items():
        if key not in new.types:
            place.add("message-type-removed", "request", gone.name)
    for key, came in new.types.items():
        if key not in old.types:
            place.add("message-type-added", "request", came.name)
    return place.findings


def _rpcs(old: Reference, new: Reference) -> Iterator[ComparedPlace]:
    same, gone, came = matched_operations(old, new)
    kept = {each.address.rpartition("/")[0] for each in new.entries}
    for entry in gone:
        place = ComparedPlace(label(entry))
        service = entry.address.rpartition("/")[0]
        place.add("operation-removed" if service in kept else "service-removed", "request", "", "" if service in kept else service[1:])
        yield place
    for entry in came:
        place = ComparedPlace(label(entry))
        place.add("operation-added", "request")
        yield place
    for before, after in same:
        yield _rpc(before, after)


def _rpc(before: Entry, after: Entry) -> ComparedPlace:
    place = ComparedPlace(label(after))
    for word, one, other in (("request", before.inputs, after.inputs), ("response", before.outputs, after.outputs)):
        first, second = _message(one), _message(other)
        place.reach(second, second, "request")
        if first != second:
            place.add("operation-type-changed", "request", word, f"{first} → {second}")
    if before.streaming != after.streaming:
        place.add("streaming-changed", "request", "", f"{before.streaming or 'none'} → {after.streaming or 'none'}")
    if after.deprecated and not before.deprecated:
        place.add("operation-deprecated", "request")
    return place


def _message(found: object) -> str:
    """The type of the one payload of a request or an answer."""
    while isinstance(found, tuple) and found:
        found = getattr(found[0], "payloads", None) or found[0]
    shape = getattr(found, "shape", None)
    return (shape.target or shape.words) if shape else ""


class _TypeChanges:
    def __init__(self, place: ComparedPlace, old: NamedType, new: NamedType) -> None:
        self.place, self.old, self.new = place, old, new
        self.reserved = [value for key, value in new.shape.limits if key == "reserved"]

    def compare(self) -> None:
        if self.old.word != self.new.word:
            self.place.add("message-type-removed", "request", "", f"{self.old.word} → {self.new.word}")
        elif self.new.word == "enum":
            self._values()
        else:
            self._fields()
        before = [value for key, value in self.old.shape.limits if key == "reserved"]
        now = _numbers(self.reserved)
        for number in [each for each in _numbers(before).ends() if each not in now][:20]:
            self.place.add("reserved-removed", "request", "", str(number))

    def _values(self) -> None:
        before, after = (_by_number(each) for each in (self.old, self.new))
        for number, name in before.items():
            if number not in after:
                rule = "enum-number-reserved" if self._is_reserved(number) else "enum-number-removed"
                self.place.add(rule, "request", name)
            elif name != after[number]:
                self.place.add("enum-value-renamed", "request", "", f"{name} → {after[number]}")
        for number, name in after.items():
            if number not in before:
                self.place.add("enum-number-added", "request", name)

    def _fields(self) -> None:
        before, after = ({each.number: each for each in side.shape.fields} for side in (self.old, self.new))
        for number, field in before.items():
            if number in after:
                self._field(field, after[number])
            else:
                rule = "number-reserved" if self._is_reserved(number) else "number-removed"
                self.place.add("required-field-changed" if field.required else rule, "request", field.name)
        for number, field in after.items():
            if number not in before:
                self.place.add("required-field-added" if field.required else "number-added", "request", field.name)

    def _is_reserved(self, number: str) -> bool:
        return number.isdigit() and int(number) in _numbers(self.reserved)

    def _field(self, old: ShapeField, new: ShapeField) -> None:
        add = self.place.add
        if old.name != new.name:
            add("field-renamed", "request", new.name, f"{old.name} → {new.name}")
        self._type(old, new)
        if old.required != new.required:
            add("required-field-changed", "request", new.name)
        if _oneof(old) != _oneof(new):
            add("oneof-changed", "request", new.name, f"{_oneof(old) or 'none'} → {_oneof(new) or 'none'}")
        elif old.note != new.note and not (old.required or new.required):
            add("presence-changed", "request", new.name, f"{old.note or 'none'} → {new.note or 'none'}")
        if new.shape.deprecated and not old.shape.deprecated:
            add("property-deprecated", "request", new.name)

    def _type(self, old: ShapeField, new: ShapeField) -> None:
        before, after = _kind(old), _kind(new)
        if (old.shape.kind == "list") != (new.shape.kind == "list"):
            self.place.add("cardinality-changed", "request", new.name, f"{before} → {after}")
        elif before != after:
            rule = "field-type-json-changed" if _is_wire_compatible(before, after) else "field-type-changed"
            self.place.add(rule, "request", new.name, f"{before} → {after}")
        if old.shape.default != new.shape.default:
            detail = f"{old.shape.default or 'none'} → {new.shape.default or 'none'}"
            self.place.add("field-default-changed", "request", new.name, detail)


def _kind(field: ShapeField) -> str:
    shape = field.shape.items if field.shape.items is not None else field.shape
    repeated = "repeated " if field.shape.kind == "list" else ""
    return f"{repeated}{shape.target or shape.words}"


def _oneof(field: ShapeField) -> str:
    return next((each for each in field.note.split(", ") if each.startswith("oneof ")), "")


def _is_wire_compatible(before: str, after: str) -> bool:
    one, other = before.removeprefix("repeated "), after.removeprefix("repeated ")
    return (one, other) == ("string", "bytes") or any(one in group and other in group for group in _WIRE_GROUPS)


def _by_number(enum: NamedType) -> dict[str, str]:
    """Names of values by number; an alias adds none."""
    found: dict[str, str] = {}
    for each in enum.shape.allowed:
        name, _, number = each.value.partition(" = ")
        found.setdefault(number, name)
    return found


def _numbers(reserved: Iterable[str]) -> ReservedNumbers:
    return ReservedNumbers(
        tuple((int(first), _MOST if last == "max" else int(last or first)) for text in reserved for first, last in _RANGE.findall(text))
    )


class ReservedNumbers:
    """Reserved numbers; ``1 to max`` is too many to list."""

    def __init__(self, ranges: tuple[tuple[int, int], ...]) -> None:
        self.ranges = ranges

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.ranges)

    def ends(self) -> list[int]:
        """The ends of the ranges."""
        return sorted({number for pair in self.ranges for number in pair})
