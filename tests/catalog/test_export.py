import gzip
import json
import random
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_linking import ENTITIES

from callboard.catalog.columns import columns_index
from callboard.catalog.export import Location, entity_json, folder_url, location_annotations
from callboard.catalog.linking import link
from callboard.catalog.names import names_index, owner_state, relations_index, table_index
from callboard.catalog.presentation import summary
from callboard.model.entity import Derived
from catalog_builders import KINDS, VECTORS, catalog_of, entity, linked, make, ref

CASES = json.loads((VECTORS / "locations.json").read_text())["cases"]


def of(operation):
    return [case for case in CASES if case["op"] == operation]


@pytest.mark.parametrize("case", of("annotate"), ids=lambda c: c["name"])
def test_the_annotations_are_backstages(case):
    given = case["input"]
    places = [Location(given[key]["type"], given[key]["target"]) for key in ("location", "origin")]
    assert location_annotations(*places, "", given["annotations"]) == case["expect"]


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://github.com/o/r/blob/main/a/b/c.yaml", "https://github.com/o/r/tree/main/a/b/"),
        ("https://gitlab.com/o/r/-/blob/main/c.yaml", "https://gitlab.com/o/r/-/tree/main/"),
        ("https://dev.azure.com/o/p/_git/r?path=/a/c.yaml&version=GBmain", "https://dev.azure.com/o/p/_git/r?path=/a/&version=GBmain"),
        ("https://codeberg.org/o/r/src/branch/main/a/c.yaml#L3", "https://codeberg.org/o/r/src/branch/main/a/"),
    ],
)
def test_the_folder_of_a_file_has_an_address_at_its_host(url, folder):
    assert folder_url(url) == folder


class Hosted:
    """The part of a tree that export asks for."""

    def view_url(self, path, line=None):
        return f"https://github.com/acme/shop/blob/main/{path}"

    def edit_url(self, path):
        return f"https://github.com/acme/shop/edit/main/{path}"


def test_an_entity_has_backstages_shape():
    document = {
        "apiVersion": "backstage.io/v1alpha1", "kind": "API",
        "metadata": {"name": "Orders", "annotations": {"a/b": "c"}}, "spec": {"type": "openapi", "definition": "x"},
    }  # fmt: skip
    made = replace(entity(document, path="apis/o.yaml"), derived=(Derived("spec.owner", "web", "CODEOWNERS"),))
    catalog, _ = link([made, make("component:shop consumesApis=[orders]")], KINDS)
    assert entity_json(catalog, made, tree_of=lambda _: Hosted()) == {
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "API",
        "metadata": {
            "name": "Orders",
            "namespace": "default",
            "annotations": {
                "a/b": "c",
                "backstage.io/managed-by-location": "url:https://github.com/acme/shop/blob/main/apis/o.yaml",
                "backstage.io/managed-by-origin-location": "url:https://github.com/acme/shop/blob/main/apis/o.yaml",
                "backstage.io/view-url": "https://github.com/acme/shop/blob/main/apis/o.yaml",
                "backstage.io/edit-url": "https://github.com/acme/shop/edit/main/apis/o.yaml",
                "backstage.io/source-location": "url:https://github.com/acme/shop/tree/main/apis/",
            },
            "etag": made.digest,
        },
        "spec": {"type": "openapi", "definition": "x", "owner": "web"},
        "relations": [
            {"type": "apiConsumedBy", "targetRef": "component:default/shop"},
            {"type": "ownedBy", "targetRef": "group:default/web"},
        ],
    }


def test_the_origin_is_the_outermost_location():
    location = make("location:all", path="all.yaml")
    found = make("component:shop", via_locations=("location:default/all", "location:default/inner"), path="a/x.yaml")
    catalog, _ = link([location, found], KINDS)
    annotations = entity_json(catalog, found)["metadata"]["annotations"]
    assert annotations == {
        "backstage.io/managed-by-location": "file:./t/a/x.yaml",
        "backstage.io/managed-by-origin-location": "file:./t/all.yaml",
    }


@pytest.mark.parametrize("annotations", [None, 7, ["x"], "x"])
def test_annotations_of_a_wrong_type_do_no_harm(annotations):
    made = entity({"kind": "Component", "metadata": {"name": "x", "annotations": annotations}})
    shown = entity_json(link([made], KINDS)[0], made)
    assert set(shown["metadata"]["annotations"]) == {"backstage.io/managed-by-location", "backstage.io/managed-by-origin-location"}


def test_lists_hold_a_digest_in_place_of_definitions_and_steps():
    api = entity({"kind": "API", "metadata": {"name": "x"}, "spec": {"definition": "openapi: 3", "steps": [{"id": "a"}], "type": "t"}})
    spec = entity_json(link([api], KINDS)[0], api, light=True)["spec"]
    assert spec["type"] == "t"
    assert all(len(spec[key]) == 71 and spec[key].startswith("sha256:") for key in ("definition", "steps"))
    other = entity({"kind": "API", "metadata": {"name": "x"}, "spec": {"definition": "openapi: 4"}})
    assert entity_json(link([other], KINDS)[0], other, light=True)["spec"]["definition"] != spec["definition"]


