"""The condition of a rule as data → ``Condition``, or mistakes with their paths: all of them in one pass."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from datetime import timedelta
from typing import Any

import jsonschema_rs
import msgspec

from callboard.model.data_classes import dataclass
from callboard.model.errors import PluginError
from callboard.model.fields import FieldPath
from callboard.model.problem import Severity
from callboard.scorecards.ages import age_of
from callboard.scorecards.check_condition import CheckCondition
from callboard.scorecards.comparisons import interval_of
from callboard.scorecards.conditions import (
    Combination,
    Condition,
    FieldCondition,
    FileCondition,
    LevelCondition,
    Negation,
    ProblemsCondition,
    RelatedCondition,
)
from callboard.scorecards.digests import digest_of
from callboard.scorecards.entity_fields import entity_field_shape, similar_entity_field
from callboard.scorecards.fact_condition import FactsCondition
from callboard.scorecards.field_tests import QUANTIFIERS, RowTest, field_tests, row_test
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.shapes import FieldShape, FieldType, RowShape, time_field
from callboard.scorecards.truth import Interval

HEADS = ("all", "any", "not", "field", "facts", "related", "problems", "level", "file", "check")
_DEEPEST = 20
PROBLEM_FIELDS = {
    "severity": FieldShape(FieldType.WORD, tuple(Severity), is_asked=False),
    "code": FieldShape(FieldType.TEXT, is_asked=False),
}
FACT_QUANTIFIERS = ("count", *QUANTIFIERS, "latest", "share")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The names that conditions may use."""

    families: Mapping[str, RowShape]
    """The fields of the facts of each family."""
    relations: Collection[str]
    """Types of relations."""
    cards: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The levels of each scorecard, the lowest first."""
    max_age: timedelta | None = None
    """How old queries may be where a condition does not say."""
    checks: Mapping[str, Callable[[], Mapping[str, Any]]] | None = None
    """For each check of a plugin a function that returns the schema of its options, or raises ``PluginError``; None: any check is read."""


@dataclass(slots=True)
class ConditionReader:
    """Reads conditions; mistakes are collected."""

    words: Vocabulary
    mistakes: CardMistakes
    depth: int = 0

    def read(self, data: Any, path: FieldPath) -> Condition | None:
        """The condition; None if it has a mistake, which is noted."""
        if not isinstance(data, Mapping):
            self.mistakes.add(path, f"must be a mapping with one of {', '.join(HEADS)}")
            return None
        heads = [head for head in HEADS if head in data and not (head == "any" and len(data) > 1)]
        if not heads:
            key = next(iter(data), "")
            self.mistakes.unknown((*path, key) if key else path, f"{key or 'an empty mapping'} begins no condition", str(key), HEADS)
            return None
        head = heads[0]
        if head in {"all", "any", "not"} and len(data) > 1:
            self.mistakes.add(path, f"{head} stands alone")
            return None
        if self.depth >= _DEEPEST:
            self.mistakes.add(path, f"conditions are nested more than {_DEEPEST} deep")
            return None
        mistakes_before = len(self.mistakes.found)
        self.depth += 1
        try:
            found = self._readers()[head](data, path)
        finally:
            self.depth -= 1
        return found if len(self.mistakes.found) == mistakes_before else None

    def _readers(self) -> Mapping[str, Callable[[Mapping[str, Any], FieldPath], Condition | None]]:
        return {
            "all": self._combination, "any": self._combination, "not": self._negation, "field": self._field, "facts": self._facts,
            "related": self._related, "problems": self._problems, "level": self._level, "file": self._file,
            "check": self._check,
        }  # fmt: skip

    def _combination(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        head = "all" if "all" in data else "any"
        items = data[head]
        if not isinstance(items, list) or not items:
            self.mistakes.add((*path, head), "must be a list of one condition or more")
            return None
        found = [self.read(item, (*path, head, index)) for index, item in enumerate(items)]
        return Combination(head == "all", tuple(each for each in found if each is not None)) if None not in found else None

    def _negation(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        inner = self.read(data["not"], (*path, "not"))
        return Negation(inner) if inner is not None else None

    def _field(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        name = data["field"]
        shape = entity_field_shape(name) if isinstance(name, str) else None
        if shape is None:
            similar = similar_entity_field(str(name))
            addition = (
                f"; did you mean {similar}?" if similar else "; fields are lifecycle, owner, labels.NAME, annotations.NAME, spec.NAME …"
            )
            self.mistakes.add((*path, "field"), f"an entity has no field {name}{addition}")
            return None
        spec = {key: value for key, value in data.items() if key != "field"}
        if not spec:
            self.mistakes.add(path, "says nothing about the field; add a comparison such as exists: true")
            return None
        tests = field_tests(name, spec, shape, {}, path, self.mistakes)
        return FieldCondition(name, tuple(tests)) if tests else None

    def _facts(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        family = data["facts"]
        if family not in self.words.families:
            self.mistakes.unknown((*path, "facts"), f"there is no family {family}", str(family), self.words.families, at_key=False)
            return None
        known = ("facts", "where", "source", "max-age", *FACT_QUANTIFIERS)
        self._check_keys(data, known, path)
        shape = self.words.families[family]
        name = f"the family {family}"
        where = row_test(data["where"], shape, name, (*path, "where"), self.mistakes) if "where" in data else RowTest()
        quantifier = self._one_of(data, FACT_QUANTIFIERS, path)
        if not quantifier:
            return None
        wanted, test = self._quantified(quantifier, data[quantifier], shape, name, (*path, quantifier))
        age = self._max_age(data, path)
        return FactsCondition(family, where, quantifier, wanted, test, str(data.get("source", "")), age, time_field(shape))

    def _quantified(
        self, quantifier: str, spec: Any, shape: Mapping[str, FieldShape], name: str, path: FieldPath
    ) -> tuple[Interval | None, RowTest]:
        if quantifier == "count":
            return interval_of(spec, path, self.mistakes), RowTest()
        if quantifier != "share":
            return None, row_test(spec, shape, name, path, self.mistakes)
        if not isinstance(spec, Mapping) or "of" not in spec:
            self.mistakes.add(path, "must have of: {FIELD: …}, and at-least or another bound in percent")
            return None, RowTest()
        bounds = {key: value for key, value in spec.items() if key != "of"}
        return interval_of(bounds, path, self.mistakes), row_test(spec["of"], shape, name, (*path, "of"), self.mistakes)

    def _max_age(self, data: Mapping[str, Any], path: FieldPath) -> timedelta | None:
        if "max-age" not in data:
            return self.words.max_age
        age = age_of(data["max-age"])
        if age is None:
            self.mistakes.add((*path, "max-age"), f"{data['max-age']!r} is no age; write 30d, 36h or 2w")
        return age

    def _related(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        relation = data["related"]
        if relation not in self.words.relations:
            self.mistakes.unknown(
                (*path, "related"), f"there is no relation {relation}", str(relation), sorted(self.words.relations), at_key=False
            )
            return None
        self._check_keys(data, ("related", "kind", "count", *QUANTIFIERS), path)
        kinds = data.get("kind", ())
        wanted = frozenset(str(kind).lower() for kind in ([kinds] if isinstance(kinds, str) else kinds))
        quantifier = self._one_of(data, ("count", *QUANTIFIERS), path)
        if not quantifier:
            return None
        if quantifier == "count":
            count = interval_of(data["count"], (*path, "count"), self.mistakes)
            return RelatedCondition(relation, wanted, "", count=count) if count else None
        inner = self.read(data[quantifier], (*path, quantifier))
        return RelatedCondition(relation, wanted, quantifier, inner) if inner is not None else None

    def _problems(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        self._check_keys(data, ("problems", "count"), path)
        spec = data["problems"]
        where = row_test(spec, PROBLEM_FIELDS, "a problem", (*path, "problems"), self.mistakes) if spec else RowTest()
        if "count" not in data:
            self.mistakes.add(path, "says nothing about the problems; add count: 0")
            return None
        count = interval_of(data["count"], (*path, "count"), self.mistakes)
        return ProblemsCondition(where, count) if count else None

    def _level(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        self._check_keys(data, ("level", "at-least"), path)
        card, level = data["level"], data.get("at-least")
        if card not in self.words.cards:
            self.mistakes.unknown((*path, "level"), f"there is no scorecard {card}", str(card), self.words.cards, at_key=False)
            return None
        levels = list(self.words.cards[card])
        if level not in levels:
            self.mistakes.unknown((*path, "at-least"), f"the scorecard {card} has no level {level}", str(level), levels, at_key=False)
            return None
        return LevelCondition(card, level, levels.index(level) + 1)

    def _file(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        self._check_keys(data, ("file",), path)
        paths = [data["file"]] if isinstance(data["file"], str) else data["file"]
        if not isinstance(paths, list) or not paths or not all(_is_inside(each) for each in paths):
            self.mistakes.add((*path, "file"), "must be the path of a file in the repository, or a list of such paths")
            return None
        return FileCondition(tuple(paths))

    def _check(self, data: Mapping[str, Any], path: FieldPath) -> Condition | None:
        self._check_keys(data, ("check", "options"), path)
        name, checks = data["check"], self.words.checks
        if checks is not None and name not in checks:
            known = f"; known: {', '.join(checks)}" if checks else "; no installed package has checks"
            self.mistakes.add((*path, "check"), f"there is no check {name}{known}")
            return None
        options = msgspec.to_builtins(data.get("options") or {}, str_keys=True, enc_hook=str)
        if not isinstance(options, Mapping):
            self.mistakes.add((*path, "options"), "must be a mapping")
            return None
        if checks is not None:
            self._check_options(options, checks[name], path)
        return CheckCondition(str(name), digest_of([name, options]), options)

    def _check_options(self, options: Mapping[str, Any], schema: Callable[[], Mapping[str, Any]], path: FieldPath) -> None:
        try:
            errors = jsonschema_rs.validator_for(dict(schema())).iter_errors(options)
            for error in errors:
                place = (*path, "options", *error.instance_path) if "options" in path or options else path
                self.mistakes.add(place, error.message)
        except PluginError as error:
            self.mistakes.add((*path, "check"), str(error))

    def _check_keys(self, data: Mapping[str, Any], known: Sequence[str], path: FieldPath) -> None:
        for key in data:
            if key not in known:
                self.mistakes.unknown((*path, key), f"unknown key {key}", str(key), known)

    def _one_of(self, data: Mapping[str, Any], keys: Sequence[str], path: FieldPath) -> str:
        present = [key for key in keys if key in data]
        if len(present) != 1:
            self.mistakes.add(path, f"must have exactly one of {', '.join(keys)}")
        return present[0] if len(present) == 1 else ""


def _is_inside(path: object) -> bool:
    """Whether a path is relative and stays inside the repository."""
    return isinstance(path, str) and bool(path) and not path.startswith("/") and ".." not in path.split("/")
