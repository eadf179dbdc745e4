"""Problems → those to report: selected by code and severity, and without those of a baseline file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from callboard.model.data_classes import dataclass
from callboard.model.errors import CallboardError
from callboard.model.problem import Problem, Severity
from callboard.plugins.rules import all_rules
from callboard.redaction.secrets import mask

FORMAT = 2
FORMAT_WITHOUT_REPOSITORY = 1
"""Fingerprints of this format name no repository: they are still valid for files that are named by their paths."""
_HINT = "Write one with `callboard lint --write-baseline FILE`."
_RANKS = {Severity.INFO: 0, Severity.WARNING: 1, Severity.ERROR: 2}


@dataclass(frozen=True, slots=True)
class Selection:
    """Which problems to report, by codes or code prefixes (``REF``) in upper case, and by severity."""

    select: tuple[str, ...] = ()
    """Only these; empty for all."""
    ignore: tuple[str, ...] = ()
    """None of these, even if they are in ``select``."""
    lowest: Severity = Severity.INFO

    def has(self, problem: Problem) -> bool:
        """True if the problem is to be reported."""
        return self.has_code(problem.code) and _RANKS[problem.severity] >= _RANKS[self.lowest]

    def has_code(self, code: str) -> bool:
        """True if problems of this code may be reported."""
        return (not self.select or code.startswith(self.select)) and not (self.ignore and code.startswith(self.ignore))


def codes(options: Iterable[str]) -> tuple[str, ...]:
    """Codes or code prefixes from the values of an option, separated by commas (``REF,own001``).

    Raises ``CallboardError`` for one with which no code begins.
    """
    prefixes = tuple(dict.fromkeys(part.strip().upper() for option in options for part in option.split(",") if part.strip()))
    if prefixes:
        _check_prefixes(prefixes, tuple(all_rules()))
    return prefixes


def baseline_text(problems: Iterable[Problem]) -> str:
    """The content of a baseline file with these problems: one line each, sorted, so that its diffs are easy to read."""
    rows = sorted(json.dumps(_row(problem), ensure_ascii=False) for problem in problems)
    lines = ",".join(f"\n    {row}" for row in rows) + ("\n  " if rows else "")
    return f'{{\n  "format": {FORMAT},\n  "problems": [{lines}]\n}}\n'


def read_baseline(path: Path, *, is_portal: bool = False) -> Counter[str]:
    """The number of problems of each fingerprint in a baseline file. ``is_portal``: problems of a whole portal are compared with it.

    Raises ``CallboardError`` for a file that is missing, not a baseline, or of a portal and in the format without repositories.
    """
    try:
        value = json.loads(path.read_text("utf-8"))
        _check_format(value["format"], path, is_portal=is_portal)
        return Counter(str(row["fingerprint"]) for row in value["problems"])
    except OSError as error:
        raise CallboardError(f"The baseline {path} cannot be read ({error.strerror}).", _HINT) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CallboardError(f"{path} is not a baseline.", _HINT) from None


def _check_format(number: object, path: Path, *, is_portal: bool) -> None:
    if number == FORMAT_WITHOUT_REPOSITORY and is_portal:
        raise CallboardError(
            f"{path} was written when problems did not name their repository: an entry hid the same problem in every repository.",
            f"Write it again: `callboard lint --write-baseline {path}`.",
        )
    if number not in {FORMAT, FORMAT_WITHOUT_REPOSITORY}:
        raise CallboardError(f"{path} has the format {number!r}; this version reads {FORMAT}.", _HINT)


def not_in_baseline(problems: Sequence[Problem], baseline: Counter[str]) -> tuple[tuple[Problem, ...], int]:
    """The problems that the baseline does not have, and the number of the others.

    A fingerprint that the baseline has once hides one problem: a second one of the same kind at the same field is new.
    """
    unmatched = Counter(baseline)
    new = []
    for problem in problems:
        if unmatched[problem.fingerprint] > 0:
            unmatched[problem.fingerprint] -= 1
        else:
            new.append(problem)
    return tuple(new), len(problems) - len(new)


def _check_prefixes(prefixes: Sequence[str], rule_codes: Sequence[str]) -> None:
    for prefix in prefixes:
        if not any(code.startswith(prefix) for code in rule_codes):
            families = ", ".join(dict.fromkeys(code.rstrip("0123456789") for code in rule_codes))
            raise CallboardError(
                f'No problem code begins with "{prefix[:40]}".', f"Known prefixes: {families}. `callboard explain` lists all codes."
            )


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "path": problem.origin.path if problem.origin else "",
        "code": problem.code,
        "ref": mask(str(problem.subject or "")),
        "field": mask(problem.field),
        "fingerprint": problem.fingerprint,
    }
