"""The published schemas for editors: what they offer, what they refuse, and what a real editor makes of them."""

import json
import os
from collections import defaultdict
from pathlib import Path

import jsonschema_rs
import pytest
from language_server import LanguageServer, find_server

import yaml
from callboard.catalog.linking import link
from callboard.descriptors.document import FileLocation
from callboard.descriptors.portal_kinds import read_kinds
from callboard.descriptors.reading import read_text
from callboard.settings.settings import Limits, Portal
from callboard.website.editor_schemas import MOST_CONSTANTS, schema_files
from callboard.website.editor_words import LONGEST, MOST
from callboard.yaml import documents as yaml_documents

FULL = os.environ.get("CALLBOARD_TEST_FULL") == "1"
DATA = os.environ.get("CALLBOARD_TEST_DATA", "")
PLACE = FileLocation("here", "tree", "acme/shop", "", "catalog-info.yaml")
ORGANISATION = """
kind: Group
metadata: {name: team-checkout, title: Checkout}
spec: {type: team, children: []}
---
kind: User
metadata: {name: jane}
spec: {profile: {displayName: Jane Doe, email: jane@acme.example}, memberOf: [team-checkout]}
---
kind: User
metadata: {name: idle}
spec: {memberOf: []}
---
kind: System
metadata: {name: shop}
spec: {owner: user:jane}
---
kind: API
metadata: {name: prices, namespace: data}
spec: {type: openapi, lifecycle: beta, owner: default/team-checkout, definition: "openapi: 3.1.0"}
---
kind: Resource
metadata: {name: orders-db}
spec: {type: database, owner: team-checkout}
---
kind: Component
metadata:
  name: orders
  tags: [java, Bad Tag]
  annotations: {acme.example/cost-centre: "12"}
  links: [{url: "https://a.example", icon: chart, type: dashboard}]
spec: {type: job, lifecycle: production, owner: team-checkout, system: shop}
"""
HOUSE = """
x-callboard: {kind: Component}
properties:
  metadata: {properties: {tags: {items: {enum: [java, go]}}}}
  spec: {properties: {lifecycle: {$ref: "#/$defs/lifecycle"}}}
$defs:
  lifecycle: {enum: [experimental, production], description: "Only `two` of them."}
"""
DATASET = """
description: A table that others read.
x-callboard: {kind: Dataset, apiVersions: [data.example/v1]}
properties:
  spec:
    required: [owner, columns]
    properties:
      owner: {type: string, description: Who answers., x-callboard: {relation: ownedBy, reverse: ownerOf, defaultKind: Group}}
      hosting: {properties: {database: {type: string, x-callboard: {relation: hostedOn, reverse: hosts, defaultKind: Resource}}}}
      columns: {type: array, items: {type: string}}
"""
COMPONENT = """apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: basket
spec:
  type: service
  lifecycle: production
"""


def catalog_of(text, folder=None, **files):
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content)
    kinds = read_kinds([folder / f"{name}.yaml" for name in files], folder or Path())
    full = "\n---\n".join(f"apiVersion: backstage.io/v1alpha1\n{part.strip()}" for part in text.split("\n---\n"))
    return link(read_text(full.encode(), PLACE, lambda path: b"", kinds, Limits(documents_per_file=5_000)).entities, kinds)[0]


def schemas(catalog, portal=None):
    return {path.removeprefix("schema/"): json.loads(content) for path, content in schema_files(catalog, portal or Portal())}


def of_kinds(catalog, portal=None):
    return {name: schema for name, schema in schemas(catalog, portal).items() if name != "sources.json"}


def offered(schema, name):
    words = schema["definitions"][name]
    return [word["const"] for word in words.get("anyOf", [{}])[:-1]] + [word["body"] for word in words.get("defaultSnippets", ())]


def errors(schema, text):
    return [
        (".".join(map(str, e.instance_path)), e.kind.name) for e in jsonschema_rs.Draft7Validator(schema).iter_errors(yaml.safe_load(text))
    ]


@pytest.fixture(scope="module")
def organisation():
    return catalog_of(ORGANISATION)


@pytest.fixture(scope="module")
def whole(organisation):
    return schemas(organisation)["catalog-info.json"]


