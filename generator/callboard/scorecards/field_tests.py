"""What a condition says of one field, or of the fields of a row (``{state: firing, since: {older-than: 7d}}``) → tests, or mistakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.scorecards.ages import age_of
from callboard.scorecards.comparisons import OPERATORS, Judge, comparison
from callboard.scorecards.explanation import row_text, row_value, shown_or_unknown
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.shapes import FieldShape, FieldType, RowShape
from callboard.scorecards.subject import Row, Subject
from callboard.scorecards.truth import Truth, all_of, any_of, negated

QUANTIFIERS = ("any", "none", "every")
_ABSENT = {"is": False, "is-not": True, "in": False, "not-in": True, "contains": False, "contains-any": False, "contains-all": False}
"""What comparisons with an absent field of a descriptor result in; of all others: False."""
_KEEPS = {"unknown-as"}
_WORDS = {"in": "is", "not-in": "is none of", "any": ": some whose", "none": ": none whose", "every": ": each whose"}
"""Operators whose words are not their names."""
_MOST_ITEMS = 5


@dataclass(frozen=True, slots=True)
class FieldTest:
    """One comparison of a field."""

    field: str
    """Name of the field; of a mapping in a row with the name after a dot: ``ratings.security``."""
    operator: str
    operand: Any
    judge_value: Judge
    is_asked: bool
    """Whether a missing value is unknown (a tool did not say), or known to be absent (a descriptor does not have it)."""
    replaces_unknown: str = ""
    """The severity that an unknown one counts as."""
    is_plain: bool = False
    """Whether a value that is there is judged as it is."""

    @property
    def fields(self) -> Iterator[str]:
        """The fields of the row that it reads: its own (of a dotted name the mapping), and the one that it is compared with."""
        yield from (name.partition(".")[0] for name in (self.field, *self.others))

    @property
    def others(self) -> tuple[str, ...]:
        """The field of the same row that it is compared with."""
        other = self.operand.get("field") if isinstance(self.operand, Mapping) else None
        return (other,) if isinstance(other, str) else ()

    def judge(self, value: Any, row: Row, subject: Subject) -> Truth:
        """Judge a value of the field; None if it is absent."""
        if self.is_plain and value is not None:
            return self.judge_value(value, row, subject)
        if self.operator == "exists":
            return (
                None
                if value is None and self.is_asked
                else (value not in {None, ""} if isinstance(value, str | None) else True) is self.operand
            )
        if value is None:
            return None if self.is_asked else self._of_absent(row, subject)
        if self.replaces_unknown and str(value) == "unknown":
            value = self.replaces_unknown
        return self.judge_value(value, row, subject)

    def _of_absent(self, row: Row, subject: Subject) -> Truth:
        if self.operator in {"count", *QUANTIFIERS}:
            return self.judge_value((), row, subject)
        return _ABSENT.get(self.operator, False)

    def text(self) -> str:
        """The comparison in words."""
        if self.operator == "exists":
            return f"{self.field} is there" if self.operand else f"{self.field} is absent"
        joined = " and " if self.operator == "contains-all" else " or "
        word = _WORDS.get(self.operator, self.operator.replace("-", " "))
        if self.operator in QUANTIFIERS and isinstance(self.operand, Mapping):
            return f"{self.field}{word} {' and '.join(_shown_test(*item) for item in self.operand.items())}"
        return f"{self.field} {word} {shown_operand(self.operand, joined)}"

    def shown(self, value: Any) -> str:
        """A value of the field in words: of a list of mappings, the fields that are compared."""
        if self.operator not in QUANTIFIERS or not isinstance(value, list | tuple) or not isinstance(self.operand, Mapping):
            return shown_or_unknown(value)
        rows = [item for item in value if isinstance(item, Mapping)]
        items = list(
            dict.fromkeys(row_text(row, ((name, shown_or_unknown(row_value(row, name))) for name in self.operand)) for row in rows)
        )
        return ", ".join(items[:_MOST_ITEMS]) + (f", +{len(items) - _MOST_ITEMS}" if len(items) > _MOST_ITEMS else "")


@dataclass(frozen=True, slots=True)
class RowTest:
    """Comparisons of the fields of one row; all of them must hold."""

    tests: tuple[FieldTest, ...] = ()

    def judge(self, row: Row, subject: Subject) -> Truth:
        """Judge a row."""
        result: Truth = True
        for test in self.tests:
            name = test.field
            truth = test.judge(row[name] if name in row else row_value(row, name), row, subject)
            if truth is False:
                return False
            if truth is None:
                result = None
        return result

    def text(self) -> str:
        """The comparisons in words."""
        return " and ".join(test.text() for test in self.tests)

    def window(self, time_field: str) -> timedelta | None:
        """How far back rows can match: the smallest ``newer-than`` of the time at which a row happened; None for any time."""
        ages = [age for test in self.tests if test.field == time_field and test.operator == "newer-than" and (age := age_of(test.operand))]
        return min(ages, default=None)


def _shown_test(name: str, test: Any) -> str:
    """What is said of a field of a list's items, in words."""
    return f"{name} {'' if isinstance(test, Mapping) else 'is '}{shown_operand(test)}"


