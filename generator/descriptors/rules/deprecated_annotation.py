"""ANN003: an annotation has been replaced by another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from generator.descriptors.examined import Examined
from generator.problems import Problem, Rule, Severity

RULE = Rule(
    code="ANN003",
    name="deprecated-annotation",
    severity=Severity.WARNING,
    summary="An annotation has been replaced by another one.",
    means="""The annotation is from an old release of Backstage; today another key, or another field, is read in its place.""",
    matters="""Tools of today do not see it.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/github-folder: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: orders
  annotations:
    jenkins.io/job-full-name: shop/orders
spec:
  type: service
  lifecycle: production
  owner: team-orders
""",
)


def find(document: Examined) -> Iterator[Problem]:
    """Each annotation that is out of date."""
    annotations = document.metadata().get("annotations")
    if isinstance(annotations, Mapping):
        for key in sorted(annotations.keys() & _INSTEAD.keys()):
            yield document.problem(
                RULE, f"The annotation {key} is out of date.", ("metadata", "annotations", key), _INSTEAD[key], at_key=True
            )


SUCCESSORS = {"backstage.io/github-actions-id": "github.com/project-slug", "jenkins.io/github-folder": "jenkins.io/job-full-name"}
"""Annotations that were renamed: the new one has the same values."""
_INSTEAD = {
    **{old: f"Write {new} instead." for old, new in SUCCESSORS.items()},
    "backstage.io/definition-at-location": "Write definition: and below it $text: … under spec: instead.",
}
