"""DOC001, DOC002: links of guides and entries of ``nav.yaml`` that are broken."""

from __future__ import annotations

from pathlib import Path

from callboard.model.problem import Problem, Rule, Severity

DEAD_LINK = Rule(
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


MISSING_GUIDE = Rule(
    code="DOC002",
    name="missing-guide",
    severity=Severity.WARNING,
    summary="The order of the guides names a page that is not there.",
    means="""`nav.yaml` in the folder of the portal's guides names a Markdown page that does not lie in that folder. The guides are
shown without it.""",
    matters="""Whoever wrote the line expects people to find the guide. It was renamed or removed, or its name is misspelt.""",
    wrong="""- index.md
- How to:
    - how-to/pubish.md
""",
    right="""- index.md
- How to:
    - how-to/publish.md
""",
)


def missing_guide_problem(file: Path, line: int, name: str) -> Problem:
    """The finding about a name in that file."""
    return MISSING_GUIDE.problem(
        f"{file}, line {line}: there is no guide `{name[:200]}`; the navigation is made without it.",
        field=name[:200],
        hint="Correct the name (it is relative to the folder of the guides), or remove the line.",
    )
