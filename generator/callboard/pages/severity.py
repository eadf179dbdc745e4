"""How severities look: severity of a problem or a fact → tone, icon and fill of a bar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from callboard.model.facts.enumerations import FactSeverity
from callboard.model.problem import Severity


class SeverityStyle(NamedTuple):
    """The look of one severity."""

    tone: str
    """``bad``, ``warn``, ``info`` or ``none``."""
    icon: str
    """Name of the icon; each severity of a table has an icon of its own shape."""
    fill: str = ""
    """Tone of its part of a bar; empty for severities that are not shown in bars."""


PROBLEM_STYLES: Mapping[Severity, SeverityStyle] = {
    Severity.ERROR: SeverityStyle("bad", "bad"),
    Severity.WARNING: SeverityStyle("warn", "warn"),
    Severity.INFO: SeverityStyle("info", "info"),
}
"""Severities of problems, the worst first. The severity's value is the key of its word in the labels."""

FACT_STYLES: Mapping[FactSeverity, SeverityStyle] = {
    FactSeverity.CRITICAL: SeverityStyle(FactSeverity.CRITICAL.tone, "error", "worst"),
    FactSeverity.HIGH: SeverityStyle(FactSeverity.HIGH.tone, "bad", "bad"),
    FactSeverity.MEDIUM: SeverityStyle(FactSeverity.MEDIUM.tone, "warn", "warn"),
    FactSeverity.LOW: SeverityStyle(FactSeverity.LOW.tone, "info", "l1"),
    FactSeverity.UNKNOWN: SeverityStyle(FactSeverity.UNKNOWN.tone, "unknown", "l0"),
}
"""Severities of vulnerabilities, alerts and issues, the worst first. The word's key in the labels is ``severity_<value>``."""