def shown_operand(operand: Any, joined: str = " or ") -> str:
    """The value with which a field is compared, in words."""
    if isinstance(operand, Mapping):
        if set(operand) == {"field"}:
            return str(operand["field"])
        return " and ".join(f"{key.replace('-', ' ')} {shown_operand(value)}" for key, value in operand.items())
    if isinstance(operand, list | tuple):
        return joined.join(shown_operand(item) for item in operand)
    if isinstance(operand, bool):
        return "yes" if operand else "no"
    return str(operand)


def row_test(spec: Any, shape: RowShape, family: str, path: FieldPath, mistakes: CardMistakes) -> RowTest:
    """Read ``{FIELD: TEST, …}``; mistakes are noted."""
    if not isinstance(spec, Mapping) or not spec:
        mistakes.add(path, "must be a mapping of one field or more")
        return RowTest()
    tests: list[FieldTest] = []
    for name, value in spec.items():
        found = _field_shape(name, shape)
        if found is None:
            mistakes.unknown((*path, name), f"{family} has no field {name}", name, shape)
            continue
        tests += field_tests(name, value, found, shape, (*path, name), mistakes)
    return RowTest(tuple(tests))


def _field_shape(name: str, shape: RowShape) -> FieldShape | None:
    start, dot, _ = name.partition(".")
    found = shape.get(name) or shape.get(start)
    if found is not None and dot and name not in shape:
        return found.value if found.type is FieldType.MAP else None
    return found


def field_tests(name: str, spec: Any, shape: FieldShape, row: RowShape, path: FieldPath, mistakes: CardMistakes) -> list[FieldTest]:
    """Read what is said of one field: a value (``is``), a list (``in``), or a mapping of operators, all of which must hold."""
    if not isinstance(spec, Mapping):
        operator = "in" if isinstance(spec, list) else "is"
        return _tests({operator: spec}, name, shape, row, path, mistakes, is_short=True)
    if not spec:
        mistakes.add(path, "must be a value, or a mapping of one comparison or more")
    return _tests(spec, name, shape, row, path, mistakes)


def _tests(
    spec: Mapping[str, Any], name: str, shape: FieldShape, row: RowShape, path: FieldPath, mistakes: CardMistakes, *, is_short: bool = False
) -> list[FieldTest]:
    tests: list[FieldTest] = []
    unknown_as = _unknown_as(spec, shape, path, mistakes)
    for operator, operand in spec.items():
        if operator in _KEEPS:
            continue
        place = path if is_short else (*path, operator)
        judge = _judge_of(operator, operand, shape, row, place, mistakes)
        if judge is not None:
            is_plain = operator != "exists" and not unknown_as
            tests.append(FieldTest(name, operator, operand, judge, shape.is_asked, unknown_as, is_plain))
    return tests


def _unknown_as(spec: Mapping[str, Any], shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> str:
    word = spec.get("unknown-as", "")
    if word and (shape.type is not FieldType.SEVERITY or word not in shape.words or word == "unknown"):
        mistakes.add((*path, "unknown-as"), "unknown-as is for severities: critical, high, medium or low")
    return str(word)


def _judge_of(operator: str, operand: Any, shape: FieldShape, row: RowShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    if operator in QUANTIFIERS:
        return _quantifier(operator, operand, shape, path, mistakes)
    if operator == "exists":
        if isinstance(operand, bool):
            return _always
        mistakes.add(path, "must be true or false")
        return None
    if operator not in OPERATORS:
        mistakes.unknown(path, f"{operator} is no comparison", operator, (*OPERATORS, *QUANTIFIERS))
        return None
    if isinstance(operand, Mapping) and isinstance(other := operand.get("field"), str) and _field_shape(other, row) is None:
        mistakes.unknown((*path, "field"), f"there is no field {other}", other, row, at_key=False)
        return None
    return comparison(operator, operand, shape, path, mistakes)


def _always(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001 - ``exists`` is judged before
    return True


def _quantifier(operator: str, operand: Any, shape: FieldShape, path: FieldPath, mistakes: CardMistakes) -> Judge | None:
    """``any``, ``none`` or ``every`` over a list of mappings in a field."""
    if shape.type not in {FieldType.ROWS, FieldType.ANY}:
        mistakes.add(path, f"{operator} is for lists of mappings")
        return None
    inner = {name: replace(each, is_asked=shape.is_asked) for name, each in shape.fields.items()}
    if shape.type is FieldType.ANY and isinstance(operand, Mapping):
        inner = {name: FieldShape(FieldType.ANY, is_asked=False) for name in operand}
    test = row_test(operand, inner, "the list", path, mistakes)

    def judge(value: Any, row: Row, subject: Subject) -> Truth:  # noqa: ARG001
        rows = [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
        return quantified(operator, [test.judge(item, subject) for item in rows])

    return judge


def quantified(operator: str, truths: Sequence[Truth]) -> Truth:
    """``any``, ``none`` or ``every`` over a whole list; ``every`` requires that there is one."""
    if operator == "every":
        return all_of(truths) if truths else False
    return any_of(truths) if operator == "any" else negated(any_of(truths))
