"""DOC001, DOC002: broken links in texts, and entries of ``nav.yaml`` without a guide."""

from __future__ import annotations

from pathlib import Path

from callboard.model.problem import Problem, Rule, Severity

DEAD_LINK = Rule(
    code="DOC001",
    name="dead-link",
    severity=Severity.WARNING,
    summary="A link in a text is broken: the portal has no such page.",
    means="""A text of the entity, such as its description, has a link to a page of this portal, or to a heading, that does not exist.
Links to other hosts are not checked.""",
    matters="""Readers who follow the link get the page “not found”, often while they handle something urgent.""",
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
    summary="The navigation of the guides names a page that does not exist.",
    means="""`nav.yaml` in the folder of the portal's guides names a Markdown page that is not in that folder. The guides are
shown without it.""",
    matters="""Readers do not find the guide in the navigation. It was renamed or removed, or its name is misspelled.""",
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
    """The problem for a name in ``nav.yaml``, whose path is ``file``."""
    return MISSING_GUIDE.problem(
        f"{file}, line {line}: there is no guide `{name[:200]}`; the navigation omits it.",
        field=name[:200],
        hint="Correct the path, which is relative to the folder of the guides, or remove the line.",
    )
