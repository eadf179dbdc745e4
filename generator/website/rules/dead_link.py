"""DOC001: a link in somebody's text that leads nowhere."""

from __future__ import annotations

from generator.problems import Rule, Severity

RULE = Rule(
    code="DOC001",
    name="dead-link",
    severity=Severity.WARNING,
    summary="A link in a text leads to no page of the portal.",
    means="""A text of the entity, such as its description, has a link to a place of this portal (another page, or a heading) that
does not exist. Links to other hosts are not looked at.""",
    matters="""Whoever follows it finds the page of things that were not found, most often in the middle of something urgent.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  description: Started by [the scheduler](../schedular/).
spec:
  type: service
  lifecycle: production
  owner: platform
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  description: Started by [the scheduler](../scheduler/).
spec:
  type: service
  lifecycle: production
  owner: platform
""",
)
