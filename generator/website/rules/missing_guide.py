"""DOC002: the order of the guides names one that is not there."""

from __future__ import annotations

from pathlib import Path

from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="DOC002",
    name="missing-guide",
    severity=Severity.WARNING,
    summary="The order of the guides names a page that is not there.",
    means="""`nav.yaml` in the folder of the portal's guides names a Markdown page that does not lie in that folder. The guides are
shown without it.""",
    matters="""Whoever wrote the line expects people to find the guide. It was renamed or removed, or its name is misspelt.""",
    wrong="""- index.md
- How to:
    - how-to/pubish.md
""",
    right="""- index.md
- How to:
    - how-to/publish.md
""",
)


def problem(file: Path, line: int, name: str) -> Problem:
    """The finding about a name in that file."""
    return RULE.problem(
        f"{file}, line {line}: there is no guide `{name[:200]}`; the navigation is made without it.",
        field=name[:200],
        hint="Correct the name (it is relative to the folder of the guides), or remove the line.",
    )
