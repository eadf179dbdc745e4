"""INT001–INT003: facts that cannot be used."""

from callboard.model.problem import Rule, Severity

UNUSABLE_FACT = Rule(
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


UNKNOWN_FACT_SUBJECT = Rule(
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


UNUSABLE_ANNOTATION = Rule(
    code="INT003",
    name="unusable-annotation",
    severity=Severity.WARNING,
    summary="The value of an annotation is nothing that the tool could know.",
    means="""The annotation says under which name a tool knows the entity, and the value has another form than such names have, or the tool
knows nothing of that name.""",
    matters="""Nothing of that tool is on the entity's page, and a rule over its facts does not pass.""",
    wrong="""metadata:
  annotations:
    github.com/project-slug: https://github.com/acme/payments
""",
    right="""metadata:
  annotations:
    github.com/project-slug: acme/payments
""",
)