def test_the_names_index_says_what_filters_and_search_need():
    catalog, problems = linked(
        "group:web", "user:ann", "component:order-api type=service lifecycle=production owner=web system=shop", "component:b owner=gone",
        "component:c", "component:d owner=component:b", "engagement:e type=x",
    )  # fmt: skip
    index = names_index(catalog, problems)
    columns = [key for key, value in index.items() if isinstance(value, list) and len(value) == 7]
    row = {key: index[key][3] for key in columns}
    assert (row["name"], index["kinds"][row["kind"]]["plural"], index["types"][row["type"]]) == ("order-api", "Components", "service")
    assert (index["lifecycles"][row["lifecycle"]], index["owners"][row["owner"]]) == ("production", "group:default/web")
    assert (index["systems"][row["system"]], index["namespaces"][row["namespace"]]) == ("system:default/shop", "default")
    assert [index["name"][i] for i in range(7)] == ["b", "c", "d", "order-api", "e", "web", "ann"]
    assert index["ownerState"] == [2, 1, 3, 0, 0, 0, 0]
    assert index["type"][0] == -1
    assert (row["problems"], row["severity"]) == (1, 2)
    assert index["kinds"][1] == {"kind": "engagement", "name": "engagement", "plural": "engagements", "icon": "entity"}
    assert owner_state(catalog, ref("b")) == 2


@pytest.mark.parametrize(
    ("name", "title", "stored"),
    [
        ("order-api", "Order Api", 1),
        ("order-api", "Orders", "Orders"),
        ("order-api", None, 0),
        ("A_b.c", "A B C", 1),
        ("x", "x" * 300, "x" * 100),
    ],
)
def test_a_title_that_follows_from_the_name_is_not_stored(name, title, stored):
    made = entity({"kind": "Component", "metadata": {"name": name, "title": title}})
    assert names_index(link([made], KINDS)[0])["title"] == [stored]


def test_tags_are_indexed_once_and_bounded():
    made = [
        entity({"kind": "Component", "metadata": {"name": n, "tags": t}})
        for n, t in [("a", ["x", "b", "x"]), ("b", 5), ("c", list("abcdefghijklmnopqrstuvwxyz0123456789"))]
    ]
    index = names_index(link(made, KINDS)[0])
    assert [[index["tags"][i] for i in tagged] for tagged in index["tagged"][:2]] == [["b", "x"], []]
    assert len(index["tagged"][2]) == 30


@given(ENTITIES)
def test_all_columns_have_a_row_for_each_entity_and_point_into_their_dictionaries(texts):
    catalog, problems = linked(*texts)
    index = json.loads(json.dumps(names_index(catalog, problems)))
    for column, dictionary in [
        ("kind", "kinds"),
        ("namespace", "namespaces"),
        ("type", "types"),
        ("owner", "owners"),
        ("system", "systems"),
    ]:
        assert len(index[column]) == len(catalog.entities)
        assert all(-1 <= place < len(index[dictionary]) for place in index[column])
    assert len(table_index(catalog)["description"]) == len(catalog.entities)
    assert table_index(catalog)["digest"] == index["digest"]


@pytest.mark.long
def test_ten_thousand_entities_fit_into_the_budgets_of_names_and_columns():
    chance = random.Random(1)
    words = sorted({word for line in summary.__globals__["__doc__"].split("\n") for word in re.findall("[a-z]{4,}", line)})
    words += [f"{a}{b}" for a in words for b in words]
    teams = [f"team-{chance.choice(words)}" for _ in range(300)]
    form = make("component:x")
    made = []
    for number in range(10_000):
        kind = chance.choice(["component", "component", "resource", "api"])
        name = f"{chance.choice(words)}-{chance.choice(['api', 'worker', 'ui', 'lib'])}-{number}"
        spec = {"type": chance.choice(["service", "website"]), "lifecycle": "production", "owner": chance.choice(teams), "system": "shop"}
        made.append(replace(form, ref=ref(f"{kind}:{name}"), metadata={"name": name, "tags": chance.sample(teams, 2)}, spec=spec))
    catalog, problems = link(made, KINDS)
    packed = gzip.compress(json.dumps(names_index(catalog, problems), separators=(",", ":")).encode(), 9)
    assert len(packed) <= 120_000
    columns = columns_index(catalog, relations_index(catalog), {})
    assert len(gzip.compress(json.dumps(columns, separators=(",", ":")).encode(), 9)) <= 30_000


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("Takes orders. And more.", "Takes orders."),
        ("Takes `orders`, e.g. for [the shop](https://x).\n\nMore", "Takes orders, e.g. for the shop."),
        ("# Title\n> **quoted** ![logo](x.png)", "Title quoted logo"),
        ("word " * 100, "word " * 30 + "word…"),
        (None, ""),
        ({"a": 1}, ""),
    ],
)
def test_a_summary_is_the_first_sentence_as_plain_text(description, shown):
    assert summary(entity({"kind": "Component", "metadata": {"name": "x", "description": description}})) == shown


@given(st.text())
def test_a_summary_is_short(description):
    assert len(summary(entity({"kind": "Component", "metadata": {"name": "x", "description": description}}))) <= 160


def test_the_index_is_the_same_whatever_the_order_of_the_entities():
    texts = ["component:a owner=x", "group:x", "api:b"]
    assert names_index(catalog_of(*texts)) == names_index(catalog_of(*reversed(texts)))
