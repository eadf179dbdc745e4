"""DOC010 … DOC019: defects of documentation sets and their pages, and of the portal's announcements."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

UNREADABLE_SET = Rule(
    code="DOC010",
    name="unreadable-documentation",
    severity=Severity.WARNING,
    summary="The documentation that an entity names cannot be read.",
    means="""The annotation `backstage.io/techdocs-ref` points to a folder that is not in a repository of the portal, that has no
documentation, or whose `mkdocs.yml` cannot be read. The page of the documentation says what to add.""",
    matters="""Readers find an empty page where they look for documentation.""",
    wrong="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  annotations:
    backstage.io/techdocs-ref: dir:documentation
spec:
  type: service
  lifecycle: production
  owner: platform
""",
    right="""apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: payments
  annotations:
    backstage.io/techdocs-ref: dir:.
spec:
  type: service
  lifecycle: production
  owner: platform
""",
)

MISSING_PAGE = Rule(
    code="DOC011",
    name="missing-documentation-page",
    severity=Severity.WARNING,
    summary="The navigation of a documentation set names a page that does not exist.",
    means="""`nav` in an `mkdocs.yml`, or a redirect, names a Markdown file that is not in the documentation folder, or another
`mkdocs.yml` that cannot be included. Or a redirect is for a page that exists, or leads to itself. The set is shown without it.""",
    matters="""Readers do not find the page. It was renamed or removed, or its name is misspelled.""",
    wrong="""site_name: Payments
nav:
  - Overview: index.md
  - Runbook: runbok.md
""",
    right="""site_name: Payments
nav:
  - Overview: index.md
  - Runbook: runbook.md
""",
)

UNUSED_SETTING = Rule(
    code="DOC012",
    name="unused-documentation-setting",
    severity=Severity.INFO,
    summary="A setting of an mkdocs.yml has no effect in the portal.",
    means="""Callboard reads the names, the navigation and the Markdown extensions of an `mkdocs.yml`. Plugins (other than `search`,
`techdocs-core`, `monorepo` and `redirects`), hooks, themes, scripts, style sheets and unknown extensions are never loaded.""",
    matters="""What such a plugin would write into the pages is missing; its marks stand in the text.""",
    wrong="""site_name: Payments
plugins:
  - techdocs-core
  - macros
""",
    right="""site_name: Payments
plugins:
  - techdocs-core
""",
)

PAGE_AS_TEXT = Rule(
    code="DOC013",
    name="documentation-page-as-text",
    severity=Severity.WARNING,
    summary="A page of a documentation set is shown as plain text, or not at all.",
    means="""The page is larger than the limit, takes more processor time than a page may, or cannot be converted; or the set has more
pages or bytes than a set may; or its name ends in `.MD`, which MkDocs shows as no page; or it is not in UTF-8. The limits are in the
section `docs` of `sources.yaml`.""",
    matters="""Readers see the text without headings, links and tables, or miss the page. The other pages of the set are shown.""",
    wrong="""docs:
  page_bytes: 1000
sources: []
""",
    right="""docs:
  page_bytes: 524288
sources: []
""",
)

BROKEN_LINK = Rule(
    code="DOC014",
    name="broken-documentation-link",
    severity=Severity.WARNING,
    summary="A link or an image of a documentation page leads nowhere.",
    means="""The page links to a file or heading that the documentation does not have, to an entity that the catalog does not have
(`component:payments`), or to a page that another entity's documentation does not have (`component:payments/runbook.md#restore`). Links to
other hosts are not checked.""",
    matters="""Readers cannot follow the link, often while they handle something urgent.""",
    wrong="""# Runbook

Read [how to restore](restor.md) and the pages of [](component:paymnets).
""",
    right="""# Runbook

Read [how to restore](restore.md) and the pages of [](component:payments).
""",
)

UNPUBLISHED_FILE = Rule(
    code="DOC015",
    name="unpublished-documentation-file",
    severity=Severity.WARNING,
    summary="An image or another file of a documentation set is not published.",
    means="""A page shows or links to a file that is too large, that browsers would execute (HTML, scripts, drawings that cannot be
made safe), or that is only a pointer of Git LFS. The link leads to the file's host, if that is known.""",
    matters="""Readers do not see the image.""",
    wrong="""# Architecture

See the [overview](overview.html).
""",
    right="""# Architecture

See the [overview](overview.png).
""",
)

UNDRAWN_DIAGRAM = Rule(
    code="DOC016",
    name="undrawn-diagram",
    severity=Severity.WARNING,
    summary="A diagram or a formula of a documentation page cannot be drawn.",
    means="""The text of a Mermaid diagram, of a Graphviz graph or of a formula in LaTeX has an error, uses something that is not
known, or is larger than can be drawn. The page shows the text instead.""",
    matters="""Readers see code where they expect a picture.""",
    wrong="""# Success rate

$$
\\frac{paid}{
$$
""",
    right="""# Success rate

$$
\\frac{paid}{attempted}
$$
""",
)

INVALID_BLOCK = Rule(
    code="DOC017",
    name="invalid-block",
    severity=Severity.WARNING,
    summary="A table, a figure or a graph of the catalog in a text cannot be shown as it is written.",
    means="""A fenced block `callboard-table`, `callboard-figure` or `callboard-graph`, in a guide or in the documentation of an entity, has
a line with an unknown key, a filter with an unknown field, or names an entity, a team or another value that the catalog does not have.
The page says so in the place of the block.""",
    matters="""Readers miss the list, or see an empty one.""",
    wrong="""# On call

```callboard-table
filter: kind:component ownr:platform
```
""",
    right="""# On call

```callboard-table
filter: kind:component owner:platform
```
""",
)

INVALID_ANNOUNCEMENT = Rule(
    code="DOC018",
    name="invalid-announcement",
    severity=Severity.ERROR,
    summary="A file in the portal's folder of announcements cannot be shown.",
    means="""The front matter of the file is missing or wrong: `title`, `from` and `until` are required, `audience` is `everyone` or a list
of teams of the catalog, and there are no other keys. Or the file is too large, or its name cannot be part of an address.""",
    matters="""Nobody sees the announcement. The other announcements are shown.""",
    wrong="""---
title: No deployments on Saturday
from: 2026-12-05
untill: 2026-12-06
---
The clusters get a new version.
""",
    right="""---
title: No deployments on Saturday
from: 2026-12-05
until: 2026-12-06
---
The clusters get a new version.
""",
)

REMOVED_MARKUP = Rule(
    code="DOC019",
    name="removed-markup",
    severity=Severity.WARNING,
    summary="A documentation page has HTML that the portal does not show.",
    means="""The page has a frame, a player, a script, a style sheet, a form, a drawing in the text or an attribute such as `onclick`.
Frames and players become links; the others are left out. Pages run nothing, send nothing and load nothing from other hosts. Elements that
only place or colour text, such as `center` and `font`, are dropped without a problem; their content stays.""",
    matters="""Readers miss what the page shows on its repository's host.""",
    wrong="""# Overview

<iframe src="https://videos.example/embed/42" title="How a payment is made"></iframe>
""",
    right="""# Overview

Watch [how a payment is made](https://videos.example/watch/42).
""",
)
