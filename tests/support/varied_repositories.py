"""Every file of a small portal that has everything, in its variants: an edit puts another variant, or none, in place of one.

A variant ``None`` is a missing file. Times are fixed, so that builds in which nothing changed are possible, or relative to the build.
"""

V1 = "apiVersion: backstage.io/v1alpha1\n"
ADR = "# {}. {}\n\nStatus: {}\n\nDate: 2026-0{}-03\n\n## Context\n\nIt depends on [](component:ledger).\n"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff56c72e0d0000000049454e44ae426082"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="{}" height="9"/><script>1</script></svg>'


def entity(kind, name, metadata="", spec="", version=V1):
    """A descriptor; ``metadata`` and ``spec`` are the insides of flow mappings."""
    return f"{version}kind: {kind}\nmetadata: {{name: {name}{', ' if metadata else ''}{metadata}}}\nspec: {{{spec}}}\n"


def documents(*texts):
    return "---\n".join(texts)


def component(name, metadata="", owner="books", more="", lifecycle="production", kind="service"):
    return entity("Component", name, metadata, f"type: {kind}, lifecycle: {lifecycle}, owner: {owner}{', ' if more else ''}{more}")


def group(name, parent="", title=""):
    title = f"title: {title}, " if title else ""
    return entity(
        "Group", name, f"{title}description: They keep {name}.", f"type: team, children: []{', parent: ' + parent if parent else ''}"
    )


def user(
    name,
    teams,
    more="profile: {displayName: Ann Lee, email: ann@acme.example}",
    metadata="annotations: {callboard.dev/skills: 'python, sql'}",
):
    return entity("User", name, metadata, f"memberOf: [{teams}], {more}")


DOCS = "annotations: {{backstage.io/techdocs-ref: 'dir:.'{}}}"
SHOP = "description: Sells the *books*., tags: [java, inner-source], links: [{url: 'https://shop.example/', title: Shop}], " + DOCS.format(
    ", backstage.io/adr-location: docs/adr, tool.example/id: shop-1"
)
SHOP_SPEC = "system: retail, dependsOn: [resource:shop-db, component:ledger], providesApis: [orders], consumesApis: [rates]"
REST = entity("System", "retail", "", "owner: sales, domain: trade"), entity("Domain", "trade", "", "owner: sales")
ORG = (
    group("sales"),
    group("books", "sales"),
    group("web", "sales", "Web team"),
    user("ann", "books"),
    user("bo", "web", "profile: {displayName: Bo}"),
)
ORDERS = """\
openapi: 3.0.3
info: {{title: Orders, version: '{}'}}
paths:
  /orders:
    get: {{operationId: list, summary: All {}, responses: {{'200': {{description: Fine}}}}}}
{}"""
POST = "    post: {operationId: add, summary: Add one, tags: [write], responses: {'201': {description: Made}}}\n"
OLD = POST.replace("tags: [write]", "deprecated: true, parameters: [{name: q, in: query, required: true, schema: {type: string}}]")
EVENTS = "asyncapi: 2.6.0\ninfo: {{title: Events, version: '1'}}\nchannels:\n  {}: {{subscribe: {{message: {{payload: {{type: {}}}}}}}}}\n"
API = "annotations: {note: x}"
TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata: {{name: service, title: {}, tags: [java]}}
spec:
  owner: web
  type: service
  parameters:
    title: About it
    required: [name]
    properties: {{name: {{title: {}, type: string}}, owner: {{type: string, ui:field: OwnerPicker}}}}
  steps: [{{id: fetch, name: Fetch, action: 'fetch:template', input: {{url: ./skeleton, values: {{name: '${{{{ parameters.name }}}}'}}}}}}]
"""
BLOCKS = """
```callboard-table
filter: kind:component owner:{}
columns: lifecycle, system, level, health, problems, dependents
sort: {}
```

```callboard-figure
filter: kind:component,api
by: {}
```

