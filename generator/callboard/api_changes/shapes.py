"""Two shapes of a value → findings: types, fields, values, limits and variants, judged by the direction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from callboard.api_changes.findings import Direction
from callboard.api_changes.pairs import ComparedPlace, TypePairs
from callboard.api_changes.plain_shapes import flattened, form_of, includes, plain, types_of
from callboard.api_changes.value_limits import compare_limits
from callboard.api_reference.model import Reference, ShapeField, ValueShape
from callboard.model.data_classes import dataclass

MAX_LEVELS = 40
_NAMED_LEVELS = 6
_UNIONS = {"oneOf", "anyOf"}


@dataclass(frozen=True, slots=True)
class ShapeComparison:
    """Compares the shapes of one place in one direction."""

    pairs: TypePairs
    place: ComparedPlace
    direction: Direction

    def compare(self, before: ValueShape, after: ValueShape, part: str, level: int = 0) -> None:
        """Note what changed between two shapes."""
        if level > MAX_LEVELS:
            return
        old, new = plain(before), plain(after)
        if old.kind == new.kind == "reference" and (old.target == new.target or self._is_same_pair(old, new)):
            self.place.reach(old.target, new.target, self.direction)
            self._nullable(old, new, part)
            return
        if old == new:
            self.reach_all(new)
            return
        old, new = self._resolved(old, self.pairs.before.types, level), self._resolved(new, self.pairs.after.types, level)
        if _is_union(old) or _is_union(new):
            self._unions(old, new, part, level)
        elif old.how == "allOf" or new.how == "allOf":
            self._combinations(old, new, part, level)
        else:
            self._values(old, new, part, level)

    def _is_same_pair(self, old: ValueShape, new: ValueShape) -> bool:
        """Whether two names mean one renamed type: neither name is in the other version."""
        return old.target not in self.pairs.after.types and new.target not in self.pairs.before.types

    def _resolved(self, shape: ValueShape, types: object, level: int) -> ValueShape:
        """The shape that a reference means; nullable and read-only words beside it stay."""
        seen: set[str] = set()
        while shape.kind == "reference" and isinstance(types, dict) and shape.target in types and shape.target not in seen:
            seen.add(shape.target)
            target = plain(types[shape.target].shape)
            shape = replace(
                target, is_nullable=target.is_nullable or shape.is_nullable, is_read_only=target.is_read_only or shape.is_read_only,
                is_write_only=target.is_write_only or shape.is_write_only,
            )  # fmt: skip
        return shape if level < MAX_LEVELS else ValueShape("cut")

    def reach_all(self, shape: ValueShape) -> None:
        """Note the named types of a shape that did not change: their contents may have."""
        for target in targets(shape):
            self.place.reach(target, target, self.direction)

    def _values(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        if not self._types(old, new, part):
            return
        self._nullable(old, new, part)
        self._allowed(old, new, part)
        compare_limits(self.place, self.direction, part, old, new)
        self._discriminator(old, new, part)
        if old.default != new.default:
            self.place.add("default-changed", self.direction, part, _arrow(old.default, new.default))
        self._fields(old, new, part, level)
        self._items(old, new, part, level)
        self._others(old, new, part, level)

    def _types(self, old: ValueShape, new: ValueShape, part: str) -> bool:
        """Compare the types; False if they have so little in common that nothing else is worth saying."""
        before, after, detail = types_of(old), types_of(new), _arrow(_words(old), _words(new))
        if before != after:
            wider, narrower = includes(after, before), includes(before, after)
            self.place.add("type-widened" if wider else "type-narrowed" if narrower else "type-changed", self.direction, part, detail)
            return not before or not after or bool(before & after)
        if form_of(old) != form_of(new) and before:
            self.place.add("format-changed", self.direction, part, detail)
        return True

    def _nullable(self, old: ValueShape, new: ValueShape, part: str) -> None:
        if old.is_nullable != new.is_nullable:
            self.place.add("became-nullable" if new.is_nullable else "became-not-nullable", self.direction, part)

    def _allowed(self, old: ValueShape, new: ValueShape, part: str) -> None:
        before, after = [each.value for each in old.allowed], [each.value for each in new.allowed]
        if old.is_constant or new.is_constant:
            self._constants(old, new, part, (before, after))
        elif before and after:
            extensible = any(key == "x-extensible-enum" for key, _ in (*old.conditions, *new.conditions))
            for value in (each for each in before if each not in set(after)):
                self.place.add("enum-value-removed", self.direction, part, value)
            for value in (each for each in after if each not in set(before)):
                self.place.add("extensible-enum-value-added" if extensible else "enum-value-added", self.direction, part, value)
        elif before or after:
            self.place.add("became-enum" if after else "no-longer-enum", self.direction, part, ", ".join((before or after)[:6]))

    def _constants(self, old: ValueShape, new: ValueShape, part: str, values: tuple[list[str], list[str]]) -> None:
        before, after = values
        if set(before) == set(after):
            return
        if old.is_constant and new.is_constant:
            self.place.add("const-changed", self.direction, part, _arrow(before[0], after[0]))
        elif new.is_constant:
            self.place.add("const-added", self.direction, part, after[0])
        else:
            self.place.add("const-removed" if not after or before[0] in after else "const-changed", self.direction, part, before[0])

    def _discriminator(self, old: ValueShape, new: ValueShape, part: str) -> None:
        if old.discriminator != new.discriminator:
            self.place.add("discriminator-changed", self.direction, part, _arrow(old.discriminator, new.discriminator))
        elif dict(old.mapping) != dict(new.mapping):
            before, after = dict(old.mapping), dict(new.mapping)
            for value in sorted({*before, *after}):
                if before.get(value) != after.get(value):
                    self.place.add(
                        "discriminator-changed", self.direction, part, f"{value}: {_arrow(before.get(value, ''), after.get(value, ''))}"
                    )

    def _fields(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        before, after = {each.name: each for each in old.fields}, {each.name: each for each in new.fields}
        for name, field in before.items():
            here = _below(part, name)
            if name in after:
                self._field(field, after[name], here, level)
            elif self._is_seen(field.shape):
                self.place.add("property-removed" if field.required else "optional-property-removed", self.direction, here)
        for name, field in after.items():
            if name not in before and self._is_seen(field.shape):
                needs = field.required and not (field.shape.default and self.direction == "response")
                self.place.add("property-added-required" if needs else "property-added-optional", self.direction, _below(part, name))

    def _is_seen(self, shape: ValueShape) -> bool:
        """Whether a property stands in messages of this direction."""
        return not (shape.is_read_only if self.direction == "request" else shape.is_write_only)

    def _field(self, old: ShapeField, new: ShapeField, part: str, level: int) -> None:
        if old.shape.is_read_only != new.shape.is_read_only and new.shape.is_read_only:
            self.place.add("property-became-read-only", self.direction, part)
        if old.shape.is_write_only != new.shape.is_write_only and new.shape.is_write_only:
            self.place.add("property-became-write-only", self.direction, part)
        if not self._is_seen(new.shape):
            return
        if old.required != new.required:
            self.place.add("property-became-required" if new.required else "property-became-optional", self.direction, part)
        if new.shape.deprecated and not old.shape.deprecated:
            self.place.add("property-deprecated", self.direction, part, new.shape.deprecated.removeprefix("yes"))
        self.compare(old.shape, new.shape, part, level + 1)

    def _items(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        if old.items is not None and new.items is not None:
            self.compare(old.items, new.items, f"{part}[]", level + 1)
        elif old.items is not None or new.items is not None:
            anything = ValueShape("anything")
            if types_of(old.items or anything) or types_of(new.items or anything):
                self.compare(old.items or anything, new.items or anything, f"{part}[]", level + 1)
        for number, (one, other) in enumerate(zip(old.variants, new.variants, strict=False) if old.kind == new.kind == "tuple" else ()):
            self.compare(one, other, f"{part}[{number}]", level + 1)

    def _others(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        """Fields with other names."""
        if old.is_closed != new.is_closed and types_of(new) == {"object"} and (old.additional or new.additional) is None:
            self.place.add("additional-properties-closed" if new.is_closed else "additional-properties-opened", self.direction, part)
        elif old.additional is not None and new.additional is not None:
            self.compare(old.additional, new.additional, f"{part}.*", level + 1)

    def _combinations(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        """Parts that belong together: compared as one object where they stand in it, else by name."""
        left, right = _parts(old), _parts(new)
        if not (left and right and _only_names(left, right)):
            left, right = (
                _parts(flattened(_with_parts(shape), types))
                for shape, types in ((old, self.pairs.before.types), (new, self.pairs.after.types))
            )
        same, gone, came = _matched(left, right, self.pairs)
        for one, other in same:
            self.compare(one, other, part, level + 1)
        for one, other in zip(gone, came, strict=False):
            self.compare(one, other, part, level + 1)
        for each in gone[len(came) :]:
            self.place.add("part-removed", self.direction, part, _name(each))
        for each in came[len(gone) :]:
            self.place.add("part-added", self.direction, part, _name(each))

    def _unions(self, old: ValueShape, new: ValueShape, part: str, level: int) -> None:
        before = old.variants if _is_union(old) else (replace(old, is_nullable=False),)
        after = new.variants if _is_union(new) else (replace(new, is_nullable=False),)
        same, gone, came = _matched(before, after, self.pairs)
        self._nullable(old, new, part)
        if not _is_union(old) and gone:
            self._wrapped(gone[0], came, part, level)
            return
        for one, other in same:
            self.compare(one, other, part, level + 1)
        if len(gone) == len(came) == 1 and gone[0].kind != "reference" != came[0].kind:
            self.compare(gone[0], came[0], part, level + 1)
            gone, came = [], []
        added = "any-of-variant-added" if new.how == "anyOf" else "variant-added"
        for each in gone:
            self.place.add("variant-removed", self.direction, part, _name(each))
        for each in came:
            self.place.add(added, self.direction, part, _name(each))
        self._discriminator(old, new, part)

    def _wrapped(self, old: ValueShape, variants: Sequence[ValueShape], part: str, level: int) -> None:
        """One form that became several: the same as one of them, or none of them."""
        near = next((each for each in variants if types_of(self._resolved(each, self.pairs.after.types, level)) == types_of(old)), None)
        if near is None or types_of(old) != {"object"}:
            self.place.add("wrapped-in-variants", self.direction, part, _arrow(_words(old), " | ".join(map(_name, variants))))
            return
        self.place.add("wrapped-in-variants", self.direction, part, " | ".join(map(_name, variants)))


def _is_union(shape: ValueShape) -> bool:
    return shape.how in _UNIONS and bool(shape.variants)


def _parts(shape: ValueShape) -> tuple[ValueShape, ...]:
    if shape.how != "allOf":
        return (shape,)
    rest = replace(shape, variants=(), how="", kind="object", words="object") if shape.fields else None
    return (*shape.variants, *((rest,) if rest else ()))


def _with_parts(shape: ValueShape) -> ValueShape:
    return shape if shape.how == "allOf" else replace(shape, variants=(shape,), how="allOf", kind="combination", fields=(), words="")


def _only_names(left: Sequence[ValueShape], right: Sequence[ValueShape]) -> bool:
    return all(each.kind == "reference" for each in (*left, *right))


def _matched(
    before: Sequence[ValueShape], after: Sequence[ValueShape], pairs: TypePairs
) -> tuple[list[tuple[ValueShape, ValueShape]], list[ValueShape], list[ValueShape]]:
    """Pairs with the same content, name or fields, and what is left on both sides. Order does not count, nor where a type stands."""
    same: list[tuple[ValueShape, ValueShape]] = []
    gone, came = list(before), list(after)
    keys = (
        (_content, _content),
        (_name, _name),
        (lambda shape: _fields_key(shape, pairs.before), lambda shape: _fields_key(shape, pairs.after)),
    )
    for old_key, new_key in keys:
        known: dict[object, list[ValueShape]] = {}
        for each in came:
            known.setdefault(new_key(each), []).append(each)
        for each in list(gone):
            found = known.get(old_key(each)) if old_key(each) else None
            if found:
                other = found.pop(0)
                same.append((each, other))
                gone.remove(each)
                came.remove(other)
    return same, gone, came


def _content(shape: ValueShape) -> object:
    return shape


def _name(shape: ValueShape) -> str:
    """What a variant is called: its type's name, its title, or its type."""
    return shape.target or shape.title or _words(shape)


