"""INT002: a fact about an entity that the catalog does not have."""

from generator.problems import Rule, Severity

RULE = Rule(
    code="INT002",
    name="unknown-fact-subject",
    severity=Severity.INFO,
    summary="An integration says something about an entity that does not exist.",
    means="""A file of facts, or an answer of a tool, names an entity that no descriptor describes. Its facts are on no page.""",
    matters="""Perhaps the entity was renamed and the job that writes the facts was not told; its page then looks as if nobody measured.""",
    wrong="""# facts/incidents.yaml: the component is called payments
- entity: component:default/paymnets
  title: Card payments time out
  opened: 2026-05-17T21:40:00Z
""",
    right="""# facts/incidents.yaml
- entity: component:default/payments
  title: Card payments time out
  opened: 2026-05-17T21:40:00Z
""",
)
