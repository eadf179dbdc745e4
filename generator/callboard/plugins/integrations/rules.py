"""Rules INT001 to INT004: facts and annotations that cannot be used, and families of plugins that fail."""

from callboard.model.problem import Rule, Severity

UNUSABLE_FACT = Rule(
    code="INT001",
    name="unusable-fact",
    severity=Severity.WARNING,
    summary="An integration reports a fact whose value cannot be used.",
    means="""A value from a tool or from a file of facts is invalid: a time that is not a time, an unknown severity, a missing field. That
fact is left out, and the entity's data from this integration counts as incomplete.""",
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
    summary="An integration reports a fact about an unknown entity.",
    means="""A file of facts, or an answer of a tool, names an entity that is not in the catalog. Its facts are not on any page.""",
    matters="""If the entity was renamed but the job that writes the facts was not changed, the entity's page shows no data.""",
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
    summary="An annotation has a value that its tool cannot use or does not know.",
    means="""The annotation holds the entity's name or id in a tool. Its value has the wrong form, or the tool has
nothing with that name.""",
    matters="""The entity's page has no data from the tool, and a rule over its facts does not pass.""",
    wrong="""metadata:
  annotations:
    github.com/project-slug: https://github.com/acme/payments
""",
    right="""metadata:
  annotations:
    github.com/project-slug: acme/payments
""",
)


FAMILY_FAILED = Rule(
    code="INT004",
    name="family-failed",
    severity=Severity.WARNING,
    summary="The family of facts of a plugin cannot be used, or raises an error.",
    means="""A plugin provides a family of facts. Either it cannot be loaded or violates the contract of plugins: then its facts are not on
any page. Or its function that compares the facts of two builds has raised an error: then this build has no changes of that family, and
pages still show the facts.""",
    matters="""The site shows less than there is. Changes that are missing from one build are not added by a later one.""",
    wrong="""# requirements.txt of the portal: a version whose function fails on facts that are new
callboard-flags==1.0.0
""",
    right="""# requirements.txt of the portal: a version in which its authors have fixed that
callboard-flags==1.0.1
""",
)
