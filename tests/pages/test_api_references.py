"""References of APIs: everything that a definition has stands once with its anchor, and no definition can break a page or reach outside."""

import copy
import json
import os
import random
import re
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import pytest
from page_builders import KINDS, RENDERER, Outline, context_of, entity_of, page_of

import yaml
from callboard.api_reference.protobuf_parser import parse_proto
from callboard.api_reference.reading import REFERENCES, read_outline, read_reference
from callboard.catalog.linking import link
from callboard.pages.apis.provided import ProvidedOperations
from callboard.pages.apis.reference import reference_pages
from callboard.pages.entities.apis import definition
from callboard.settings.settings import Portal

ACME = Path(__file__).parent.parent.parent / "examples/acme"
HERE = Path(__file__).parent.parent / "data/api_definitions"
DATA = Path(os.environ.get("CALLBOARD_TEST_DATA", "/nowhere"))
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"}
ORDERS = """
openapi: 3.1.0
info: {title: Orders, version: 1.2.0, description: All about orders.}
servers: [{url: "https://orders.acme.example/v1"}]
paths:
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get:
      operationId: readOrder
      tags: [Orders]
      summary: Read an order
      responses:
        200: {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Order"}}}}
    delete:
      tags: [Orders]
      deprecated: true
      x-deprecated-reason: Cancel it instead.
      responses: {204: {description: Gone.}}
components:
  schemas:
    Order:
      {type: object, required: [id], properties: {id: {type: string}, lines: {type: array, items: {$ref: "#/components/schemas/Line"}}}}
    Line:
      {type: object, properties: {sku: {type: string, description: Number of the product.}, order: {$ref: "#/components/schemas/Order"}}}
"""


def api(text, type_="openapi"):
    return entity_of({"kind": "API", "metadata": {"name": "orders"}, "spec": {"type": type_, "definition": text}}, text="kind: API")


def reference(text, type_="openapi", portal=None):
    """Path and HTML of each page of a definition's reference, and all pages as one outline each."""
    entity = api(text, type_)
    pages = [(page, page.view()) for page in reference_pages(context_of([entity], portal), entity)]
    return {page.path: RENDERER.render(page, view) for page, view in pages}


def one(text, type_="openapi", portal=None):
    (html,) = reference(text, type_, portal).values()
    return html


def ids_of(pages):
    """Ids by page; each id stands once on its page."""
    found = {}
    for path, html in pages.items():
        outline = Outline(html)
        assert len(outline.ids) == len(set(outline.ids)), [each for each in outline.ids if outline.ids.count(each) > 1]
        found[path] = outline.ids
    return found


def operations_of(document):
    """Counted here a second time, from the document itself."""
    places = [*(document.get("paths") or {}).items(), *(document.get("webhooks") or {}).items()]
    return [(path, method) for path, item in places for method in item if method in METHODS]


