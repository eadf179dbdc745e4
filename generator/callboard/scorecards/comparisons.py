"""The comparison of one value in a condition (``at-least: 80``) → a function that judges a value, or mistakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from callboard.model.fields import FieldPath
from callboard.model.ref import RefError, parse_ref
from callboard.model.suggestions import nearest
from callboard.scorecards.ages import TICK, age_of, time_of
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.shapes import FieldShape, FieldType
from callboard.scorecards.subject import Row, Subject
from callboard.scorecards.truth import Interval, Truth, rounded
from callboard.scorecards.versions import compare, is_version

Judge = Callable[[Any, Row, Subject], Truth]
"""Judges a value, which is not None, of a row or an entity."""
ORDERED = ("at-least", "at-most", "above", "below")
LISTED = ("contains", "contains-any", "contains-all", "count")
OPERATORS = ("is", "is-not", "in", "not-in", *ORDERED, "older-than", "newer-than", "matches", *LISTED, "exists")
_SEARCHED = 1_000
"""Characters of a value in which ``matches`` searches."""
_RATINGS = "ABCDE"
_SEVERITIES = ("low", "medium", "high", "critical")
_BOUNDS = {"at-least": (True, True), "at-most": (False, True), "above": (True, False), "below": (False, False)}
"""By operator: whether it is a lower bound, and whether the bound itself belongs to the range."""


def comparison(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    """A function for one operator; None if it cannot be used, which is noted."""
    if operator in {"is", "is-not", "in", "not-in"}:
        return _membership(operator, operand, shape, path, mistakes)
    if operator in ORDERED:
        return _order(operator, operand, shape, path, mistakes)
    if operator in {"older-than", "newer-than"}:
        return _age(operator, operand, shape, path, mistakes)
    if operator == "matches":
        return _matches(operand, path, mistakes)
    return _list_comparison(operator, operand, shape, path, mistakes)


def interval_of(spec: Any, path: FieldPath, mistakes: CardMistakes) -> Interval | None:
    """``2``, or a mapping of bounds, as a range of numbers; None if it is not one, which is noted."""
    if isinstance(spec, int) and not isinstance(spec, bool):
        return Interval(spec, spec)
    keys = ("is", *ORDERED)
    if not isinstance(spec, Mapping) or not spec:
        mistakes.add(path, "must be a number, or a mapping of at-least, at-most, above and below")
        return None
    result = Interval()
    for key, number in spec.items():
        if key not in keys:
            mistakes.unknown((*path, key), f"{key} is no comparison of numbers", key, keys)
        elif not isinstance(number, int | float) or isinstance(number, bool):
            mistakes.add((*path, key), "must be a number")
        else:
            result = _narrowed(result, key, number)
    return result


def bounded(operator: str, number: float) -> Interval:
    """The range that an operator such as ``at-least`` leaves."""
    return _narrowed(Interval(), operator, number)


def _narrowed(interval: Interval, operator: str, number: float) -> Interval:
    if operator == "is":
        return Interval(number, number)
    is_low, has_bound = _BOUNDS[operator]
    if is_low:
        return Interval(number, interval.high, has_bound, interval.has_high)
    return Interval(interval.low, number, interval.has_low, has_bound)


def _membership(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    wanted = operand if operator.endswith("in") else [operand]
    if not isinstance(wanted, list | tuple) or not wanted:
        mistakes.add(path, "must be a list of one value or more")
        return None
    if shape.type is FieldType.TIME:
        mistakes.add(path, "times are compared with older-than and newer-than")
        return None
    if shape.type in {FieldType.ROWS, FieldType.MAP}:
        mistakes.add(path, "a list of mappings is compared with any, none, every or count")
        return None
    for index, word in enumerate(wanted):
        place = (*path, index) if operator.endswith("in") else path
        if not _is_possible(word, shape, place, mistakes):
            return None
    plain = partial(_canonical, default_kind=shape.default_kind) if shape.type is FieldType.REFERENCE else _plain
    values = frozenset(plain(word) for word in wanted)
    is_negative = operator in {"is-not", "not-in"}

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        if not isinstance(value, list | tuple):
            return ((value.casefold() if plain is _plain and isinstance(value, str) else plain(value)) in values) != is_negative
        return any(plain(item) in values for item in value) != is_negative

    return judge


def _is_possible(word: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> bool:
    """Whether a field of this shape can have the value; if not, that is noted."""
    if isinstance(word, Mapping | list) or word is None:
        mistakes.add(path, "must be one text, number or boolean")
        return False
    if shape.words and str(word).casefold() not in shape.words:
        similar = nearest(str(word), shape.words)
        addition = f"did you mean {similar}?" if similar else f"possible: {', '.join(shape.words)}"
        noun = "severity" if shape.type is FieldType.SEVERITY else "value of this field"
        mistakes.add(path, f"{word!r} is no {noun}; {addition}")
        return False
    if shape.type is FieldType.BOOLEAN and not isinstance(word, bool):
        mistakes.add(path, "must be true or false")
        return False
    if shape.type in {FieldType.NUMBER, FieldType.PERCENT, FieldType.WORST_FIRST} and _number(word) is None:
        mistakes.add(path, "must be a number")
        return False
    return True


def _plain(value: Any) -> Any:
    """A value as it is compared: text without case, numbers rounded, a number and its text alike."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return format(rounded(value), "g") if abs(value) < 10**15 else str(value)
    return str(value).casefold()


