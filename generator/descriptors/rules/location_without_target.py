"""SPC007: a Location names no target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="SPC007",
    name="location-without-target",
    severity=Severity.WARNING,
    summary="A Location names no target.",
    means="""A Location says where more descriptors are, by `target` or `targets`. This one has neither, or an empty list.""",
    matters="""Nothing is read because of it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  type: url
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Location
metadata:
  name: all
spec:
  targets: [./orders.yaml]
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """A Location without a target."""
    if document.kind and document.kind.name == "Location":
        spec = document.value.get("spec")
        if isinstance(spec, Mapping) and not spec.get("target") and not spec.get("targets"):
            yield document.problem(
                RULE, "The Location has neither `spec.target` nor `spec.targets`.", ("spec",), "Add targets: and below it a list of paths."
            )
