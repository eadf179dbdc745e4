"""A condition on the facts of one family: how many there must be, or what must hold for them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.scorecards.ages import TICK, time_of
from callboard.scorecards.conditions import QUANTIFIER_WORDS, Condition, interval_text, number_text
from callboard.scorecards.explanation import NAMES, Explanation, Finding, row_text, row_value
from callboard.scorecards.field_tests import RowTest
from callboard.scorecards.needs import Needs
from callboard.scorecards.subject import Row, Subject
from callboard.scorecards.truth import Interval, Truth, negated, rounded

_ANYTHING = RowTest()
_ALWAYS = ("source", "ecosystem", "observed_at")
_LONGEST = 200
"""Characters of the facts that an explanation names."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The facts that a condition may use, and whether they are all."""

    rows: Sequence[tuple[Row, Truth]]
    """Rows that match for sure (True) or perhaps (None), with that."""
    is_whole: bool
    """False if others may exist: a page limit, an error, a query that is too old."""
    since: datetime | None
    """Since when they are whole."""

    @property
    def sure(self) -> int:
        """Number of the rows that match for sure."""
        return sum(truth is True for _, truth in self.rows)

    @property
    def most(self) -> float:
        """The largest possible number of matching rows."""
        return len(self.rows) if self.is_whole else math.inf


@dataclass(frozen=True, slots=True)
class UsableFacts:
    """The facts of a family that are recent enough."""

    rows: Sequence[Row]
    is_whole: bool
    """Whether all queries were complete and are recent enough."""
    since: datetime | None
    """Since when the facts are whole; None: not limited."""


