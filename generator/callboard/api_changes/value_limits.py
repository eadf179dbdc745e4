"""The limits of two shapes (``maximum``, ``pattern``, ``if`` …) → findings."""

from __future__ import annotations

from callboard.api_changes.findings import Direction
from callboard.api_changes.pairs import ComparedPlace
from callboard.api_reference.model import ValueShape

_UPPER = {"maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"}
_LOWER = {"minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"}
_COUNTS = _LOWER - {"minimum", "exclusiveMinimum"}
_ENCODINGS = {"contentEncoding", "contentMediaType"}
_NOT_RULES = {"x-extensible-enum"}


def compare_limits(place: ComparedPlace, direction: Direction, part: str, old: ValueShape, new: ValueShape) -> None:
    """Note which limits changed."""
    before, after = dict(old.limits), dict(new.limits)
    for key in sorted({*before, *after}):
        if before.get(key) != after.get(key) and (rule := _rule(key, before.get(key), after.get(key), direction)):
            place.add(rule, direction, part, f"{key} {before.get(key, 'none')} → {after.get(key, 'none')}")
    one, other = dict(old.conditions), dict(new.conditions)
    for key in sorted({*one, *other} - _NOT_RULES):
        if one.get(key) != other.get(key):
            word = "added" if key not in one else "removed" if key not in other else "changed"
            place.add(f"condition-{word}", direction, part, key)


def _rule(key: str, before: str | None, after: str | None, direction: Direction) -> str:
    if key in _UPPER or key in _LOWER:
        if key in _COUNTS and {_number(before) or 0.0, _number(after) or 0.0} == {0.0}:
            return ""  # no length or count is below 0
        return _bound("maximum" if key in _UPPER else "minimum", before, after)
    if key == "pattern":
        return _pattern(before, after)
    if key == "multipleOf":
        return "multiple-of-changed" if _is_stricter(before, after, direction) else ""
    if key == "uniqueItems":
        return "condition-added" if after == "true" else "condition-removed"
    return "encoding-changed" if key in _ENCODINGS else ""


def _bound(name: str, before: str | None, after: str | None) -> str:
    old, new = _number(before), _number(after)
    if old is None or new is None:
        return f"{name}-{'set' if old is None else 'dropped'}"
    if old == new:
        return ""
    return f"{name}-{'raised' if new > old else 'lowered'}"


def _pattern(before: str | None, after: str | None) -> str:
    if before and after:
        return "" if after in {".*", "^.*$"} else "pattern-changed"
    return "pattern-added" if after else "pattern-dropped"


def _is_stricter(before: str | None, after: str | None, direction: Direction) -> bool:
    """Whether not each value of the writer's side is a multiple for the reader."""
    old, new = _number(before), _number(after)
    mine, theirs = (old, new) if direction == "request" else (new, old)
    if theirs is None or not theirs:
        return False
    return mine is None or (mine / theirs) % 1 != 0


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text is not None and text not in {"true", "false"} else None
    except ValueError:
        return None
