"""INT003: an annotation by which a tool cannot know anything."""

from generator.problems import Rule, Severity

RULE = Rule(
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
