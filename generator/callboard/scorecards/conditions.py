"""The nodes of a condition: each judges a subject in three-valued logic, and explains the outcome with the values that led to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from callboard.model.data_classes import dataclass
from callboard.scorecards.explanation import Explanation, Finding
from callboard.scorecards.field_tests import FieldTest, RowTest, quantified
from callboard.scorecards.needs import Needs, together
from callboard.scorecards.subject import Row, Subject
from callboard.scorecards.truth import Interval, Truth, all_of, any_of, negated

_NO_ROW: Row = {}
QUANTIFIER_WORDS = {"every": "each {}:", "none": "no {} whose", "any": "some {} whose", "latest": "the latest {}:"}
"""How a statement about facts or related entities begins; after it stands what is said of one."""


class Condition(Protocol):
    """A condition of a rule, or a part of one."""

    def judge(self, subject: Subject) -> Truth:
        """Whether it holds; None: unknown."""

    def explain(self, subject: Subject) -> Explanation:
        """The same with the values that decided."""

    def text(self) -> str:
        """The condition in words."""

    def parts(self) -> Iterator[Condition]:
        """The conditions directly below."""

    def needs(self) -> Needs:
        """What it may read."""


@dataclass(frozen=True, slots=True)
class Combination:
    """``all`` or ``any`` of several conditions."""

    is_all: bool
    conditions: tuple[Condition, ...]

    def judge(self, subject: Subject) -> Truth:
        """Kleene's "and" or "or"."""
        truths = (condition.judge(subject) for condition in self.conditions)
        return all_of(truths) if self.is_all else any_of(truths)

    def explain(self, subject: Subject) -> Explanation:
        """With all parts."""
        parts = tuple(condition.explain(subject) for condition in self.conditions)
        truths = [part.truth for part in parts]
        return Explanation(self.text(), all_of(truths) if self.is_all else any_of(truths), parts=parts)

    def text(self) -> str:
        """The parts, joined."""
        return (" and " if self.is_all else " or ").join(
            f"({part.text()})" if isinstance(part, Combination) else part.text() for part in self.conditions
        )

    def needs(self) -> Needs:
        """Of all parts."""
        return together(condition.needs() for condition in self.conditions)

    def parts(self) -> Iterator[Condition]:
        """The conditions that are combined."""
        return iter(self.conditions)


@dataclass(frozen=True, slots=True)
class Negation:
    """``not`` of a condition."""

    condition: Condition

    def judge(self, subject: Subject) -> Truth:
        """The opposite; unknown stays unknown."""
        return negated(self.condition.judge(subject))

    def explain(self, subject: Subject) -> Explanation:
        """With the part that is negated."""
        part = self.condition.explain(subject)
        return Explanation(self.text(), negated(part.truth), parts=(part,))

    def text(self) -> str:
        """The condition in words."""
        return f"not ({self.condition.text()})"

    def needs(self) -> Needs:
        """Of the part."""
        return self.condition.needs()

    def parts(self) -> Iterator[Condition]:
        """The condition that is negated."""
        yield self.condition


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """Comparisons of one field of the descriptor; all of them must hold."""

    field: str
    tests: tuple[FieldTest, ...]

    def judge(self, subject: Subject) -> Truth:
        """A descriptor is known: what it does not say is absent. A value of a wrong type is unknown."""
        value = subject.field(self.field)
        if len(self.tests) == 1:
            return self.tests[0].judge(value, _NO_ROW, subject)
        return all_of(test.judge(value, _NO_ROW, subject) for test in self.tests)

    def explain(self, subject: Subject) -> Explanation:
        """With the value of the field."""
        value = subject.field(self.field)
        is_absent = value in (None, "", [], ())
        shown = "" if is_absent else " ".join(dict.fromkeys(test.shown(value) for test in self.tests))
        found = Finding("finding_absent", (self.field,)) if is_absent else Finding("finding_value", (self.field, shown))
        return Explanation(self.text(), self.judge(subject), found, field=self.field)

    def text(self) -> str:
        """The comparisons in words."""
        return " and ".join(test.text() for test in self.tests)

    def needs(self) -> Needs:
        """The field."""
        return Needs(fields=frozenset({self.field}))

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


