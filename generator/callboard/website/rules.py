"""DOC001 … DOC004, OVL001 … OVL005 and PUB001: defects of texts, guides, templates, labels and icons; a site that is too large."""

from __future__ import annotations

from callboard.model.problem import Rule, Severity

DEAD_LINK = Rule(
    code="DOC001",
    name="dead-link",
    severity=Severity.WARNING,
    summary="A link in a text is broken: the portal has no such page.",
    means="""A text of an entity, such as its description, or a guide has a link to a page of this portal, to a file, or to a heading that
does not exist. Links to other hosts are not checked. In a guide, a link to another guide (`../how-to/publish.md`) or to a file in the
folder of the guides is relative to the guide's file; a link to another page of the portal, such as an entity's, is relative to the
address of the
guide's page: `../../catalog/default/component/payments/` in `guides/welcome.md`.""",
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
    means="""`nav.yaml` in the folder of the portal's guides names a Markdown page that is not in that folder, or an address other than
`https://` and `http://`. The guides are shown without it.""",
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

UNREADABLE_GUIDE = Rule(
    code="DOC003",
    name="unreadable-guide",
    severity=Severity.ERROR,
    summary="A guide cannot be read as it is written.",
    means="""A Markdown page in the folder of the guides is not encoded in UTF-8, or is a `README.md` next to an `index.md`, and is
left out; or the lines between the two `---` at its
beginning are not YAML, are too long or have aliases, and are shown as text; or they name a template or an icon that does not exist, and
the guide is shown without it. A guide that takes more than ten seconds to render is shown as plain text. Of the other files in the
folder, images, PDF, data and videos are published; files that browsers execute (HTML, scripts) are not, and SVG drawings are shown
without scripts, embedded HTML and links.""",
    matters="""Readers miss the guide or see it in a wrong form. The other guides are published.""",
    wrong="""title: [Publish
template: playn.html
""",
    right="""title: Publish
template: main.html
""",
)

INVALID_NAVIGATION = Rule(
    code="DOC004",
    name="invalid-navigation",
    severity=Severity.ERROR,
    summary="The file with the order of the guides cannot be used.",
    means="""`nav.yaml` in the folder of the guides is not YAML, or is not a list of pages and sections. The guides are sorted by name.""",
    matters="""Readers do not find the guides in the intended order.""",
    wrong="""index.md: Home
how-to: [publish.md]
""",
    right="""- Home: index.md
- How to: [publish.md]
""",
)

INVALID_TEMPLATE = Rule(
    code="OVL001",
    name="invalid-template",
    severity=Severity.ERROR,
    summary="A template of the portal cannot be used.",
    means="""A file in `templates/`, or an HTML file in `site_overrides/`, has an error: it is not encoded in UTF-8, its Jinja syntax is
wrong, it uses a field, label, icon or template that does not exist, or it leaves out a part that every page needs. The built-in file is
used in its place.""",
    matters="""The page looks as it does without the overlay. The exit code of the build is 1, so that this is not published unseen.""",
    wrong="""<h1>{{ view.headng }}</h1>
""",
    right="""<h1>{{ view.heading }}</h1>
""",
)

INVALID_LABEL = Rule(
    code="OVL002",
    name="invalid-label",
    severity=Severity.ERROR,
    summary="A label of the portal cannot be used.",
    means="""A file in `templates/strings/` is not YAML, or one of its values is not a string or has other placeholders than the English
label: `{}` stands for a value, `{:,}` for a number with separators, and `{1}` for the second value where the order differs. A string can
leave out values, but cannot have more of them. The built-in label is used in its place.""",
    matters="""The page shows the built-in label, perhaps in another language.""",
    wrong="""severity_n: "Severity {} of {}"
""",
    right="""severity_n: "Severity {}"
""",
)

UNKNOWN_LABEL = Rule(
    code="OVL003",
    name="unknown-label",
    severity=Severity.WARNING,
    summary="A label has a key that no page uses.",
    means="""A file in `templates/strings/` has a key that the English file does not have, and that no template of the portal uses as
`t.key`. It is misspelled, or a newer version has renamed it.""",
    matters="""The page shows the built-in label instead of this one.""",
    wrong="""catlog: Register
""",
    right="""catalog: Register
""",
)

INVALID_ICON = Rule(
    code="OVL004",
    name="invalid-icon",
    severity=Severity.ERROR,
    summary="An icon of the portal cannot be used.",
    means="""`templates/icons.yaml` is not YAML, or one of its entries is not a name (lower-case letters, digits and hyphens) with the
path of
an icon that the theme bundles (`material/…`, `simple/…`) or that is in `site_overrides/.icons/`. The built-in icon is used in its
place.""",
    matters="""The page shows the built-in icon.""",
    wrong="""component: material/cubee
""",
    right="""component: material/cube
""",
)

MISSING_LANGUAGE = Rule(
    code="OVL005",
    name="missing-language",
    severity=Severity.WARNING,
    summary="The portal's language has no labels.",
    means="""`portal.language` in `sources.yaml` is a language for which neither Callboard nor the portal has a file
`templates/strings/<language>.yaml`. The site is in English, and says so to browsers and screen readers.""",
    matters="""Readers expect the portal in their language. A translation is one file with the labels of `en.yaml`; keys that it does not
have
stay English.""",
    wrong="""portal:
  language: tlh
sources: []
""",
    right="""portal:
  language: en
sources: []
""",
)

NEAR_LIMIT = Rule(
    code="PUB001",
    name="near-limit-of-host",
    severity=Severity.WARNING,
    summary="The site nears, or exceeds, a limit of the service that serves it.",
    means="""The service that `publish.host` names, or that serves the branch of a `git` target, limits the size of a site or the number of
its files, and the site has reached 80 % of it. GitHub Pages and GitLab Pages serve 1 GB, GitLab Pages also at most 200,000 files and
folders; Cloudflare Pages serves 20,000 files in its free plan and 100,000 in paid plans. “Plan for a large catalog” in the manual says
how many entities that is.""",
    matters="""A service rejects a site that exceeds a limit. The portal then stays as it was, and shows old data.""",
    wrong="""publish: {host: cloudflare-pages}
sources: []
""",
    right="""publish: {host: cloudflare-pages}
data: {by_name: false}
sources: []
""",
)

GUIDE_CODES = frozenset({DEAD_LINK.code, MISSING_GUIDE.code, UNREADABLE_GUIDE.code, INVALID_NAVIGATION.code})
"""Problems of guides and of their navigation, of which an error does not change the exit code of a build."""