def test_each_kind_has_a_schema_and_all_have_one(organisation):
    names = set(schemas(organisation))
    assert names == {"catalog-info.json", "sources.json", "scorecard.json", *(f"{kind}.json" for kind in organisation.kinds.by_name)}


def test_the_words_are_those_of_this_organisation(whole):
    assert offered(whole, "words-owner-group") == ["team-checkout", "user:jane"]
    assert offered(whole, "words-reference-system") == ["shop"]
    assert offered(whole, "words-reference-api") == ["data/prices"]
    assert offered(whole, "words-reference-any") == ["api:data/prices", "component:orders", "resource:orders-db", "system:shop"]
    assert offered(whole, "words-lifecycle") == ["beta", "deprecated", "experimental", "production"]
    assert offered(whole, "words-type-Component") == ["job", "library", "service", "website"]
    assert offered(whole, "words-tag") == ["java"]
    assert offered(whole, "words-namespace") == ["data", "default"]
    assert (offered(whole, "words-link-type"), offered(whole, "words-link-icon")) == (["dashboard"], ["chart"])
    assert {"acme.example/cost-centre", "backstage.io/techdocs-ref"} <= set(whole["definitions"]["words-annotation"]["properties"])
    assert whole["definitions"]["words-owner-group"]["anyOf"][0] == {"const": "team-checkout", "title": "Checkout"}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (COMPONENT + "  owner: anybody\n", []),
        (COMPONENT + "  owner: anybody\n  myOwn: {a: 1}\n", []),
        (COMPONENT, [("spec", "required")]),
        (COMPONENT + "  owner: 5\n", [("spec.owner", "type")]),
        (COMPONENT + "  owner: a\n  dependsOn: a\n", [("spec.dependsOn", "type")]),
        (COMPONENT + "  owner: a\nsepc: 1\n", [("", "additionalProperties")]),
        (COMPONENT.replace("basket", "a basket") + "  owner: a\n", [("metadata.name", "pattern")]),
        (COMPONENT.replace("Component", "Componnent"), [("kind", "enum")]),
        (COMPONENT.replace("v1alpha1", "v1") + "  owner: a\n", [("apiVersion", "enum")]),
        (COMPONENT.replace("Component", "API") + "  owner: a\n  definition: {$text: ./a.yaml}\n", []),
        (COMPONENT.replace("Component", "API") + "  owner: a\n  definition: {$txt: ./a.yaml}\n", [("spec.definition", "anyOf")]),
    ],
)
def test_suggestions_refuse_nothing_and_the_kinds_what_they_refuse(organisation, whole, text, wrong):
    assert sorted(set(errors(whole, text))) == wrong
    name = "api.json" if "kind: API" in text else "component.json"
    assert bool(errors(schemas(organisation)[name], text)) == bool(wrong)


def test_own_kinds_and_house_rules_are_in_the_schemas(tmp_path):
    made = schemas(catalog_of(ORGANISATION, tmp_path, house=HOUSE, dataset=DATASET))
    whole = made["catalog-info.json"]
    assert "Dataset" in whole["properties"]["kind"]["enum"]
    assert errors(whole, COMPONENT.replace("production", "live") + "  owner: a\n") == [("spec.lifecycle", "enum")]
    dataset = "apiVersion: data.example/v1\nkind: Dataset\nmetadata: {name: d}\nspec: {owner: a, columns: [x], hosting: {database: x}}\n"
    assert errors(whole, dataset) == errors(made["dataset.json"], dataset) == []
    assert errors(whole, dataset.replace("[x]", "5")) == [("spec.columns", "type")]
    words = whole["definitions"]["Dataset"]["allOf"][-1]["properties"]["spec"]["properties"]
    assert words["hosting"] == {"properties": {"database": {"$ref": "#/definitions/words-reference-resource"}}}
    component = whole["definitions"]["Component"]["allOf"]
    assert "lifecycle" not in component[-1]["properties"]["spec"]["properties"], "the house rule's choices are the words"
    assert "metadata" not in component[-1]["properties"]
    assert component[1]["$defs"]["lifecycle"]["description"] == "Only two of them."
    assert component[1]["$defs"]["lifecycle"]["markdownDescription"] == "Only `two` of them."
    snippet = next(found for found in whole["defaultSnippets"] if found["label"] == "New Dataset")
    assert snippet["body"]["spec"] == {"owner": "${2:owner}", "columns": []}