@dataclass(frozen=True, slots=True)
class RelatedCondition:
    """A condition on the entities at the other end of a relation, or on their number."""

    relation: str
    kinds: frozenset[str]
    quantifier: str
    """``any``, ``none`` or ``every``; empty for ``count``."""
    condition: Condition | None = None
    count: Interval | None = None

    def judge(self, subject: Subject) -> Truth:
        """An entity that the catalog does not have is unknown."""
        others = subject.related(self.relation, self.kinds)
        if self.count is not None:
            known = sum(other is not None for other in others)
            return self.count.judge(known, len(others))
        return quantified(self.quantifier, self._truths(others))

    def _truths(self, others: Sequence[Subject | None]) -> list[Truth]:
        condition = self.condition
        return [condition.judge(other) if other is not None and condition is not None else None for other in others]

    def explain(self, subject: Subject) -> Explanation:
        """With the related entities that decided."""
        others = subject.related(self.relation, self.kinds)
        missing = sum(other is None for other in others)
        found = Finding("finding_related", (self.relation, len(others)))
        if missing:
            found = Finding("finding_related_missing", (self.relation, len(others), missing))
        elif self.condition is not None:
            wanted: Truth = self.quantifier != "every"
            decisive = [o.ref for o, truth in zip(others, self._truths(others), strict=True) if o is not None and truth is wanted]
            label = "finding_related_held" if wanted else "finding_related_not_held"
            found = Finding(label, (self.relation, len(others), ", ".join(decisive[:5]))) if decisive else found
        return Explanation(self.text(), self.judge(subject), found)

    def text(self) -> str:
        """The condition in words."""
        what = f"{self.relation}" + (f" of kind {' or '.join(sorted(self.kinds))}" if self.kinds else "")
        if self.count is not None:
            return f"{number_text(self.count)} {what}"
        return f"{QUANTIFIER_WORDS[self.quantifier].format(what)} {self.condition.text() if self.condition else ''}"

    def needs(self) -> Needs:
        """The related entities, and what the condition reads of them."""
        return Needs(related={self.relation: self.condition.needs() if self.condition else Needs()})

    def parts(self) -> Iterator[Condition]:
        """The condition on the related entities."""
        if self.condition is not None:
            yield self.condition


@dataclass(frozen=True, slots=True)
class ProblemsCondition:
    """The number of the entity's problems of some severities and codes."""

    where: RowTest
    count: Interval

    def judge(self, subject: Subject) -> Truth:
        """Problems are known."""
        return self.count.contains(len(self._matching(subject)))

    def _matching(self, subject: Subject) -> list[Row]:
        return [row for row in subject.problems() if self.where.judge(row, subject)]

    def explain(self, subject: Subject) -> Explanation:
        """With the codes of the problems."""
        rows = self._matching(subject)
        codes = ", ".join(sorted({str(row.get("code")) for row in rows})[:5])
        found = Finding("finding_problems", (len(rows), codes)) if rows else Finding("finding_no_problems")
        return Explanation(self.text(), self.judge(subject), found)

    def text(self) -> str:
        """The condition in words."""
        where = f" where {self.where.text()}" if self.where.tests else ""
        return f"{number_text(self.count)} problems{where}"

    def needs(self) -> Needs:
        """The problems."""
        return Needs(problems=True)

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


@dataclass(frozen=True, slots=True)
class LevelCondition:
    """The level that the entity reached on another scorecard."""

    card: str
    level: str
    position: int
    """Of the level, from 1."""

    def judge(self, subject: Subject) -> Truth:
        """Unknown where the other scorecard does not judge the entity."""
        reached = subject.level(self.card)
        return None if reached is None else reached >= self.position

    def explain(self, subject: Subject) -> Explanation:
        """With the level reached."""
        reached = subject.level(self.card)
        found = Finding("finding_no_card", (self.card,)) if reached is None else Finding("finding_level", (self.card, reached))
        return Explanation(self.text(), self.judge(subject), found)

    def text(self) -> str:
        """The condition in words."""
        return f"level of the scorecard {self.card} at least {self.level}"

    def needs(self) -> Needs:
        """The level."""
        return Needs(levels=frozenset({self.card}))

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


@dataclass(frozen=True, slots=True)
class FileCondition:
    """Whether one of some files is in the entity's repository."""

    paths: tuple[str, ...]

    def judge(self, subject: Subject) -> Truth:
        """Unknown where the files of the repository cannot be read."""
        return any_of(subject.has_file(path) for path in self.paths)

    def explain(self, subject: Subject) -> Explanation:
        """With the file that was found."""
        truth = self.judge(subject)
        found = [path for path in self.paths if subject.has_file(path)]
        paths = ", ".join(self.paths)
        if found:
            return Explanation(self.text(), truth, Finding("finding_file", (found[0],)))
        return Explanation(self.text(), truth, Finding("finding_files_unreadable" if truth is None else "finding_no_file", (paths,)))

    def text(self) -> str:
        """The condition in words."""
        return f"the repository has {' or '.join(self.paths)}"

    def needs(self) -> Needs:
        """The files."""
        return Needs(files=frozenset(self.paths))

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


def number_text(interval: Interval) -> str:
    """How many there must be, before the word for it: ``no``, ``exactly 2``, ``at least 1``."""
    if interval.low == interval.high:
        return f"exactly {interval.low:g}" if interval.low else "no"
    return interval_text(interval)


def interval_text(interval: Interval) -> str:
    """A range of numbers in words."""
    if interval.low == interval.high:
        return f"is {interval.low:g}"
    low = f"{'at least' if interval.has_low else 'above'} {interval.low:g}" if interval.low > -float("inf") else ""
    high = f"{'at most' if interval.has_high else 'below'} {interval.high:g}" if interval.high < float("inf") else ""
    return " and ".join(filter(None, (low, high)))
