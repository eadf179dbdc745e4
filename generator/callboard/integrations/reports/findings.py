"""What the readers of report files return: findings, and why a file may not have all of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from callboard.plugins.integrations import FactSeverity, FactValue

SCORES = ((9.0, FactSeverity.CRITICAL), (7.0, FactSeverity.HIGH), (4.0, FactSeverity.MEDIUM), (0.0, FactSeverity.LOW))
"""The lowest score of each severity, for CVSS 3 and 4 and for GitHub's ``security-severity``."""
_ABOUT_SECRETS = re.compile(
    r"passw|pwd|secret|token|credential|api.?key|private.?key|access.?key|entropy|cwe-?(?:259|321|522|798)", re.IGNORECASE
)
_QUOTED = re.compile(r"(['\"`])(?:(?!\1)[^\n]){1,300}\1")
_ASSIGNED = re.compile(r"(?i)((?:passw(?:or)?d|pwd|secret|token|api[_-]?key)[\w.-]{0,40}[\"']?\s{0,3}=\s{0,3})[^\s\"'`,;)]{3,300}")
_MASK = "****"


@dataclass(frozen=True, slots=True)
class ReportFinding:
    """One result in a report."""

    key: str
    """Unique in its file, and the same in the next report on the same code."""
    make: Callable[[], FactValue]
    """Creates the value of the fact. Raises ``FactError``."""
    url: str = ""
    rank: int = 0
    """How severe it is, 0 the most: of a long file the most severe findings are kept."""
    link: str = ""
    """CycloneDX: vulnerability, serial number of the BOM and component, by which a VEX file of its own refers to the finding."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """Why findings may be missing, as the end of a sentence that begins with the file: ``has 6,000 results …``."""

    reason: str


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A VEX statement about a finding of another BOM: it does not apply."""

    link: str


ReportItem = ReportFinding | Incomplete | Exclusion
ReportReader = Callable[[bytes], Iterator[ReportItem]]


def by_score(score: float, *, has_critical: bool = True) -> FactSeverity:
    """The severity of a CVSS score; CVSS 2 has no ``critical``."""
    found = next((severity for lowest, severity in SCORES if score >= lowest), FactSeverity.UNKNOWN)
    return FactSeverity.HIGH if found is FactSeverity.CRITICAL and not has_critical else found


def without_quoted_secrets(text: str, *about: str) -> str:
    """The message of a scanner without the secret that it has found.

    Such messages quote it (``Possible hardcoded password: 'hunter2'``), and no pattern recognizes it. ``about``: the rule's id, name and
    tags. If the rule or the message is about secrets, all that is quoted is masked.
    """
    text = _ASSIGNED.sub(rf"\1{_MASK}", text)
    if not any(_ABOUT_SECRETS.search(part) for part in (text, *about)):
        return text
    return _QUOTED.sub(lambda match: f"{match[1]}{_MASK}{match[1]}", text)