@pytest.mark.parametrize(("tag", "group"), [("Orders", "Webhooks"), ("WebHooks", "WebHooks")])
def test_webhooks_without_a_tag_have_a_group_that_is_written_as_others_are(tag, group):
    operation = {"responses": {"200": {"description": "Fine"}}}
    paths, hooks = {"/a": {"get": {**operation, "tags": [tag]}}}, {"created": {"post": operation}}
    text = yaml.safe_dump({"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, "webhooks": hooks})
    groups = [each.name for each in read_reference(text, "openapi", is_public=False).groups]
    assert groups == list(dict.fromkeys((tag, group)))


OPEN_APIS = [*sorted(ACME.rglob("*openapi*.yaml")), *sorted(ACME.rglob("openapi.json"))]


@pytest.mark.parametrize("file", OPEN_APIS, ids=lambda file: file.parent.name)
def test_every_operation_and_type_of_openapi_stands_once_with_its_anchor(file):
    check_openapi(file.read_text())


@pytest.mark.data
@pytest.mark.long
@pytest.mark.skipif(not DATA.is_dir(), reason="needs the vendors' descriptions: set CALLBOARD_TEST_DATA")
@pytest.mark.parametrize("name", ["kubernetes.json", "alertmanager.yaml", "prometheus-3.1.yaml", "pagerduty.json", "github.json"])
def test_every_operation_and_type_of_a_vendors_description_stands_once(name):
    pages = check_openapi((DATA / "specs" / name).read_text())
    assert max(len(html) for html in pages.values()) < 400_000


def check_openapi(text):
    document, pages = yaml.load(text, yaml.CSafeLoader), reference(text)
    ids = ids_of(pages)
    below = [each for path, found in ids.items() for each in found if len(pages) == 1 or not path.endswith("/reference/")]
    operations = [each for each in below if each.startswith("op-")]
    callbacks = sum(len(entry.callbacks) for entry in read_reference(text, "openapi", is_public=False).entries)
    assert len(operations) == len(set(operations)) == len(operations_of(document)) + callbacks
    types = [each for each in below if each.startswith("type-")]
    named = document.get("definitions") or (document.get("components") or {}).get("schemas") or {}
    assert len(types) == len(set(types)) == len(named)
    html = "".join(pages.values())
    for path, method in operations_of(document):
        assert re.search(
            rf'<code class="cb-verb">{method.upper()}</code> <a class="cb-plain" href="#[^"]+"><code><bdi>{re.escape(path)}<', html
        )
    check_links(pages, ids)
    return pages


def check_links(pages, ids):
    """Each link to a part of a reference has a target."""
    for path, html in pages.items():
        for address in Outline(html).links():
            target, _, anchor = address.partition("#")
            if not anchor or address.startswith("http"):
                continue
            page = os.path.normpath(f"{path}/{target}") + "/" if target else path
            assert anchor in ids.get(page, ids[path] if page == path else ()), (path, address)


@pytest.mark.parametrize("file", sorted(ACME.rglob("*.asyncapi.yaml")), ids=lambda file: file.stem)
def test_every_operation_message_and_schema_of_asyncapi_stands_once(file):
    document, pages = yaml.safe_load(file.read_text()), reference(file.read_text(), "asyncapi")
    (ids,) = ids_of(pages).values()
    count = {prefix: sum(each.startswith(f"{prefix}-") for each in ids) for prefix in ("op", "type", "message")}
    components = document["components"]
    used = {operation["channel"]["$ref"].rpartition("/")[2] for operation in document["operations"].values()}
    assert count["op"] == len(document["operations"]) + len(set(document["channels"]) - used)
    assert (count["type"], count["message"]) == (len(components.get("schemas", {})), len(components.get("messages", {})))


@pytest.mark.parametrize("file", sorted(ACME.rglob("*.graphql")), ids=lambda file: file.parent.name)
def test_every_type_and_field_of_graphql_stands_once(file):
    from graphql import build_schema

    schema, html = build_schema(file.read_text()), one(file.read_text(), "graphql")
    ids = Outline(html).ids
    roots = {each.name: each for each in (schema.query_type, schema.mutation_type, schema.subscription_type) if each}
    for name, type_ in schema.type_map.items():
        if name.startswith("__") or name in {"ID", "String", "Int", "Float", "Boolean"}:
            continue
        assert ids.count(f"type-{name}") == 1
        inside = html.partition(f'id="type-{name}"')[2].partition("</article>")[0]
        for field in getattr(type_, "fields", {}):
            verb = next((kind for kind in ("query", "mutation", "subscription") if roots.get(kind.capitalize()) is type_), "")
            assert ids.count(f"op-{verb}.{field}") == 1 if name in roots else f"<bdi>{field}</bdi></code>" in inside


@pytest.mark.parametrize("file", sorted(ACME.rglob("*.proto")), ids=lambda file: file.stem)
def test_every_rpc_message_enum_and_field_of_protobuf_stands_once(file):
    text, html = file.read_text(), one(file.read_text(), "grpc")
    bare = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL)
    ids = Outline(html).ids
    assert sum(each.startswith("op-") for each in ids) == len(re.findall(r"\brpc\s+\w+", bare))
    assert sum(each.startswith("type-") for each in ids) == len(re.findall(r"\b(?:message|enum)\s+\w+\s*{", bare))
    fields = re.findall(r"\b(\w+)\s*=\s*\d+\s*(?:\[[^\]]*\])?;", bare)
    assert sorted(each.name for block in parse_proto(text).blocks for each in block.fields if each.number) == sorted(fields)


def test_the_page_of_an_api_lists_its_operations_first_and_each_leads_to_the_reference():
    view, html = page_of([api(ORDERS)], "api:default/orders")
    assert next(section.id for section in view.sections if section.id not in {"problems", "improve"}) == "api-operations"
    rows = [row for section in view.sections if section.id == "api-operations" for group in section.content.groups for row in group.rows]
    assert [(row.verb, row.address, row.summary, row.is_deprecated) for row in rows] == [
        ("GET", "/orders/{id}", "Read an order", False),
        ("DELETE", "/orders/{id}", "", True),
    ]
    ids = Outline(one(ORDERS)).ids
    assert all(row.path.partition("#")[2] in ids for row in rows)
    assert "OpenAPI 3.1.0" in html
    assert "https://orders.acme.example/v1" in html


def test_a_reference_names_parameters_types_reasons_and_a_command_to_copy():
    html = one(ORDERS)
    text = Outline(html).text()
    for each in (
        "Cancel it instead.",
        "id string , required",
        "curl 'https://orders.acme.example/v1/orders/{id}'",
        "Number of the product.",
    ):
        assert each in text
    assert 'href="#type-Line"' in html
    assert re.search(r'Used by.*href="#op-readOrder"', html, re.DOTALL)
    assert "at-delete-orders-id" in Outline(html).ids or "op-delete-orders-id" in Outline(html).ids


def test_headings_do_not_skip_a_level():
    headings = Outline(one(ORDERS)).headings
    assert all(second <= first + 1 for first, second in pairwise(headings))


CUT_OPERATIONS = 900


def large_definition(operations=CUT_OPERATIONS):
    schema = {"type": "object", "properties": {f"field{n}": {"type": "string", "description": f"Field {n}"} for n in range(12)}}
    body = {"description": "It.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}
    paths = {
        f"/things{n}": {"get": {"operationId": f"read{n}", "tags": [f"tag {n % 3}"], "responses": {"200": body}}} for n in range(operations)
    }
    document = {"openapi": "3.0.3", "info": {"title": "x", "version": "1"}, "paths": paths, "components": {"schemas": {"Thing": schema}}}
    return json.dumps(document)


@pytest.fixture(scope="module")
def large():
    return reference(large_definition())


def test_a_large_reference_is_cut_and_an_anchor_of_the_first_page_leads_on(large):
    first, *others = large.values()
    assert len(others) > 3
    assert max(len(html) for html in large.values()) < 400_000
    assert max(html.count("<") for html in others) < 50_000  # start and end tags: 25,000 elements
    ids = ids_of(large)
    assert sum(each.startswith("op-") for each in ids["catalog/default/api/orders/reference/"]) == CUT_OPERATIONS
    assert re.search(r'id="op-read7"><a href="[^"]+#op-read7"', first)
    check_links(large, ids)


def test_the_first_page_lists_groups_if_there_are_thousands_of_operations():
    pages = reference(large_definition(3_000))
    first = next(iter(pages.values()))
    assert max(len(html) for html in pages.values()) < 400_000
    assert re.findall(
        r'<li class="cb-row cb-op"><a href="[^"]+#op-read\d"><bdi>(tag \d)</bdi></a> <span class="cb-count">1,000<', first
    ) == ["tag 0", "tag 1", "tag 2"]
    check_links(pages, ids_of(pages))


def test_the_file_of_anchors_has_the_page_of_each_part(large):
    entity = api(large_definition())
    first, *others = reference_pages(context_of([entity]), entity)
    ((path, content),) = first.files()
    pages, ids = json.loads(content), ids_of(large)
    assert path == f"{first.path}anchors.json"
    assert [*pages] == [page.path.removeprefix(first.path).strip("/") for page in others]
    for key, anchors in pages.items():
        assert {*anchors} <= {*ids[f"{first.path}{key}/"]}
    every = [each for anchors in pages.values() for each in anchors]
    assert len(every) == len({*every}) == 2 * CUT_OPERATIONS + 3 + 1


def test_pages_of_a_reference_keep_their_addresses_when_operations_are_added(large):
    assert "catalog/default/api/orders/reference/op-read0/" in large
    assert "catalog/default/api/orders/reference/op-read1/" in large


DOUBLING = [{"properties": {name: {"$ref": f"#/d/{n + 1}"} for name in "ab"}} for n in range(40)]
BODY = {"requestBody": {"content": {"a/b": {"schema": {"$ref": "#/d/0"}}}}}
HOSTILE = {name: tuple(each.values()) for name, each in yaml.safe_load(HERE.joinpath("hostile.yaml").read_text()).items()} | {
    "doubling pointers": ("openapi", json.dumps({"openapi": "3.0.0", "paths": {"/a": {"get": BODY}}, "d": DOUBLING})),
    "deep graphql": ("graphql", "type Query { a: " + "[" * 3_000 + "Int" + "]" * 3_000 + "}"),
    "deep protobuf": ("grpc", "message A {" * 5_000),
    "endless comment": ("grpc", "message A { /* " + "x" * 200_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_definition_makes_a_small_page_quickly_and_runs_nothing(name):
    check_hostile(*reversed(HOSTILE[name]))


@pytest.mark.data
@pytest.mark.parametrize("file", sorted((DATA / "api-hostile").glob("*")), ids=lambda file: file.name)
def test_a_hostile_file_makes_a_small_page_quickly_and_runs_nothing(file):
    check_hostile(file.read_text(), "openapi")


def check_hostile(text, type_):
    RECORDED.clear()
    start = process_time()
    pages = reference(text, type_)
    _, html = page_of([api(text, type_)], "api:default/orders")
    assert process_time() - start < 1, "it takes a tenth of this alone"
    assert not [event for event in RECORDED if event[0].startswith("socket") or "passwd" in str(event[1])]
    for each in (*pages.values(), html):
        outline = Outline(each)
        assert len(each) < 1_000_000
        assert "img" not in outline.tags
        assert not any(name.startswith("on") or str(value).startswith("javascript:") for name, value in outline.attributes)
        assert each.count("<script") == each.count('<script type="module" src="')


RECORDED = []
sys.addaudithook(lambda name, given: RECORDED.append((name, given)) if name in {"socket.connect", "socket.getaddrinfo", "open"} else None)


def test_a_definition_that_cannot_be_read_says_why_and_keeps_its_source():
    _, html = page_of([api("openapi: 3.0.0\npaths: [\n")], "api:default/orders")
    assert "Not shown:" in html
    assert "definition.yaml" in html


def test_secrets_and_on_a_public_portal_addresses_are_masked_in_every_text():
    token = "ghp_" + "a1B2" * 9
    text = ORDERS.replace("All about orders.", f"Use {token} or ask ann@acme.example.").replace("Read an order", f"Read with {token}")
    html = one(text, portal=Portal(audience="public"))
    assert token not in html
    assert "ann@acme.example" not in html
    assert "ann@acme.example" in one(text)


@pytest.mark.parametrize(
    ("type_", "text", "expected"),
    [
        ("rest", ORDERS, "OpenAPI 3.1.0"),
        ("soap", "syntax = 'proto3';\nmessage A { string a = 1; }", "Protocol Buffers (proto3)"),
        ("x", "type Query { a: Int }", "GraphQL"),
        ("x", '{"asyncapi": "2.6.0", "channels": {}}', "AsyncAPI 2.6.0"),
        ("x", '{"swagger": "2.0", "paths": {}}', "Swagger 2.0"),
        ("wsdl", "<definitions/>", "wsdl"),
        ("openapi", "just words", None),
    ],
)
def test_the_format_is_known_from_the_text(type_, text, expected):
    found = read_reference(text, type_, is_public=False)
    assert (found.format if found else None) == expected


def nodes_of(value, path=()):
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from nodes_of(inner, (*path, key))


@pytest.mark.long
def test_no_single_wrong_node_loses_the_page():
    document, dice = yaml.safe_load((ACME / "payments/api/payments.openapi.yaml").read_text()), random.Random(7)
    places = [path for path in nodes_of(document) if len(path) > 1]
    for path in dice.sample(places, 120):
        changed = copy.deepcopy(document)
        holder = changed
        for key in path[:-1]:
            holder = holder[key]
        holder[path[-1]] = dice.choice([None, 7, "x", [], {}, [[1]], {"$ref": "#/nowhere"}, True])
        Outline(one(json.dumps(changed, default=str)))


def test_asyncapi_2_says_what_the_application_does():
    text = """
asyncapi: 2.6.0
info: {title: Events, version: "1"}
channels:
  orders:
    publish: {message: {name: Placed, payload: {type: object, properties: {id: {type: string}}}}}
    subscribe: {operationId: tell, message: {oneOf: [{name: Paid, payload: {type: string}}, {name: Sent, payload: {type: string}}]}}
"""
    entries = read_reference(text, "asyncapi", is_public=False).entries
    assert [(entry.verb, entry.address) for entry in entries] == [("receive", "orders"), ("send", "orders")]
    assert [payload.name for payload in entries[1].outputs[0].payloads] == ["Paid", "Sent"]


def test_nothing_that_opens_on_a_click_holds_a_link():
    for html in (one(ORDERS), one("type Query { a: A } type A { b: Int }", "graphql")):
        assert all("<a " not in summary for summary in re.findall(r"<summary>.*?</summary>", html, re.DOTALL))


def test_an_entity_that_provides_an_api_lists_its_first_operations():
    provider = entity_of({"kind": "Component", "metadata": {"name": "shop"}, "spec": {"type": "service", "providesApis": ["orders"]}})
    catalog, _ = link([api(ORDERS), provider], KINDS)
    section = ProvidedOperations(catalog, RENDERER.labels, is_public=False)
    (group,) = section(provider).content
    assert [row.address for row in group.rows] == ["/orders/{id}", "/orders/{id}"]
    assert section(api(ORDERS)) is None
    changed, _ = link([api(ORDERS.replace("Read an order", "Read one")), provider], KINDS)
    other = ProvidedOperations(changed, RENDERER.labels, is_public=False)
    assert section.fingerprint(provider) != other.fingerprint(provider)


def test_the_page_of_a_server_of_tools_lists_its_remotes():
    remotes = [{"type": "streamable-http", "url": "https://tools.acme.test/mcp"}, {"type": "sse", "url": "javascript:alert(1)"}, "x"]
    variables = {"tenant": {"description": "Your tenant", "isRequired": True}}
    headers = [{"name": "X-API-Key", "isRequired": True, "isSecret": True}]
    remotes.append({"type": "sse", "url": "https://{tenant}.acme.test/mcp", "variables": variables, "headers": headers})
    server = entity_of({"kind": "API", "metadata": {"name": "tools"}, "spec": {"type": "mcp-server", "remotes": remotes}})
    _, html = page_of([server], str(server.ref))
    assert '<a class="cb-code" href="https://tools.acme.test/mcp">' in html
    assert "streamable-http</bdi>" in html
    assert 'href="javascript' not in html
    assert "https://{tenant}.acme.test/mcp" in html
    assert 'href="https://{tenant}' not in html


def words_of(text, type_="x"):
    """The words of a reference, without its elements."""
    return " ".join(re.sub(r"<[^>]+>", " ", one(text, type_)).split())


DETAILS = yaml.safe_load(HERE.joinpath("details.yaml").read_text())


@pytest.mark.parametrize("name", DETAILS)
def test_what_a_format_can_say_is_shown(name):
    case = DETAILS[name]
    words = words_of(case["definition"] if isinstance(case["definition"], str) else json.dumps(case["definition"]), case.get("type", "x"))
    position = 0
    for each in case["shows"]:
        assert each in words[position:], (each, words[position:])
        position = words.index(each, position)
    for each in case.get("hides", ()):
        assert each not in words, each


def test_the_outline_of_a_description_has_the_operations_and_anchors_of_its_reference():
    texts = [file.read_text() for file in OPEN_APIS] + [text for type_, text in HOSTILE.values() if type_ == "openapi"]
    texts += [json.dumps(each["definition"]) for each in DETAILS.values() if isinstance(each["definition"], dict)]
    for text in texts:
        REFERENCES.clear()
        outline = read_outline(text, "openapi", is_public=False)
        whole = read_reference(text, "openapi", is_public=False)
        listed = [
            [(each.anchor, each.verb, each.address, each.summary, each.deprecated) for each in found.entries] if found else []
            for found in (outline, whole)
        ]
        assert listed[0] == listed[1], text[:200]


def test_a_list_of_thousands_of_fields_says_how_many_are_left():
    fields = "".join(f"string field_number_{n} = {n}; // Field {n}\n" for n in range(1, 5_001))
    pages = reference(f'syntax = "proto3"; message Wide {{ {fields} }} enum E {{ A = 0; }}', "grpc")
    html = "".join(pages.values())
    assert max(len(each) for each in pages.values()) < 400_000
    left = int(re.search(r'<li class="cb-muted">([\d,]+) more, which only the source shows</li>', html)[1].replace(",", ""))
    assert left + html.count('class="cb-field__name"') == 5_000


def test_a_list_of_what_may_be_null_says_which_of_both_may():
    html = "".join(reference("type Query { a: [Int] b: [Int!] c: [Int]! }", "graphql").values())
    assert html.count("list of (<code>Int</code> or null) or null") == 1
    assert html.count("list of <code>Int</code> or null") == 1
    assert len(re.findall(r"list of \(<code>Int</code> or null\)(?! or null)", html)) == 1


def test_halves_of_surrogate_pairs_are_shown_as_characters_that_are_none():
    document = {
        "openapi": "3.0.3",
        "info": {"title": "A \ud800 \ud83d\ude00", "version": "1"},
        "paths": {"/\udc00": {"get": {"responses": {}}}},
    }
    html = "".join(reference(json.dumps(document)).values())
    assert "A \ufffd 😀".encode() in html.encode()
    assert "/\ufffd" in html


@pytest.mark.parametrize(
    ("type_", "text", "is_said"), [("raml", "#%RAML 1.0\ntitle: Orders\n", True), ("openapi", "openapi: 3.0.3\n", False)]
)
def test_a_definition_of_a_format_without_a_reference_says_so(type_, text, is_said):
    entity = api(text, type_)
    assert ("is of no format with a reference" in definition(context_of([entity]), entity).content.note) is is_said