def test_every_schema_is_draft_07_and_whole(tmp_path):
    made = of_kinds(catalog_of(ORGANISATION, tmp_path, house=HOUSE, dataset=DATASET), Portal(url="https://portal.example.com/dev/"))
    for name, schema in made.items():
        assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
        assert schema["$id"] == f"https://portal.example.com/dev/schema/{name}"
        jsonschema_rs.meta.validate(schema)
        jsonschema_rs.Draft7Validator(schema, offline=True)
        text = json.dumps(schema)
        assert "x-callboard" not in text
        assert all(ref.startswith("#/definitions/") for ref in _references(schema))


def _references(value):
    if isinstance(value, dict):
        yield from (inner for key, inner in value.items() if key == "$ref" and isinstance(inner, str))
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def test_a_public_portal_suggests_no_people(organisation):
    content = b"".join(content for _, content in schema_files(organisation, Portal(audience="public")))
    assert b"team-checkout" in content
    assert b"jane" not in content
    assert b"Jane" not in content


def test_no_secret_and_no_novel_is_a_word():
    secret, novel = "ghp_" + "a" * 36, "very " * 60
    text = f"kind: Component\nmetadata: {{name: c, tags: [x]}}\nspec: {{type: {secret}, lifecycle: {novel}, owner: t}}"
    content = b"".join(content for _, content in schema_files(catalog_of(text), Portal()))
    assert b"a" * 36 not in content
    assert novel[: LONGEST + 1].encode() not in content


def test_lists_are_bounded_and_keep_what_is_used_most():
    many = [f"kind: Group\nmetadata: {{name: team-{n}}}\nspec: {{type: team, children: []}}" for n in range(MOST + 50)]
    used = f"kind: System\nmetadata: {{name: s}}\nspec: {{owner: team-{MOST + 49}}}"
    words = offered(schemas(catalog_of("\n---\n".join([*many, used])))["catalog-info.json"], "words-owner-group")
    assert len(words) == MOST
    assert f"team-{MOST + 49}" in words[:MOST_CONSTANTS]


def test_the_same_catalog_makes_the_same_bytes(organisation):
    again = catalog_of("\n---\n".join(reversed(ORGANISATION.split("\n---\n"))))
    assert list(schema_files(organisation, Portal())) == list(schema_files(again, Portal()))


def test_the_schema_of_the_portals_own_file_is_published_too(organisation):
    validator = jsonschema_rs.validator_for(schemas(organisation)["sources.json"], offline=True)
    assert validator.is_valid({"version": 1, "sources": [{"name": "a", "type": "files", "path": "."}]})
    assert not validator.is_valid({"version": 1, "sources": [{"name": "a", "type": "filez"}]})


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="CALLBOARD_TEST_DATA does not name the folder of real descriptors")
def test_no_real_descriptor_that_backstage_accepts_is_marked(whole):
    validator, rows = jsonschema_rs.Draft7Validator(whole), defaultdict(list)
    for line in (Path(DATA) / "corpora/expectations.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        rows[row["file"]].append(row)
    accepted = 0
    for file, expected in rows.items():
        documents = {
            document.index: document.value for document in yaml_documents.read_documents((Path(DATA) / "corpora" / file).read_text("utf-8"))
        }
        for row in expected:
            if row["result"] == "ok":
                accepted += 1
                assert validator.is_valid(documents[row["doc"]]), (file, row["doc"])
    assert accepted


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    """A real editor's language server, with the schemas of a portal that has an own kind and a house rule."""
    command = find_server()
    if not command:
        told = "needs Node and npm install yaml-language-server; CALLBOARD_YAML_LANGUAGE_SERVER=path of its bin/yaml-language-server"
        (pytest.fail if FULL else pytest.skip)(told)
    folder = tmp_path_factory.mktemp("editor")
    for path, content in schema_files(
        catalog_of(ORGANISATION, folder, house=HOUSE, dataset=DATASET), Portal(url="https://portal.example.com/")
    ):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(content)
    server = LanguageServer(command, {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}})
    yield Editor(server, folder)
    server.close()


