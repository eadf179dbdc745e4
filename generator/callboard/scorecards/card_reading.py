"""One scorecard as data → ``Scorecard``, or mistakes with their paths."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.fields import FieldPath
from callboard.model.problem import Span
from callboard.model.ref import RefError, parse_ref
from callboard.scorecards.ages import age_of, time_of
from callboard.scorecards.cards import CardRule, Exemption, Scorecard
from callboard.scorecards.conditions import Condition, FieldCondition
from callboard.scorecards.digests import digest_of
from callboard.scorecards.entity_fields import NAMED
from callboard.scorecards.field_tests import field_tests
from callboard.scorecards.mistakes import CardMistakes
from callboard.scorecards.reading import ConditionReader, Vocabulary

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CARD_KEYS = ("name", "title", "description", "owner", "filter", "levels", "max-age", "deadline", "rules")
_RULE_KEYS = ("id", "title", "level", "weight", "when", "check", "why", "fix", "owner", "from", "exempt")
_MOST_RULES, _MOST_LEVELS = 200, 9


@dataclass(slots=True)
class CardReader:
    """Reads one scorecard."""

    data: Mapping[str, Any]
    words: Vocabulary
    mistakes: CardMistakes
    file: str = ""
    """Path of the file."""
    span_of: Callable[[FieldPath], Span | None] = lambda path: None  # noqa: ARG005
    """The place of a value in the file."""

    def card(self) -> Scorecard | None:
        """The scorecard; None if it has no usable name, filter or rules."""
        self._check_keys(self.data, _CARD_KEYS, ())
        name = self._text(self.data, "name", (), required=True)
        if name and not _NAME.fullmatch(name):
            self.mistakes.add(("name",), f"{name!r} must consist of lower-case letters, digits and hyphens")
        self.words = replace(self.words, max_age=self._max_age())
        levels = self._levels()
        rules = self._rules(levels)
        filter_ = self._filter()
        if not name or filter_ is None or not rules:
            return None
        title = self._text(self.data, "title", ()) or name
        description, owner = self._text(self.data, "description", ()), self._owner(self.data, ())
        deadline = self._day(self.data, "deadline", ())
        return Scorecard(name, title, rules, filter_, levels, description, owner, self.file, digest_of(self.data), deadline)

    def _max_age(self) -> timedelta | None:
        value = self.data.get("max-age")
        age = age_of(value)
        if value is not None and age is None:
            self.mistakes.add(("max-age",), f"{value!r} is no age; write 30d, 36h or 2w")
        return age

    def _levels(self) -> tuple[str, ...]:
        levels = self.data.get("levels", [])
        is_list = isinstance(levels, list) and all(isinstance(level, str) and level for level in levels)
        if not is_list or len(set(levels)) != len(levels) or len(levels) > _MOST_LEVELS or levels == []:
            if "levels" in self.data:
                self.mistakes.add(("levels",), f"must be a list of 1 to {_MOST_LEVELS} different names, the lowest level first")
            return ()
        return tuple(levels)

    def _filter(self) -> Condition | None:
        """The condition for whom the card judges; without one: components."""
        if "filter" in self.data:
            return ConditionReader(self.words, self.mistakes).read(self.data["filter"], ("filter",))
        tests = field_tests("kind", "component", NAMED["kind"], {}, ("filter",), self.mistakes)
        return FieldCondition("kind", tuple(tests))

    def _rules(self, levels: Sequence[str]) -> tuple[CardRule, ...]:
        items = self.data.get("rules")
        if not isinstance(items, list) or not items or len(items) > _MOST_RULES:
            self.mistakes.add(("rules",), f"must be a list of 1 to {_MOST_RULES} rules")
            return ()
        rules: dict[str, CardRule] = {}
        for index, item in enumerate(items):
            rule = self._rule(item, ("rules", index), levels)
            if rule is None:
                continue
            if rule.id in rules:
                self.mistakes.add(("rules", index, "id"), f"the id {rule.id} is already used by another rule of the scorecard")
            rules.setdefault(rule.id, rule)
        return tuple(rules.values())

    def _rule(self, item: Any, path: FieldPath, levels: Sequence[str]) -> CardRule | None:
        if not isinstance(item, Mapping):
            self.mistakes.add(path, "must be a mapping with id and check")
            return None
        self._check_keys(item, _RULE_KEYS, path)
        name = self._text(item, "id", path, required=True)
        if name and not _NAME.fullmatch(name):
            self.mistakes.add((*path, "id"), f"{name!r} must consist of lower-case letters, digits and hyphens")
        if "check" not in item:
            self.mistakes.add(path, "has no check")
            return None
        reader = ConditionReader(self.words, self.mistakes)
        check = reader.read(item["check"], (*path, "check"))
        when = reader.read(item["when"], (*path, "when")) if "when" in item else None
        level, weight = self._level(item, path, levels), self._weight(item, path, levels)
        starts = self._day(item, "from", path)
        exemptions = tuple(self._exemptions(item, path))
        if check is None or not name:
            return None
        texts = [self._text(item, key, path) for key in ("title", "why", "fix")]
        digest = digest_of([item["check"], item.get("when")])
        title = texts[0] or name.replace("-", " ").capitalize()
        return CardRule(name, title, check, when, texts[1], texts[2], level, weight, self._owner(item, path), starts, exemptions, digest)

    def _level(self, item: Mapping[str, Any], path: FieldPath, levels: Sequence[str]) -> int:
        level = item.get("level")
        if not levels:
            if level is not None:
                self.mistakes.add((*path, "level"), "the scorecard has no levels; add levels, or give the rule a weight", at_key=True)
            return 0
        if level not in levels:
            if level is None:
                self.mistakes.add(path, f"has no level; possible: {', '.join(levels)}")
            else:
                self.mistakes.unknown((*path, "level"), f"the scorecard has no level {level}", str(level), levels, at_key=False)
            return 0
        return levels.index(level) + 1

    def _weight(self, item: Mapping[str, Any], path: FieldPath, levels: Sequence[str]) -> int:
        weight = item.get("weight", 1)
        if levels and "weight" in item:
            self.mistakes.add((*path, "weight"), "a scorecard has levels or weights, not both", at_key=True)
        elif not isinstance(weight, int) or isinstance(weight, bool) or not 1 <= weight <= 100:  # noqa: PLR2004
            self.mistakes.add((*path, "weight"), "must be an integer from 1 to 100")
            return 1
        return int(weight)

    def _exemptions(self, item: Mapping[str, Any], path: FieldPath) -> Iterator[Exemption]:
        listed = item.get("exempt", [])
        if not isinstance(listed, list):
            self.mistakes.add((*path, "exempt"), "must be a list of mappings with entity, reason and until")
            return
        for index, each in enumerate(listed):
            place = (*path, "exempt", index)
            if not isinstance(each, Mapping):
                self.mistakes.add(place, "must be a mapping with entity, reason and until")
                continue
            self._check_keys(each, ("entity", "reason", "until"), place)
            ref = self._reference(each.get("entity"), (*place, "entity"), "component")
            reason = self._text(each, "reason", place, required=True)
            until = self._day(each, "until", place)
            if until is None and "until" not in each:
                self.mistakes.add(place, "has no until: the last day that the exemption counts")
            if ref and reason and until:
                yield Exemption(ref, reason, until, self.span_of(place))

    def _day(self, item: Mapping[str, Any], key: str, path: FieldPath) -> date | None:
        value = item.get(key)
        if value is None:
            return None
        at = time_of(value) if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value) else None
        if at is None:
            self.mistakes.add((*path, key), "must be a date such as 2026-12-31")
        return at.date() if at else None

    def _owner(self, item: Mapping[str, Any], path: FieldPath) -> str:
        return self._reference(item["owner"], (*path, "owner"), "group") if "owner" in item else ""

    def _reference(self, value: Any, path: FieldPath, kind: str) -> str:
        try:
            return str(parse_ref(value, default_kind=kind).canonical())
        except RefError as error:
            self.mistakes.add(path, f"must be a reference such as {kind}:default/name: {error}")
            return ""

    def _text(self, item: Mapping[str, Any], key: str, path: FieldPath, *, required: bool = False) -> str:
        value = item.get(key)
        if value is None or value == "":
            if required:
                self.mistakes.add(path, f"has no {key}")
            return ""
        if not isinstance(value, str):
            self.mistakes.add((*path, key), "must be a string")
            return ""
        return value.strip()

    def _check_keys(self, data: Mapping[str, Any], known: Sequence[str], path: FieldPath) -> None:
        for key in data:
            if key not in known:
                self.mistakes.unknown((*path, key), f"unknown key {key}", str(key), known)
