"""What lies in the folder of a small portal, and its settings, in variants, as in ``varied_repositories``."""

import json

from support.varied_repositories import BLOCKS, PNG


def rows(*facts):
    return json.dumps([{"url": "https://tool.example/1"} | fact for fact in facts])


def shop(**more):
    return {"entity": "component:shop", "key": "k"} | more


def ledger(**more):
    return {"entity": "component:ledger", "key": "l"} | more


FACTS = {
    "incident": (
        rows(
            shop(title="Late", state="open", opened="2026-11-21T09:00Z", severity="high"),
            ledger(title="Slow", opened="2026-11-20T03:00Z", resolved="2026-11-20T05:00Z", state="resolved"),
        ),
        rows(shop(title="Late", state="resolved", opened="2026-11-21T09:00Z", resolved="2026-11-22T02:00Z")),
        rows(ledger(title="Now", state="open", opened="-2h")),
        "[]",
        None,
    ),
    "deployment": (
        rows(
            shop(environment="production", version="1.1", at="2026-11-19T09:00Z", state="succeeded", revision="a" * 40),
            ledger(environment="prod", version="7", at="2026-10-24T03:30Z", state="failed"),
        ),
        rows(
            shop(environment="production", version="1.2", at="2026-11-21T09:00Z", state="failed", health="degraded"),
            shop(key="s", environment="staging", version="1.3", at="2026-11-24T09:00Z"),
        ),
        rows(shop(environment="production", version="1.2", at="-40d", state="succeeded", ready=1, wanted=2)),
        None,
    ),
    "on-call": (
        rows(
            shop(
                name="rota",
                shifts=[
                    {"person": "Ann Lee", "start": "2026-11-21T09:00Z", "end": "2026-11-23T09:00Z", "email": "ann@acme.example"},
                    {"person": "Bo", "start": "2026-11-23T09:00Z"},
                ],
            )
        ),
        rows(shop(name="rota", shifts=[]), ledger(name="books", shifts=[{"person": "Cy", "start": "-2h", "end": "+9h", "level": 2}])),
        None,
    ),
    "availability": (
        rows(shop(name="answers", objective=99.9, measured=99.95, history=[["2026-11-20", 99.9], ["2026-11-21", 98.1]])),
        rows(shop(name="answers", objective=99.9, measured=99.1), ledger(name="answers", objective=99)),
        None,
    ),
    "vulnerability": (
        rows(
            shop(id="CVE-2026-1", severity="critical", package="zlib", first_seen="2026-11-13T00:00Z"),
            ledger(id="CVE-2026-1", severity="low", fixed_in="2"),
        ),
        rows(ledger(id="CVE-2026-2", severity="high", package="ssl", first_seen="-40d")),
        "[]",
        None,
    ),
    "pipeline-run": (
        rows(shop(name="build", at="2026-11-21T10:00Z", state="failed", branch="main", seconds=60)),
        rows(shop(name="build", at="-1h", state="succeeded", tests=9)),
        None,
    ),
    "quality-gate": (
        rows(shop(state="failed", coverage=70.5, analysed="2026-11-21T10:00Z", bugs=3)),
        rows(shop(state="passed", coverage=90)),
        None,
    ),
    "coverage": (rows(shop(name="all", lines=81.5)), rows(shop(name="all", lines=82), ledger(name="all", lines=12.25)), None),
    "repository": (
        rows(
            shop(
                name="acme/shop",
                last_commit="2026-11-20T00:00Z",
                commits=[1, 2, 3],
                contributors=2,
                community=["readme"],
                topics=["inner-source"],
                languages={"Java": 90},
            )
        ),
        rows(
            shop(
                name="acme/shop",
                last_commit="-400d",
                open_pull_requests=2,
                pull_requests=[{"title": "Change", "opened": "-9d"}],
                archived=True,
            )
        ),
        None,
    ),
    "alert": (
        rows(shop(name="Slow", state="firing", severity="high", since="2026-11-22T01:00Z")),
        rows(shop(name="Slow", state="resolved"), ledger(name="Full", state="pending")),
        None,
    ),
    "error-trend": (rows(shop(name="shop", counts=[1, 2, 3], unresolved=2)), rows(shop(name="shop", counts=[0, 0], users=4)), None),
    "issue": (
        rows(shop(title="Wrong total", priority="high", opened="2026-11-02T00:00Z", state="To do")),
        rows(ledger(title="Wrong sum", type="bug", opened="-3d")),
        None,
    ),
    "dashboard": (rows(shop(title="Shop", folder="All")), rows(shop(title="The shop"), ledger(title="Books")), None),
    "cost": (
        rows(shop(name="shop", amount=12.5, currency="USD", first="2026-10-23", last="2026-11-21", days=[1, 2])),
        rows(shop(name="shop", amount=13, currency="EUR", previous=11)),
        None,
    ),
}
DATASET = """\
description: {}
x-callboard: {{kind: Dataset, plural: {}, icon: database-outline, apiVersions: [data.example.com/v1]}}
required: [spec]
properties:
  spec:
    required: [type, owner]
    properties:
      type: {{description: Its sort., enum: [table, {}]}}
      owner:
        description: Who answers for it.
        type: string
        minLength: 1
        x-callboard: {{relation: ownedBy, reverse: ownerOf, defaultKind: Group}}
      system: {{description: Its system., type: string, x-callboard: {{relation: partOf, reverse: hasPart, defaultKind: System}}}}
      producedBy:
        description: The components that write it.
        type: array
        items: {{type: string, minLength: 1}}
        x-callboard: {{relation: producedBy, reverse: produces, defaultKind: Component, label: Written by, reverseLabel: Writes}}
"""
BASICS = """\
name: basics
title: {}
levels: [bronze, silver]
max-age: {}
rules:
  - {{id: described, level: bronze, check: {{field: description, matches: {}}}}}
  - {{id: calm, level: silver, from: 2026-11-2{}, check: {{facts: incident, none: {{state: open, opened: {{older-than: 1d}}}}}}}}
  - id: shipped
    level: silver
    check: {{facts: deployment, any: {{at: {{newer-than: 5d}}}}}}
    exempt: [{{entity: 'component:ledger', reason: frozen, until: 2026-11-28}}]
"""
CAMPAIGN = """\
name: leave-java-11
title: Leave Java 11
deadline: 2026-11-{}
levels: [done]
filter: {{field: tags, contains: java}}
rules:
  - {{id: java, level: done, check: {{field: labels.java, is: "{}"}}}}
"""
SCORE = """\
name: ready
rules:
  - {{id: docs, weight: {}, check: {{field: annotations, exists: true}}}}
  - {{id: below, check: {{related: dependsOn, none: {{facts: vulnerability, any: {{severity: {{at-least: high}}}}}}}}}}
  - {{id: valid, check: {{problems: {{}}, count: 0}}}}
  - {{id: readme, check: {{file: [README.md]}}}}
"""
ANNOUNCEMENT = "---\ntitle: {}\nfrom: 2026-11-{}\nuntil: 2026-{}\naudience: {}\n---\nAsk [them](group:default/{}).\n"
GUIDE = "# {}\n\nWords {}. See [](component:shop) and [how](component:shop/guide.md#how).\n"
PORTAL = {
    "kinds/dataset.yaml": (DATASET.format("A table.", "Datasets", "topic"), DATASET.format("A table or topic.", "Tables", "files")),
    "basics.yaml": (BASICS.format("Basics", "3d", "S.*", 1), BASICS.format("The basics", "9d", "K.*", 5), "name: basics\nrules: 3\n"),
    "campaign.yaml": (CAMPAIGN.format(25, 21), CAMPAIGN.format(23, 11), "name: leave-java-11\nrules: 3\n"),
    "ready.yaml": (SCORE.format(3), SCORE.format(1)),
    "announcements/now.md": (
        ANNOUNCEMENT.format("Now", 20, "11-24", "everyone", "web"),
        ANNOUNCEMENT.format("Later", 24, "12-01", "[web]", "books"),
        ANNOUNCEMENT.format("Odd", 24, "11-01", "[nobody]", "x"),
        None,
    ),
    "announcements/then.md": (None, ANNOUNCEMENT.format("Then", 26, "12-24", "[group:default/sales]", "sales")),
    "templates/404.html": (None, '<h1 id="content">Nothing here</h1>', '<h1 id="content">Nowhere</h1>'),
    "templates/strings/en.yaml": (None, "catalog: Everything\n", "catalog: All of it\nowner: Boss\n"),
    "site_overrides/assets/more.css": (None, "p { color: red }\n", "p { color: blue }\n"),
    "site_overrides/partials/copyright.html": (None, "<p>Ours</p>", "<p>Ours, too</p>"),
    "guides/index.md": (
        GUIDE.format("Guides", 1),
        GUIDE.format("Guides", 2) + BLOCKS.format("web", "-name", "kind", "shop"),
        "# Guides\n\n" + BLOCKS.format("books", "health", "owner", "ledger"),
    ),
    "guides/more.md": (None, "# More\n\n[index](index.md) ![it](it.png)\n", "---\nsearch: {exclude: true}\n---\n# More and more\n"),
    "guides/deep/last.md": (None, "# Last\n\n[more](../more.md)\n"),
    "guides/it.png": (None, PNG, PNG + b"y"),
    "guides/nav.yaml": (None, "- index.md\n- More: [more.md, deep/last.md]\n", "- deep/last.md\n- index.md\n"),
}
SETTINGS = {
    "name": ("Varied", "Varied portal"),
    "audience": ("internal", "internal", "public"),
    "timezone": ("Europe/Berlin", "UTC", "America/Los_Angeles"),
    "docs": ("{blocks: true}", "{blocks: false}", "{blocks: true, exclude: [{path: '**/guide.md'}]}", "{page_bytes: 1000, blocks: true}"),
    "delivery": (None, "{environments: [prod]}"),
    "innersource": (None, "{topics: [java]}"),
    "drift": ("{}", None, "{dismiss: [{entity: 'component:shop', kind: owner, reason: known, until: 2026-11-25}]}"),
    "badges": (None, "[level, owner, docs]", "{show: ['level:basics', lifecycle], filter: {owner: [web]}}"),
    "search": (None, "{stemming: 'off'}", "{synonyms: [[zebras, horses]]}"),
    "data": (None, "{by_name: false}", "{lines: true}"),
    "guides": (None, "{search: false}"),
    "api_changes": (None, "{ignore: [operation-added]}"),
    "limits": (None, "{diagram_nodes: 6}"),
    "events": ("90d", "9d"),
    "months": ("24", "1"),
    "kinds": ("[kinds/dataset.yaml]", None),
    "scorecards": (
        "[basics.yaml, campaign.yaml, ready.yaml]",
        "[basics.yaml, ready.yaml]",
        "[ready.yaml, basics.yaml, campaign.yaml]",
        None,
    ),
    "other": ("other", "other", "missing", None),
    "readable_by": ("all", "[nobody]"),
    "precedence": ("here", "other"),
    "handbook": ("yes", None),
    "measures": ("all", "listed"),
    "tools": ("yes", "yes", None),
}