def _fields_key(shape: ValueShape, reference: Reference) -> object:
    """The names of the fields, of the parts too, wherever they are written."""
    return frozenset(_field_names(shape, reference, 0))


def _field_names(shape: ValueShape, reference: Reference, level: int) -> Iterator[str]:
    if shape.target in reference.types and level < _NAMED_LEVELS:
        yield from _field_names(reference.types[shape.target].shape, reference, level + 1)
    yield from (each.name for each in shape.fields)
    for each in shape.variants if level < _NAMED_LEVELS else ():
        yield from _field_names(each, reference, level + 1)


def _words(shape: ValueShape) -> str:
    return shape.target or shape.words or {"list": "array", "tuple": "array", "anything": "any"}.get(shape.kind, shape.kind)


def _arrow(before: str, after: str) -> str:
    return f"{before or 'none'} → {after or 'none'}"


def _below(part: str, name: str) -> str:
    return f"{part}{'' if not part or part.endswith(' ') else '.'}{name}"


def targets(shape: ValueShape, level: int = 0) -> Iterator[str]:
    """Named types in a shape."""
    if shape.target:
        yield shape.target
    if level < MAX_LEVELS:
        below = (*shape.variants, *(each.shape for each in shape.fields), *filter(None, (shape.items, shape.additional)))
        for each in below:
            yield from targets(each, level + 1)
        for field in shape.fields:
            for argument in field.arguments:
                yield from targets(argument.shape, level + 1)
