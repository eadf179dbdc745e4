"""Which problems to report: selected codes, and a baseline of fingerprints."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from callboard.model.errors import CallboardError
from callboard.model.problem import Problem, Severity
from callboard.plugins.rules import all_rules
from callboard.redaction.secrets import mask

FORMAT = 1


def written(problems: Iterable[Problem]) -> str:
    """The text of a baseline with these problems: one line each, sorted, so that a change is easy to read."""
    rows = sorted(json.dumps(_row(problem), ensure_ascii=False) for problem in problems)
    listed = ",".join(f"\n    {row}" for row in rows) + ("\n  " if rows else "")
    return f'{{\n  "format": {FORMAT},\n  "problems": [{listed}]\n}}\n'


def read(path: Path) -> Counter[str]:
    """How often each fingerprint stands in a baseline.

    Raises ``CallboardError`` for a file that is missing or no baseline.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
        if value["format"] != FORMAT:
            raise CallboardError(f"{path} has the format {value['format']!r}; this version reads {FORMAT}.", _HINT)
        return Counter(str(row["fingerprint"]) for row in value["problems"])
    except OSError as error:
        raise CallboardError(f"The baseline {path} cannot be read ({error.strerror}).", _HINT) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CallboardError(f"{path} is no baseline.", _HINT) from None


def without(problems: Sequence[Problem], known: Counter[str]) -> tuple[tuple[Problem, ...], int]:
    """The problems that the baseline does not have, and the number of those that it hides.

    A fingerprint that stands there once hides one problem: a second one of the same kind at the same field is new.
    """
    left = Counter(known)
    kept = []
    for problem in problems:
        if left[problem.fingerprint] > 0:
            left[problem.fingerprint] -= 1
        else:
            kept.append(problem)
    return tuple(kept), len(problems) - len(kept)


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.origin.path if problem.origin else "",
        "code": problem.code,
        "ref": mask(str(problem.subject or "")),
        "field": mask(problem.field),
        "fingerprint": problem.fingerprint,
    }


_HINT = "Write one with `callboard lint --write-baseline FILE`."


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