@dataclass(frozen=True, slots=True)
class FactsCondition:
    """A quantified statement about the facts of a family."""

    family: str
    where: RowTest
    quantifier: str
    """``count``, ``any``, ``none``, ``every``, ``latest`` or ``share``."""
    wanted: Interval | None = None
    """For ``count`` the number, for ``share`` the percentage."""
    test: RowTest = _ANYTHING
    """For all but ``count``: what is said of a row."""
    source: str = ""
    """Only facts of this integration."""
    max_age: timedelta | None = None
    """Older queries prove nothing."""
    time_field: str = "observed_at"
    """When a row happened."""

    def judge(self, subject: Subject) -> Truth:
        """Judge the facts; unknown where no tool was queried."""
        evidence = self._evidence(subject)
        return None if evidence is None else self._judge(evidence, subject)

    def _judge(self, evidence: Evidence, subject: Subject) -> Truth:
        if self.quantifier == "count":
            return self.wanted.judge(evidence.sure, evidence.most) if self.wanted else None
        if self.quantifier == "latest":
            return self._latest(evidence, subject)
        if self.quantifier in {"any", "none"}:
            return self._any(evidence, subject)
        truths = [(is_match, self.test.judge(row, subject)) for row, is_match in evidence.rows]
        if self.quantifier == "share":
            return self._share(evidence, truths)
        return _every(truths, is_whole=evidence.is_whole)

    def _any(self, evidence: Evidence, subject: Subject) -> Truth:
        """Whether there is such a row: a known one decides; for ``none`` the opposite."""
        found: Truth = False if evidence.is_whole else None
        for row, is_match in evidence.rows:
            truth = self.test.judge(row, subject)
            if truth is True and is_match is True:
                return self.quantifier == "any"
            if truth is not False:
                found = None
        return found if self.quantifier == "any" else negated(found)

    def _evidence(self, subject: Subject) -> Evidence | None:
        """The rows that may be used; None if no tool was queried."""
        usable = self._usable(subject)
        if usable is None:
            return None
        since = usable.since
        is_whole = usable.is_whole and (since is None or self._reaches(since, subject))
        if not self.where.tests:
            return Evidence([(row, True) for row in usable.rows], is_whole, since)
        judge = self.where.judge
        rows = [(row, is_match) for row in usable.rows if (is_match := judge(row, subject)) is not False]
        return Evidence(rows, is_whole, since)

    def _usable(self, subject: Subject) -> UsableFacts | None:
        """The facts of the family that are recent enough; found once for all conditions on the same facts of an entity."""
        key = self.family, self.source, self.max_age, subject.now
        memo: dict[Any, UsableFacts | None] = subject.memo
        if key not in memo:
            memo[key] = self._read_usable(subject)
        return memo[key]

    def _read_usable(self, subject: Subject) -> UsableFacts | None:
        queries = subject.queries(self.family)
        if self.source:
            queries = [query for query in queries if query.source == self.source]
        if not queries:
            return None
        stale = {query.source for query in queries if self._is_stale(query.at, subject)} if self.max_age is not None else frozenset()
        limits = [query.since for query in queries if query.since is not None]
        rows = subject.rows(self.family)
        if self.source:
            rows = [row for row in rows if row.get("source") == self.source]
        if stale:
            rows = [row for row in rows if row.get("source") and row["source"] not in stale]
        return UsableFacts(rows, not stale and all(query.complete for query in queries), max(limits, default=None))

    def _is_stale(self, at: datetime | None, subject: Subject) -> bool:
        if self.max_age is None or at is None:
            return False
        if subject.now - at > self.max_age:
            return True
        subject.turns(at + self.max_age + TICK, is_query=True)
        return False

    def _reaches(self, since: datetime | None, subject: Subject) -> bool:
        """Whether the facts are whole for as long as the condition looks back; a condition without such a limit looks back for ever."""
        if since is None or self.quantifier == "latest":
            return True
        windows = [self.where.window(self.time_field)]
        if self.quantifier in {"any", "none"}:
            windows.append(self.test.window(self.time_field))
        ages = [window for window in windows if window is not None]
        return bool(ages) and subject.now - min(ages) >= since

    def _latest(self, evidence: Evidence, subject: Subject) -> Truth:
        times = [self._time(row) for row, _ in evidence.rows]
        if not evidence.is_whole or None in times or any(truth is None for _, truth in evidence.rows):
            return None
        if not times:
            return False if evidence.since is None else None
        return self.test.judge(evidence.rows[_newest(times)][0], subject)

    def _time(self, row: Row) -> datetime | None:
        """When a row happened."""
        return time_of(row_value(row, self.time_field) or row.get("observed_at"))

    def _share(self, evidence: Evidence, truths: Sequence[tuple[Truth, Truth]]) -> Truth:
        if not truths or not evidence.is_whole or any(is_match is None for is_match, _ in truths) or self.wanted is None:
            return None
        held = sum(truth is True for _, truth in truths)
        perhaps = sum(truth is None for _, truth in truths)
        return self.wanted.judge(rounded(100 * held / len(truths)), rounded(100 * (held + perhaps) / len(truths)))

    def explain(self, subject: Subject) -> Explanation:
        """With the number of facts, some of them, and the integrations that they come from."""
        evidence = self._evidence(subject)
        if evidence is None:
            found = Finding("finding_not_measured_by", (self.family, self.source)) if self.source else None
            return Explanation(self.text(), None, found or Finding("finding_not_measured", (self.family,)), change=self._measured())
        sources = tuple(sorted({query.source for query in subject.queries(self.family)}))
        truth = self._judge(evidence, subject)
        return Explanation(self.text(), truth, self._found(evidence, subject), sources, change=self._change(evidence, truth))

    def _measured(self) -> str:
        by = f" by {self.source}" if self.source else ""
        return f"{self.family} is measured{by}"

    def _change(self, evidence: Evidence, truth: Truth) -> str:
        """How many facts are too many, or that a query was incomplete; else empty: that the condition holds."""
        if truth is None and not evidence.is_whole:
            return f"{self.family} is queried completely"
        over = evidence.sure - self.wanted.high if truth is False and self.quantifier == "count" and self.wanted else 0
        return f"{over:g} fewer: {self._what()}" if over > 0 else ""

    def _what(self) -> str:
        return self.family + (f" where {self.where.text()}" if self.where.tests else "") + (f" from {self.source}" if self.source else "")

    def _found(self, evidence: Evidence, subject: Subject) -> Finding:
        rows = evidence.rows
        number = f"{evidence.sure}" if evidence.most == evidence.sure else f"≥ {evidence.sure}"
        if evidence.is_whole and evidence.most != evidence.sure:
            number = f"{evidence.sure}–{evidence.most:g}"
        if self.quantifier == "latest" and rows:
            rows = [rows[_newest([self._time(row) for row, _ in rows])]]
        elif self.quantifier in {"every", "none", "any"} and self.test.tests:
            wanted = self.quantifier != "every"
            decisive = [row for row, _ in rows if self.test.judge(row, subject) is wanted] or [
                row for row, _ in rows if self.test.judge(row, subject) is None
            ]
            rows = [(row, True) for row in decisive]
        shown = "; ".join(self._row_text(row) for row, _ in rows[:3]) + (f"; +{len(rows) - 3}" if len(rows) > 3 else "")  # noqa: PLR2004
        shown = shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"
        label = "finding_found" if evidence.is_whole else "finding_found_perhaps_more"
        return Finding(f"{label}_rows", (self.family, number, shown)) if shown else Finding(label, (self.family, number))

    def _row_text(self, row: Row) -> str:
        """A name of the row, and the fields that the condition reads."""
        tests = (*self.where.tests, *self.test.tests)
        return row_text(row, ((name, test.shown(row_value(row, name))) for test in tests for name in (test.field, *test.others)))

    def text(self) -> str:
        """The condition in words."""
        what = self._what()
        if self.quantifier == "count" and self.wanted:
            return f"{number_text(self.wanted)} {what}"
        if self.quantifier == "share" and self.wanted:
            return f"{interval_text(self.wanted)} % of {what} whose {self.test.text()}"
        return f"{QUANTIFIER_WORDS[self.quantifier].format(what)} {self.test.text()}"

    def needs(self) -> Needs:
        """The fields that are compared, those that say when and where a row happened, and those that name it in an explanation."""
        read = {name for test in (*self.where.tests, *self.test.tests) for name in test.fields}
        ages = {self.family: frozenset({self.max_age})} if self.max_age is not None else {}
        return Needs(families={self.family: frozenset({*read, *NAMES, *_ALWAYS, self.time_field})}, ages=ages)

    def parts(self) -> Iterator[Condition]:
        """None."""
        return iter(())


def _newest(times: Sequence[datetime | None]) -> int:
    """Index of the latest time; unknown ones count as the earliest."""
    return max(range(len(times)), key=lambda index: (times[index] is not None, times[index]))


def _every(truths: Sequence[tuple[Truth, Truth]], *, is_whole: bool) -> Truth:
    """Whether there is a row, and all rows hold: a known exception decides."""
    if any(is_match is True and truth is False for is_match, truth in truths):
        return False
    if not is_whole or any(is_match is None or truth is None for is_match, truth in truths):
        return None
    return bool(truths)