def _canonical(value: Any, default_kind: str) -> str:
    """A reference with its defaults filled in, in lower case; other text as it is."""
    return _canonical_text(value, default_kind) if isinstance(value, str) else str(value).casefold()


@lru_cache(maxsize=4096)
def _canonical_text(value: str, default_kind: str) -> str:
    try:
        return str(parse_ref(value, default_kind=default_kind).canonical())
    except RefError:
        return str(value).casefold()


def _order(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    refusal = _REFUSED_ORDERS.get(shape.type)
    if refusal:
        mistakes.add(path, refusal.format(operator))
        return None
    if isinstance(operand, Mapping):
        return _other_field(operator, operand, path, mistakes)
    if shape.type is FieldType.SEVERITY:
        return _severity_order(operator, operand, path, mistakes)
    if shape.type is FieldType.RATING:
        return _rating_order(operator, operand, path, mistakes)
    return _number_order(operator, operand, shape, path, mistakes)


def _number_order(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if shape.type is FieldType.PERCENT and isinstance(operand, float) and 0 < operand < 1:
        share = f"shares are percent, 0 to 100: {operand} would be less than one percent"
        mistakes.add(path, f"{share}; write {operand * 100:g}, or '{operand}%'")
        return None
    number = _number(operand)
    if shape.type is FieldType.VERSION or (shape.type is FieldType.ANY and number is None):
        return _version_order(operator, operand, path, mistakes)
    if number is None:
        mistakes.add(path, "must be a number")
        return None
    interval = bounded(operator, number)

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        found = _number(value)
        return None if found is None else interval.contains(found)

    return judge


_REFUSED_ORDERS = {
    FieldType.WORD: "these words have no order; use in: […]",
    FieldType.TEXT: "texts have no order; use in: […] or matches",
    FieldType.REFERENCE: "references have no order; use in: […]",
    FieldType.BOOLEAN: "true and false have no order",
    FieldType.TIME: "times are compared with older-than and newer-than",
    FieldType.TEXTS: "a list is compared with count: {{{0}: …}}",
    FieldType.ROWS: "a list is compared with count: {{{0}: …}}",
    FieldType.MAP: "name one value of the mapping: FIELD.NAME",
    FieldType.WORST_FIRST: "1 is the worst, so {0} would mean the opposite; write in: [1, 2]",
}


def _other_field(operator: str, operand: Mapping[str, Any], path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    """A comparison with another field of the same row. Whether that field exists is checked by the caller, who knows the row."""
    name = operand.get("field")
    if set(operand) != {"field"} or not isinstance(name, str):
        mistakes.add(path, "must be a value, or {field: NAME} for another field of the same fact")
        return None

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        found, other = _number(value), _number(row.get(name))
        return None if found is None or other is None else bounded(operator, rounded(other)).contains(found)

    return judge


def _number(value: Any) -> float | None:
    """A number, or the number that a text is; a percent sign at its end is ignored."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        number = float(value.strip().removesuffix("%"))
    except ValueError:
        return None
    return number if abs(number) < float("inf") else None


def _severity_order(operator: str, operand: Any, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if operand not in _SEVERITIES:
        similar = nearest(str(operand), _SEVERITIES)
        addition = f"did you mean {similar}?" if similar else "known: critical, high, medium, low"
        mistakes.add(path, f"{operand!r} is no severity; {addition}")
        return None
    interval = bounded(operator, _SEVERITIES.index(operand))

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        word = str(value)
        return interval.contains(_SEVERITIES.index(word)) if word in _SEVERITIES else None

    return judge


def _rating_order(operator: str, operand: Any, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    """``A`` is the best and so the largest."""
    letter = str(operand).upper()
    if letter not in _RATINGS:
        mistakes.add(path, f"{operand!r} is no rating; known: A (the best) to E")
        return None
    interval = bounded(operator, -_RATINGS.index(letter))

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        found = str(value).upper()
        return interval.contains(-_RATINGS.index(found)) if len(found) == 1 and found in _RATINGS else None

    return judge


def _version_order(operator: str, operand: Any, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if not is_version(operand):
        mistakes.add(path, f"{operand!r} is neither a number nor a version")
        return None
    interval = bounded(operator, 0)

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        order = compare(value, operand, str(row.get("ecosystem") or ""))
        return None if order is None else interval.contains(order)

    return judge


def _age(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if shape.type not in {FieldType.TIME, FieldType.ANY}:
        mistakes.add(path, f"only times are compared with {operator}")
        return None
    limit = age_of(operand)
    if limit is None:
        mistakes.add(path, f"{operand!r} is no age; write 30d, 36h or 2w; months and years are written in days, and m means minutes")
        return None
    wants_older = operator == "older-than"

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        at = time_of(value)
        if at is None:
            return None
        is_older = subject.now - at > limit
        if not is_older:
            subject.turns(at + limit + TICK)
        return is_older is wants_older

    return judge


def _matches(operand: Any, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    try:
        pattern = re.compile(operand)
    except (re.error, TypeError) as error:
        mistakes.add(path, f"no regular expression: {error}")
        return None
    return lambda value, row, subject: bool(pattern.search(_text(value)[:_SEARCHED]))  # noqa: ARG005


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, Mapping | list | tuple) else str(value)


def _list_comparison(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if operator == "count":
        interval = interval_of(operand, path, mistakes)
        return None if interval is None else lambda value, row, subject: interval.contains(_length(value))  # noqa: ARG005
    if shape.type in {FieldType.ROWS, FieldType.MAP, FieldType.NUMBER, FieldType.TIME, FieldType.BOOLEAN}:
        mistakes.add(path, f"{operator} is for lists of texts")
        return None
    wanted = operand if isinstance(operand, list) else [operand]
    if not wanted or any(isinstance(item, Mapping | list) or item is None for item in wanted):
        mistakes.add(path, "must be a text, or a list of texts")
        return None
    values = [_plain(item) for item in wanted]
    combine = any if operator == "contains-any" else all

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        present = {_plain(item) for item in value} if isinstance(value, list | tuple) else None
        text = "" if present is not None else _text(value).casefold()
        return combine(item in present if present is not None else item in text for item in values)

    return judge


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list | tuple | Mapping) else 0 if value in {None, ""} else 1
