"""Pages about problem codes, out of the rules."""

from __future__ import annotations

from collections.abc import Mapping

from generator.cli.manual.tables import table
from generator.linting.explaining import markdown
from generator.problems import Rule

_FRONT = """---
search: {exclude: true}
---
"""
"""Each portal has pages of its own about codes, with the places where they occur: one of the two is enough to find."""

_INTRODUCTION = """Every problem has a code that keeps its meaning for ever. An **error**: Backstage would refuse the document, or it cannot
be read. A **warning**: accepted, but wrong. **Info**: worth knowing. `callboard explain CODE` prints these pages on a terminal, and each
portal has a page for each code, with the places where it occurs."""


def index_page(rules: Mapping[str, Rule]) -> str:
    """All codes with their names."""
    rows = [(f"[{rule.code}]({rule.code.lower()}.md)", rule.name, rule.severity.value, rule.summary) for rule in rules.values()]
    parts = [
        "# Problems",
        _INTRODUCTION,
        table(("Code", "Name", "Severity", "What is wrong"), rows),
    ]
    return "\n\n".join(parts) + "\n"


def code_page(rule: Rule) -> str:
    """One code, kept out of full-text search."""
    return f"{_FRONT}{markdown(rule)}"
