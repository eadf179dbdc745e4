"""Which problems somebody wants to see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from generator.errors import CallboardError
from generator.linting.rules import all_rules
from generator.problems import Problem, Severity

_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Selection:
    """Codes or their beginnings (``REF``), upper case, and the least severity."""

    select: tuple[str, ...] = ()
    """Only these; none means all."""
    ignore: tuple[str, ...] = ()
    """Not these, whatever ``select`` says."""
    least: Severity = Severity.INFO

    def has(self, problem: Problem) -> bool:
        """Whether the problem is wanted."""
        chosen = not self.select or problem.code.startswith(self.select)
        return chosen and not (self.ignore and problem.code.startswith(self.ignore)) and _RANKS[problem.severity] >= _RANKS[self.least]


def codes(texts: Iterable[str]) -> tuple[str, ...]:
    """Codes from texts with commas: ``REF,own001``.

    Raises ``CallboardError`` for one with which no code begins.
    """
    wanted = tuple(dict.fromkeys(part.strip().upper() for text in texts for part in text.split(",") if part.strip()))
    if wanted:
        _check_known(wanted, tuple(all_rules()))
    return wanted


def _check_known(wanted: Sequence[str], known: Sequence[str]) -> None:
    for code in wanted:
        if not any(rule.startswith(code) for rule in known):
            families = ", ".join(dict.fromkeys(rule.rstrip("0123456789") for rule in known))
            raise CallboardError(
                f'No problem code begins with "{code[:40]}".', f"Known families are {families}; `callboard explain` lists all codes."
            )
