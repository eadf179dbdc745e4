"""Many problems → the most severe ones up to a limit, and what was left out, by code and severity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import field
from operator import itemgetter

from callboard.model.counting import counted
from callboard.model.data_classes import dataclass
from callboard.model.problem import Problem, Severity

_SEVERITIES = tuple(Severity)
_Rank = tuple[int, bool]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Problems beyond a limit."""

    codes: Counter[str]
    """Number of problems by code."""
    severity: Severity
    """That of the most severe one."""

    def __str__(self) -> str:
        by_code = ", ".join(f"{number:,} of {code}" for code, number in sorted(self.codes.items()))
        return f"{counted(self.codes.total(), 'more problem')} than are listed: {by_code}"


@dataclass(slots=True)
class ProblemLimit:
    """Keeps the ``most`` most severe problems; of errors, first those of documents that became no entity. Memory is bounded."""

    most: int
    _kept: dict[_Rank, list[tuple[int, Problem]]] = field(default_factory=dict)
    _dropped: Counter[tuple[_Rank, str]] = field(default_factory=Counter)
    _added: int = 0

    def add(self, problems: Iterable[Problem]) -> None:
        """Add problems in the order in which they are listed."""
        for problem in problems:
            rank = (_SEVERITIES.index(problem.severity), problem.subject is not None)
            kept = self._kept.setdefault(rank, [])
            if len(kept) < self.most:
                kept.append((self._added, problem))
            else:
                self._dropped[rank, problem.code] += 1
            self._added += 1

    def result(self) -> tuple[list[Problem], LeftOut | None]:
        """The kept problems in their order, and what was left out; None if that is nothing."""
        ranked = [(rank, number, problem) for rank in sorted(self._kept) for number, problem in self._kept[rank]]
        kept = sorted(((number, problem) for _, number, problem in ranked[: self.most]), key=itemgetter(0))
        dropped = self._dropped.copy()
        dropped.update((rank, problem.code) for rank, _, problem in ranked[self.most :])
        left_out = None
        if dropped:
            codes: Counter[str] = Counter()
            for (_, code), number in dropped.items():
                codes[code] += number
            left_out = LeftOut(codes, _SEVERITIES[min(rank for rank, _ in dropped)[0]])
        return [problem for _, problem in kept], left_out