```callboard-graph
entity: component:{}
```
"""
REPOSITORIES = {
    "org/catalog-info.yaml": (
        documents(*ORG, *REST),
        documents(*ORG[:2], group("web", "books", "Web & more"), *ORG[3:], *REST),
        documents(*ORG[:2], user("ann", "books, sales", "profile: {displayName: Ann B. Lee}", ""), *REST),
        documents(*ORG, user("cy", "web"), *REST[1:]),
        None,
    ),
    "shop/catalog-info.yaml": (
        documents(
            component("shop", SHOP, "web", SHOP_SPEC), entity("Resource", "shop-db", "", "type: database, owner: web, system: retail")
        ),
        documents(
            component("shop", SHOP.replace("Sells", "Sold"), "books", SHOP_SPEC, "deprecated"),
            entity("Resource", "shop-db", "", "type: database, owner: web"),
        ),
        documents(
            component("store", SHOP, "web", SHOP_SPEC), entity("Resource", "shop-db", "tags: [sql]", "type: database, owner: nobody")
        ),
        documents(
            component("shop", "title: The shop", "web", "dependsOn: [component:ledger]"),
            entity("Resource", "shop-db", "", "type: database, owner: web, dependsOn: [component:shop]"),
        ),
        component("shop", "annotations: {backstage.io/techdocs-entity: 'component:ledger'}", "web", SHOP_SPEC),
        f"{V1}kind: Component\nmetadata: {{name: shop}}\n spec: a: b\n",
        None,
    ),
    "shop/mkdocs.yml": (
        "site_name: Shop\nnav: [{Home: index.md}, {More: [guide.md, {Last: deep/page.md}]}]\nmarkdown_extensions: [admonition, toc]\n",
        "site_name: Our shop\nnav: [{Home: index.md}, {Last: deep/page.md}, {Gone: gone.md}]\n",
        "site_name: Shop\nplugins: [techdocs-core, {redirects: {redirect_maps: {old.md: guide.md}}}]\n",
        "site_name: Shop\nexclude_docs: |\n  guide.md\n",
        "site_name: [\n",
        None,
    ),
    "shop/docs/index.md": (
        "# Shop\n\nSee [](guide.md), [how](guide.md#how), [](component:ledger) and ![it](image.png).\n"
        + BLOCKS.format("web", "name", "owner", "shop"),
        "# The shop\n\nSee [](deep/page.md), [](system:retail), [](component:ledger/index.md#books) and ![it](drawing.svg).\n",
        "# Shop\n\n!!! note\n    Text.\n\n## How\n" + BLOCKS.format("books", "-problems", "level", "ledger"),
        None,
    ),
    "shop/docs/guide.md": (
        "# Guide\n\n## How\n\nText about zebras.\n\n```mermaid\ngraph LR\n  a --> b\n```\n",
        "---\ntitle: A guide\n---\n## Why\n\nText.[^1] [](nowhere.md)\n\n[^1]: A note about [](component:shop).\n",
        '# Guide\n\n## How\n\n--8<-- "docs/part.txt"\n\n[code](../README.md) and [raw](image.png)\n',
        None,
    ),
    "shop/docs/part.txt": ("Inserted.\n", "Inserted *twice*.\n", None),
    "shop/docs/deep/page.md": ("# Page\n\n[up](../index.md) $a^2$\n", "# Another\n\n[up](../guide.md#why)\n", None),
    "shop/docs/new.md": (None, "# New\n\n## How\n\nA new page.\n", "# Guide\n\nThe same title.\n"),
    "shop/docs/image.png": (PNG, PNG + b"x", None),
    "shop/docs/drawing.svg": (SVG.format(3), SVG.format(5), None),
    "shop/docs/adr/0001-first.md": (ADR.format(1, "First", "Accepted", 1), ADR.format(1, "First", "Superseded by 0002", 1), None),
    "shop/docs/adr/0002-second.md": (None, ADR.format(2, "Second", "Proposed", 2), ADR.format(2, "Second", "Accepted", 3)),
    "shop/README.md": ("# Read me\n\nWords.\n", None, "# Read this\n\n[](component:ledger)\n"),
    "shop/CHANGELOG.md": (None, "# Changelog\n\n## 1.1\n\n- One\n\n## 1.0\n\n- None\n", "# Changelog\n\n## 1.2\n\n- Two\n"),
    "shop/CODEOWNERS": (None, "* @acme/web\n", "*.md @acme/books\n"),
    "shop/package.json": (None, '{"name": "shop", "dependencies": {"@acme/ledger": "^1"}}', '{"name": "@acme/shop"}'),
    "ledger/catalog-info.yaml": (
        component(
            "ledger",
            "description: {$text: ./words.txt}, labels: {java: '11'}, tags: [java], " + DOCS.format(", tool.example/id: ledger-1"),
            more="system: retail",
        ),
        component(
            "ledger",
            "title: Ledger, description: Keeps books., tags: [java], labels: {java: '21'}, " + DOCS.format(""),
            "sales",
            "system: nothing",
        ),
        component(
            "ledger", "title: Ledger", "", "system: retail, subcomponentOf: component:shop, dependsOn: [component:far]", kind="library"
        ),
        component("ledger", "namespace: money", more="system: default/retail"),
        None,
    ),
    "ledger/words.txt": ("Keeps the books.", "Kept the **books**.", None),
    "ledger/README.md": (
        "# Ledger\n\n## Books\n\nAbout [](component:shop/guide.md#how).\n",
        "# Ledger\n\n## Other books\n\n[](component:shop)\n",
        None,
    ),
    "ledger/docs/index.md": (None, "# Ledger's pages\n\n## Books\n", "# Pages\n\nSee [](system:handbook/index.md).\n"),
    "ledger/package.json": ('{"name": "@acme/ledger"}', None),
    "contracts/catalog-info.yaml": (
        documents(
            entity("API", "orders", API, "type: openapi, lifecycle: production, owner: web, definition: {$text: ./orders.yaml}"),
            entity(
                "API",
                "rates",
                "",
                "type: openapi, lifecycle: production, owner: books, definition: {$text: 'https://git.example/far/blob/main/rates.yaml'}",
            ),
            entity("API", "events", "", "type: asyncapi, lifecycle: experimental, owner: books, definition: {$text: ./events.yaml}"),
        ),
        documents(
            entity(
                "API", "orders", "title: Orders", "type: openapi, lifecycle: deprecated, owner: web, definition: {$text: ./orders.yaml}"
            ),
            entity(
                "API",
                "rates",
                "",
                "type: graphql, lifecycle: production, owner: books, definition: 'type Query { rate(of: String!): Int }'",
            ),
        ),
        None,
    ),
    "contracts/orders.yaml": (
        ORDERS.format(1, "orders", ""),
        ORDERS.format(1, "orders", POST),
        ORDERS.format(2, "of them", OLD),
        "openapi: [",
        None,
    ),
    "contracts/events.yaml": (EVENTS.format("sold", "object"), EVENTS.format("sold", "string"), EVENTS.format("bought", "object"), None),
    "copy/catalog-info.yaml": (
        None,
        component("ledger", "description: A second one."),
        documents(
            component("ledger"),
            component("shop", "description: Another shop."),
            component("third", "", "web", "dependsOn: [component:store, component:shop]"),
        ),
        entity("Location", "all", "", "type: file, targets: [./more.yaml]"),
    ),
    "copy/more.yaml": (component("behind", more="dependsOn: [resource:shop-db]"), component("behind-it"), None),
    "forms/catalog-info.yaml": (TEMPLATE.format("Service", "Name"), TEMPLATE.format("A service", "How it is called"), None),
    "forms/skeleton/catalog-info.yaml": (
        "kind: Component\nmetadata: {name: '${{ values.name }}'}\n",
        "kind: Component\nmetadata: {name: '${{ values.nmae }}'}\n",
        None,
    ),
    "sets/catalog-info.yaml": (
        entity(
            "Dataset",
            "sales-by-day",
            "",
            "type: table, owner: books, system: retail, producedBy: [shop]",
            "apiVersion: data.example.com/v1\n",
        ),
        entity("Dataset", "sales-by-day", "", "type: topic, owner: web, producedBy: [ledger, shop]", "apiVersion: data.example.com/v1\n"),
        None,
    ),
}
OTHER = {
    "far/catalog-info.yaml": (
        component("far", "description: Far away.", "web", "dependsOn: [component:shop]"),
        component("far", "title: Far", "sales"),
        None,
    ),
    "far/rates.yaml": (ORDERS.format(1, "rates", ""), ORDERS.format(1, "rates", POST), None),
}
HANDBOOK = {
    "catalog-info.yaml": (
        entity("System", "handbook", DOCS.format(""), "owner: sales"),
        entity("System", "handbook", "title: Handbook, " + DOCS.format(""), "owner: web"),
    ),
    "docs/index.md": ("# Handbook\n\nIn [](component:shop).\n", "# The handbook\n\nIn [](component:ledger) and [](more.md).\n"),
    "docs/more.md": (None, "# More\n\nText.\n"),
}
