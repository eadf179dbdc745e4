"""SCO001 … SCO003: defects of scorecard files."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

UNREADABLE_SCORECARD = Rule(
    code="SCO001",
    name="unreadable-scorecard",
    severity=Severity.ERROR,
    summary="A scorecard file cannot be read as one YAML document.",
    means="""A file under `scorecards:` does not exist, is not encoded in UTF-8, is not valid YAML, or writes a key twice.""",
    matters="""The scorecard is missing on the site. The other scorecards are judged.""",
    wrong="""name: ownership
levels: [bronze, silver
""",
    right="""name: ownership
levels: [bronze, silver]
""",
)

INVALID_SCORECARD = Rule(
    code="SCO002",
    name="invalid-scorecard",
    severity=Severity.ERROR,
    summary="A scorecard has an unknown key, a missing one, or a condition that cannot be judged.",
    means="""A key is misspelled, a value has the wrong type, or a condition uses a field, a family of facts, a relation, a level or a
comparison that does not exist. The page "What scorecards can say" of the manual lists what conditions can say.""",
    matters="""A rule that cannot be judged would look as if it were met, or would fail for everybody. The scorecard is left out as a
whole; the other scorecards are judged.""",
    wrong="""check: {facts: vulnerability, where: {severity: {at-least: hihg}}, count: 0}
""",
    right="""check: {facts: vulnerability, where: {severity: {at-least: high}}, count: 0}
""",
)

ENDING_EXEMPTION = Rule(
    code="SCO003",
    name="ending-exemption",
    severity=Severity.WARNING,
    summary="An exemption from a rule of a scorecard ends within two weeks, has ended, or is for an entity that does not exist.",
    means="""`exempt` names an entity, a reason and the last day that the exemption counts. It is reported from 14 days before that
day on.""",
    matters="""The rule fails for the entity again on the day after, and its level may drop.""",
    wrong="""exempt:
  - {entity: component:orders, reason: rewritten in spring, until: 2020-01-31}
""",
    right="""exempt:
  - {entity: component:orders, reason: rewritten in spring, until: 2099-01-31}
""",
)
