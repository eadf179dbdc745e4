"""INT001: a fact that cannot be understood."""

from generator.problems import Rule, Severity

RULE = Rule(
    code="INT001",
    name="unusable-fact",
    severity=Severity.WARNING,
    summary="What an integration says about an entity cannot be understood.",
    means="""A tool, or a file that a job dropped, says something that no fact can be made of: a time that is no time, a severity that
nobody knows, a missing field. That one fact is left out, and what is measured counts as incomplete.""",
    matters="""The page shows less than there is. A rule over these facts does not pass on incomplete data.""",
    wrong="""# facts/incidents.yaml
- entity: component:default/payments
  title: Card payments time out
  opened: yesterday evening
""",
    right="""# facts/incidents.yaml
- entity: component:default/payments
  title: Card payments time out
  opened: 2026-05-17T21:40:00Z
""",
)
