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
    summary="The function of a plugin that finds the events of its family raises an error.",
    means="""A plugin provides a family of facts. Its function that compares the facts of two builds has raised an error, so this build has
no changes of that family. Pages still show the facts.""",
    matters="""The list of changes does not say what happened to these facts since the last build, and no later build adds it.""",
    wrong="""# in the plugin: not every key of the later build is in the earlier one
def events(delta):
    for key, fact in delta.after.items():
        yield FactEvent("budget-raised", before=str(delta.before[key].value.limit))
""",
    right="""def events(delta):
    for key, fact in delta.after.items():
        if key in delta.before:
            yield FactEvent("budget-raised", before=str(delta.before[key].value.limit))
""",
)