class Editor:
    """Texts with a ``|`` where the cursor stands."""

    def __init__(self, server, folder):
        self.server, self.folder, self.number = server, folder, 0

    def problems(self, text):
        return self._open(text)[1]

    def complete(self, text):
        return self._ask(self.server.complete, text)

    def hover(self, text):
        return self._ask(self.server.hover, text)

    def _ask(self, ask, text):
        at = text.index("|")
        uri, _ = self._open(text[:at] + text[at + 1 :])
        return ask(uri, text.count("\n", 0, at) + 2, at - text.rfind("\n", 0, at))

    def _open(self, text):
        self.number += 1
        uri = (self.folder / f"{self.number}.yaml").as_uri()
        return uri, self.server.open(uri, f"# yaml-language-server: $schema={(self.folder / 'schema/catalog-info.json').as_uri()}\n{text}")


def test_an_editor_offers_owners_systems_and_types_of_this_organisation(editor):
    assert set(editor.complete(COMPONENT + "  owner: |\n")) == {"team-checkout", "user:jane"}
    assert set(editor.complete(COMPONENT + "  owner: a\n  system: |\n")) == {"shop"}
    assert "job" in editor.complete(COMPONENT.replace("type: service", "type: |"))
    assert {"resource:orders-db", "component:orders"} <= set(editor.complete(COMPONENT + "  dependsOn:\n    - |\n"))
    assert {"dir:."} == set(editor.complete(COMPONENT.replace("basket", "basket\n  annotations:\n    backstage.io/techdocs-ref: |")))
    assert {"dependsOn", "owner", "providesApis"} <= set(editor.complete(COMPONENT + "  |\n"))
    assert "$text" in editor.complete(COMPONENT.replace("Component", "API") + "  owner: a\n  definition:\n    |\n")
    assert {"New Component", "New Dataset"} <= set(editor.complete("|\n"))


def test_an_editor_offers_what_a_house_rule_and_an_own_kind_allow(editor):
    assert set(editor.complete(COMPONENT.replace("lifecycle: production", "lifecycle: |"))) == {"experimental", "production"}
    assert set(editor.complete(COMPONENT.replace("basket", "basket\n  tags:\n    - |"))) == {"java", "go"}
    dataset = "apiVersion: data.example/v1\nkind: Dataset\nmetadata: {name: d}\nspec:\n  columns: []\n"
    assert set(editor.complete(dataset + "  owner: |\n")) == {"team-checkout", "user:jane"}
    assert set(editor.complete(dataset + "  hosting:\n    database: |\n")) == {"orders-db"}


def test_an_editor_offers_long_lists_too(editor):
    choice = {"anyOf": [{"const": "aa"}, {}], "defaultSnippets": [{"label": "zz", "body": "zz"}]}
    schema = {"type": "object", "properties": {"owner": {"allOf": [{"type": "string"}, choice]}}}
    (editor.folder / "long.json").write_text(json.dumps(schema))
    uri = (editor.folder / "long.yaml").as_uri()
    editor.server.open(uri, f"# yaml-language-server: $schema={(editor.folder / 'long.json').as_uri()}\nowner: \n")
    assert set(editor.server.complete(uri, 2, 8)) == {"aa", "zz"}


def test_an_editor_says_what_a_field_means(editor):
    shown = editor.hover(COMPONENT + "  own|er: team-checkout\n")
    assert "The owner of the component" in shown
    assert "Checkout" in shown
    assert "user:jane" not in shown, "a hover does not list all choices"
    assert "Location of the documentation" in editor.hover(
        COMPONENT.replace("basket", "basket\n  annotations:\n    backstage.io/tech|docs-ref: dir:.")
    )
    assert "A table that others read." in editor.hover("kind: Data|set\n")


def test_an_editor_marks_what_is_wrong_and_nothing_else(editor):
    assert editor.problems(COMPONENT + "  owner: somebody-else\n") == []
    assert editor.problems(COMPONENT + "  owner: 5\n") == [(9, 'Incorrect type. Expected "string".')]
    assert editor.problems(COMPONENT + "  owner: a\nowner: a\n") == [(10, "Property owner is not allowed.")]
    assert editor.problems(COMPONENT) == [(6, 'Missing property "owner".')]
    [(line, message)] = editor.problems(COMPONENT.replace("production", "live") + "  owner: a\n")
    assert line == 8
    assert "experimental" in message
