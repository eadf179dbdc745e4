"""Relations of a catalog as DOT, drawn by Graphviz."""

import re

from callboard.diagrams.dot import around, as_dot, as_svg
from diagrams.samples import catalog, entity, hub, names, ref

SHOP = catalog(
    names("web", "shop", "billing", "api:orders", "resource:db", "system:checkout"),
    ("shop", "partOf", "system:checkout"), ("shop", "providesApi", "api:orders"), ("web", "consumesApi", "api:orders"),
    ("shop", "dependsOn", "resource:db"), ("resource:db", "dependsOn", "resource:gone"), ("billing", "dependsOn", "resource:db"),
)  # fmt: skip
HOSTILE = ["<b>bold</b>", 'a"];evil[label="', "back\\slash\\N", "line\nbreak", "</script><script>alert(1)</script>"]


def test_a_graph_has_what_is_near_with_lines_and_groups_by_system():
    text = as_dot(SHOP, around(SHOP, [ref("shop")], 1), "https://portal.example/")
    boxes = set(re.findall(r'^\t+"([^"]+)" \[label', text, re.MULTILINE))
    assert boxes == {"component/default/shop", "component/default/web", "api/default/orders", "resource/default/db"}
    assert '"component/default/web" -> "api/default/orders" [style=dashed]' in text
    assert '"api/default/orders" -> "component/default/shop" [style=dashed]' in text
    assert '"component/default/shop" -> "resource/default/db"\n' in text
    assert 'URL="https://portal.example/catalog/default/component/shop/"' in text
    group = text[text.index("subgraph cluster_1") : text.index("}", text.index("subgraph cluster_1"))]
    assert "label=checkout" in group
    assert "component/default/shop" in group
    assert "component/default/web" not in group


def test_steps_lead_further_and_what_is_missing_is_dashed():
    assert [str(each) for each in around(SHOP, [ref("shop")], 0)] == ["component:default/shop"]
    further = around(SHOP, [ref("shop")], 2)
    assert ref("resource:gone") in further
    assert ref("billing") not in further, "it needs the same, which is no way from one to the other"
    assert re.search(r'"resource/default/gone" \[label="gone\\nnot found in catalog" style=dashed', as_dot(SHOP, further))


def test_hostile_names_are_shown_as_they_are():
    found = catalog([entity(f"e{number}", title=title) for number, title in enumerate(HOSTILE)], ("e0", "dependsOn", "e1"))
    svg = as_svg(as_dot(found, found.entities))
    assert svg.count('class="node"') == len(HOSTILE)
    assert svg.count('class="edge"') == 1
    assert "<script" not in svg
    assert "&lt;b&gt;bold&lt;/b&gt;" in svg
    assert "back\\slash\\N" in svg


def test_the_same_catalog_gives_the_same_text():
    assert as_dot(hub(5), hub(5).entities) == as_dot(hub(5), reversed([*hub(5).entities]))
