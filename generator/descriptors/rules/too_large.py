"""YML005: the file or document is larger than the portal reads."""

from __future__ import annotations

from generator.descriptors.troubles import from_trouble
from generator.model.entity import Origin
from generator.problems import Problem, Rule, Severity, Span
from generator.yaml12 import YamlTrouble

RULE = Rule(
    code="YML005",
    name="too-large",
    severity=Severity.ERROR,
    summary="The file or document is larger than the portal reads.",
    means="""A descriptor has bounds: bytes of the file, documents in it, values in a document and levels of nesting. They can be
raised under `limits:` in `sources.yaml`.""",
    matters="""A file past a bound is most likely no descriptor, or one that was made to exhaust whoever reads it. What is past the
bound is not read.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  deep: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
    ]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def problem(trouble: YamlTrouble, origin: Origin) -> Problem:
    """The finding for a trouble of the parser."""
    return from_trouble(RULE, trouble, origin)


def file_problem(limit: int, origin: Origin) -> Problem:
    """The whole file is too large to be opened."""
    message = f"The file has more than {limit:,} bytes, which is the most that is read of a descriptor."
    return RULE.problem(
        message, origin=origin, span=Span(1, 1, 1, 2), hint="Move large definitions into files of their own and name them with $text."
    )
