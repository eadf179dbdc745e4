"""A portal with a kind of its own and a house rule, built and read: pages, table, search, relations, problems, schemas. No code."""

import html
import json
import re
from datetime import UTC, datetime

import pytest

from callboard.io.clock import Meter
from callboard.pipeline import BuildRequest, build
from callboard.plugins.portal_settings import read_settings
from support import shared_caches

pytestmark = pytest.mark.long

SOURCES = """
version: 1
portal: {name: Data house, url: "https://portal.example/dev/"}
sources:
  - {name: here, type: files, path: repository, view_url: "https://git.example/{path}#L{line}"}
kinds: [kinds/dataset.yaml, kinds/component.json]
"""
DATASET = """
description: A table or a topic that other teams read.
x-callboard: {kind: Dataset, plural: Datasets, icon: database-outline, apiVersions: [data.example/v1]}
required: [spec]
properties:
  spec:
    required: [type, owner]
    properties:
      type: {enum: [table, topic]}
      owner: {$ref: "parts.yaml#/owner"}
      system: {type: string, x-callboard: {relation: partOf, reverse: hasPart, defaultKind: System}}
      producedBy:
        type: array
        items: {type: string}
        x-callboard: {relation: producedBy, reverse: produces, defaultKind: Component, label: Written by, reverseLabel: Writes}
      steward: {type: string, x-callboard: {relation: stewardedBy, reverse: stewardOf, defaultKind: User, reverseLabel: Steward of}}
      rows: {type: integer}
"""
PARTS = "owner: {type: string, minLength: 1, x-callboard: {relation: ownedBy, reverse: ownerOf, defaultKind: Group}}\n"
COMPONENT = {
    "x-callboard": {"kind": "Component"},
    "properties": {
        "spec": {
            "properties": {
                "lifecycle": {"enum": ["experimental", "production"]},
                "reads": {
                    "type": "array",
                    "items": {"type": "string"},
                    "x-callboard": {"relation": "reads", "reverse": "readBy", "defaultKind": "Dataset", "reverseLabel": "Who reads it"},
                },
            }
        }
    },
}
DESCRIPTORS = """apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: data-team}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: User
metadata: {name: ada}
spec: {memberOf: [data-team]}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: data-team}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: orders}
spec: {type: service, lifecycle: live, owner: data-team, reads: [returns, gone]}
---
apiVersion: data.example/v1
kind: Dataset
metadata: {name: returns, title: Returned parcels, description: Every parcel that came back.}
spec: {type: table, owner: data-team, system: shop, producedBy: [orders], steward: ada, rows: 5}
---
apiVersion: data.example/v1
kind: Datset
metadata: {name: slip}
spec: {}
---
apiVersion: data.example/v1
kind: Dataset
metadata: {name: bad}
spec: {type: tabel, owner: data-team, prodcedBy: [orders]}
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory):
    folder = tmp_path_factory.mktemp("portal")
    (folder / "kinds").mkdir()
    (folder / "repository").mkdir()
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "kinds/dataset.yaml").write_text(DATASET)
    (folder / "kinds/parts.yaml").write_text(PARTS)
    (folder / "kinds/component.json").write_text(json.dumps(COMPONENT))
    (folder / "repository/catalog-info.yaml").write_text(DESCRIPTORS)
    return folder


@pytest.fixture(scope="module")
def built(portal):
    request = BuildRequest(read_settings(portal / "sources.yaml", {}), portal / "site", datetime(2026, 11, 22, tzinfo=UTC), {})
    with shared_caches.lent(portal):
        return build(request, Meter())


@pytest.fixture(scope="module")
def site(portal, built):
    return portal / "site"


def text_of(site, path):
    page = (site / path / "index.html").read_text()
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main")])).split())


def test_the_kind_has_pages_with_its_fields_and_relations_called_as_its_schema_says(site):
    page = text_of(site, "catalog/default/dataset/returns")
    for said in (
        "Dataset",
        "Every parcel that came back.",
        "Written by 1 orders",
        "Who reads it 1 orders",
        "Stewarded by 1 ada",
        "rows: 5",
    ):
        assert said in page


def test_the_other_ends_show_the_relations_too(site):
    assert "Writes 1 Returned parcels" in text_of(site, "catalog/default/component/orders")
    assert "Steward of 1 Returned parcels" in text_of(site, "catalog/default/user/ada")
    assert "Datasets 1" in text_of(site, "catalog/default/system/shop")
    assert "Returned parcels" in text_of(site, "catalog/default/group/data-team")


def test_a_diagram_shows_the_neighbours(site):
    page = (site / "catalog/default/dataset/returns/index.html").read_text()
    diagram = page[page.index("<figure") : page.index("</figure>")]
    assert 'href="../../component/orders/"' in diagram
    assert 'href="../../user/ada/"' in diagram
    assert "#i-database-outline" in diagram


def test_its_data_has_the_relations_both_ways(site):
    def relations(kind, name):
        entity = json.loads((site / f"api/catalog/entities/by-name/{kind}/default/{name}").read_text())
        return {(relation["type"], relation["targetRef"]) for relation in entity["relations"]}

    assert {
        ("producedBy", "component:default/orders"), ("readBy", "component:default/orders"), ("stewardedBy", "user:default/ada"),
        ("ownedBy", "group:default/data-team"), ("partOf", "system:default/shop"),
    } == relations("dataset", "returns")  # fmt: skip
    assert {("produces", "dataset:default/returns"), ("reads", "dataset:default/returns")} <= relations("component", "orders")
    assert ("stewardOf", "dataset:default/returns") in relations("user", "ada")


def test_the_table_and_the_search_know_it(site):
    index = json.loads((site / "api/catalog/names.json").read_text())
    [number] = [n for n, kind in enumerate(index["kinds"]) if kind["kind"] == "dataset"]
    assert index["kinds"][number] == {"kind": "dataset", "name": "Dataset", "plural": "Datasets", "icon": "database-outline"}
    row = index["name"].index("returns")
    assert (index["kind"][row], index["owners"][index["owner"][row]]) == (number, "group:default/data-team")
    assert (index["systems"][index["system"][row]], index["types"][index["type"][row]]) == ("system:default/shop", "table")
    assert 'id="i-database-outline"' in (site / "assets/icons.svg").read_text()


def test_the_linter_knows_kinds_fields_values_and_references(built):
    told = {(problem.code, str(problem.severity), problem.message, problem.hint) for problem in built.problems}
    assert told >= {
        ("ENT004", "error", 'Unknown kind "Datset".', "Did you mean kind: Dataset?"),
        ("SPC004", "error", '`spec.type` cannot be "tabel".', "Did you mean table?"),
        ("SPC005", "warning", "`spec.prodcedBy` is not a field of Dataset and is similar to `producedBy`.", "Did you mean producedBy?"),
        ("KND001", "warning", '`spec.lifecycle` cannot be "live".', "Write experimental or production."),
    }
    assert [problem.field for problem in built.problems if problem.code == "REF001"] == ["spec.reads[1]"]


def test_editors_are_told(site):
    schema = json.loads((site / "schema/catalog-info.json").read_text())
    assert "Dataset" in schema["properties"]["kind"]["enum"]
    assert json.loads((site / "schema/dataset.json").read_text())["$id"] == "https://portal.example/dev/schema/dataset.json"


def test_a_changed_schema_changes_the_next_build(portal, built):
    settings = read_settings(portal / "sources.yaml", {})
    (portal / "kinds/dataset.yaml").write_text(DATASET.replace("Written by", "Filled by").replace("table, topic", "table, topic, tabel"))
    again = build(BuildRequest(settings, portal / "site", datetime(2026, 11, 22, tzinfo=UTC), {}), Meter())
    (portal / "kinds/dataset.yaml").write_text(DATASET)
    assert "Filled by 1 orders" in text_of(portal / "site", "catalog/default/dataset/returns")
    assert "SPC004" not in {problem.code for problem in again.problems}
    build(BuildRequest(settings, portal / "site", datetime(2026, 11, 22, tzinfo=UTC), {}), Meter())
    assert "Written by 1 orders" in text_of(portal / "site", "catalog/default/dataset/returns")
