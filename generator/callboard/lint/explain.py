"""A rule put into words: on the terminal, and as a page of the manual."""

from __future__ import annotations

from collections.abc import Mapping

from callboard.model.problem import Rule, Severity

_MEANS_OF_SEVERITY = {
    Severity.ERROR: "error: Backstage would refuse the document, or it cannot be read",
    Severity.WARNING: "warning: accepted, but wrong",
    Severity.INFO: "info: worth knowing",
}


def explain(rule: Rule) -> str:
    """The text of ``callboard explain CODE``."""
    parts = [
        f"{rule.code} {rule.name}",
        rule.summary,
        f"Severity: {_MEANS_OF_SEVERITY[rule.severity]}.",
        f"What it means\n{_indented(rule.means)}",
        f"Why it matters\n{_indented(rule.matters)}",
        f"Wrong\n{_indented(rule.wrong)}",
        f"Right\n{_indented(rule.right)}",
    ]
    return "\n\n".join(parts) + "\n"


def overview(rules: Mapping[str, Rule]) -> str:
    """One line a rule: code, severity, name and summary."""
    widest = max((len(rule.name) for rule in rules.values()), default=0)
    return "\n".join(f"{rule.code}  {rule.severity.value:7}  {rule.name:{widest}}  {rule.summary}" for rule in rules.values())


def markdown(rule: Rule) -> str:
    """The page of the manual about a rule."""
    parts = [
        f"# {rule.code}: {rule.name.replace('-', ' ')}",
        rule.summary,
        f"**{rule.severity.value.capitalize()}**{_MEANS_OF_SEVERITY[rule.severity].removeprefix(rule.severity.value)}.",
        "## What it means",
        rule.means.strip(),
        "## Why it matters",
        rule.matters.strip(),
        "## Wrong",
        _fenced(rule.wrong),
        "## Right",
        _fenced(rule.right),
    ]
    return "\n\n".join(parts) + "\n"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}".rstrip() for line in text.strip("\n").splitlines())


def _fenced(text: str) -> str:
    ticks = "`" * max(3, 1 + max((len(run) for run in text.split() if set(run) == {"`"}), default=0))
    return f"{ticks}yaml\n{text.strip(chr(10))}\n{ticks}"
