import pytest
from samples import catalog, entity, hub, names, ref

from callboard.diagrams.drawing import draw
from callboard.diagrams.layout import Layouts
from callboard.diagrams.maps import domain_map, organisation, system_map
from callboard.diagrams.neighbourhood import neighbourhood


def edges(graph):
    short = {node.id: node.label for node in graph.nodes}
    return {(short[e.tail], e.kind, short[e.head]) for e in graph.edges}


def state(graph):
    return {node.label: node.state for node in graph.nodes}


def test_who_needs_it_stands_at_the_left_through_its_apis():
    found = catalog(
        names("shop", "api:shop-api", "web", "app", "resource:db", "api:pay", "gateway", "system:s"),
        ("shop", "providesApi", "api:shop-api"), ("web", "consumesApi", "api:shop-api"), ("app", "dependsOn", "shop"),
        ("shop", "dependsOn", "resource:db"), ("shop", "consumesApi", "api:pay"), ("gateway", "providesApi", "api:pay"),
        ("shop", "partOf", "system:s"),
    )  # fmt: skip
    assert edges(neighbourhood(found, ref("shop"))) == {
        ("web", "api", "shop-api"), ("shop-api", "api", "shop"), ("app", "depends", "shop"), ("shop", "depends", "db"),
        ("shop", "api", "pay"), ("pay", "api", "gateway"), ("shop", "part", "s"),
    }  # fmt: skip


def test_an_api_stands_between_its_consumers_and_its_provider():
    found = catalog(names("api:a", "user", "maker"), ("user", "consumesApi", "api:a"), ("maker", "providesApi", "api:a"))
    assert edges(neighbourhood(found, ref("api:a"))) == {("user", "api", "a"), ("a", "api", "maker")}


def test_what_does_not_exist_is_drawn_as_missing():
    node = next(n for n in neighbourhood(catalog(names("a"), ("a", "dependsOn", "gone")), ref("a")).nodes if n.label == "gone")
    assert (node.state, node.path) == ("missing", "")


def test_the_page_of_something_missing_may_ask_too():
    assert edges(neighbourhood(catalog(names("a"), ("a", "dependsOn", "gone")), ref("gone"))) == {("a", "depends", "gone")}


def test_relations_of_other_types_stand_on_the_side_of_whoever_declares_them():
    found = catalog(names("a", "cluster:k"), ("a", "deployedTo", "cluster:k"))
    assert edges(neighbourhood(found, ref("a"))) == edges(neighbourhood(found, ref("cluster:k"))) == {("a", "depends", "k")}


@pytest.mark.parametrize("limit", [3, 8, 24])
@pytest.mark.parametrize("name", ["hub", "api:hub-api", "user-0"])
def test_a_hub_is_bounded_and_says_what_is_left_out(limit, name):
    graph = neighbourhood(hub(300), ref(name), limit)
    assert len(graph.nodes) <= limit
    assert len({node.id for node in graph.nodes}) == len(graph.nodes)
    if name != "user-0":
        assert any(node.state == "more" for node in graph.nodes)
        assert all(node.path.endswith("#relations") for node in graph.nodes if node.state == "more")


def test_shown_and_left_out_are_all():
    graph = neighbourhood(hub(300), ref("api:hub-api"))
    shown = sum(node.label.startswith("user-") for node in graph.nodes)
    assert f"{300 - shown} more" in state(graph)


def test_the_most_important_neighbours_are_shown():
    users = [entity(f"u{i}", lifecycle="production" if i == 70 else "experimental") for i in range(80)]
    found = catalog([*users, *names("a", "x")], *((f"u{i}", "dependsOn", "a") for i in range(80)), ("u33", "dependsOn", "x"))
    labels = [node.label for node in neighbourhood(found, ref("a")).nodes]
    assert labels[:3] == ["u70", "u33", "u0"]


def test_a_group_stands_between_parent_and_children_with_what_it_owns():
    found = catalog(
        [entity("group:team", title="The Team"), *names("group:top", "group:sub", "a", "b", "user:jo")],
        ("group:team", "childOf", "group:top"), ("group:sub", "childOf", "group:team"), ("a", "ownedBy", "group:team"),
        ("b", "ownedBy", "group:team"),
        ("user:jo", "memberOf", "group:team"),
    )  # fmt: skip
    graph = neighbourhood(found, ref("group:team"))
    assert edges(graph) == {("top", "member", "The Team"), ("The Team", "member", "sub"), ("The Team", "owns", "2 Components")}
    paths = {node.label: (node.path, node.sub) for node in graph.nodes}
    assert paths["2 Components"][0] == "catalog/?kind=component&owner=group:default/team"
    assert paths["The Team"][1] == "1 member"


SYSTEM = catalog(
    names("system:s", "system:t", "a", "b", "c", "api:x", "lonely"),
    *((part, "partOf", "system:s") for part in ("a", "b", "api:x")), ("c", "partOf", "system:t"),
    ("a", "dependsOn", "b"), ("b", "providesApi", "api:x"), ("c", "consumesApi", "api:x"), ("a", "dependsOn", "c"),
    ("b", "dependsOn", "lonely"),
)  # fmt: skip


def test_a_system_shows_its_parts_and_the_systems_around_on_their_sides():
    graph = system_map(SYSTEM, ref("system:s"))
    assert edges(graph) == {("a", "depends", "b"), ("x", "api", "b"), ("t", "api", "x"), ("a", "depends", "t"), ("b", "depends", "lonely")}
    assert [(node.label, node.state) for node in graph.nodes if node.state] == [("t", "outside"), ("lonely", "outside"), ("t", "outside")]
    assert len({node.id for node in graph.nodes}) == len(graph.nodes)


def test_a_domain_adds_up_what_its_systems_need():
    found = catalog(
        names("domain:d", "domain:sub", "system:s", "system:t", "system:u", "system:far", "a", "b", "c", "z"),
        ("system:s", "partOf", "domain:d"), ("system:t", "partOf", "domain:d"), ("domain:sub", "partOf", "domain:d"),
        ("system:u", "partOf", "domain:sub"),
        ("a", "partOf", "system:s"), ("b", "partOf", "system:t"), ("c", "partOf", "system:u"), ("z", "partOf", "system:far"),
        ("a", "dependsOn", "b"), ("b", "dependsOn", "c"), ("z", "dependsOn", "a"),
    )  # fmt: skip
    assert edges(domain_map(found, ref("domain:d"))) == {("s", "depends", "t"), ("t", "depends", "sub"), ("far", "depends", "s")}


def test_maps_are_bounded():
    many = [f"c{i}" for i in range(200)]
    relations = [(c, "partOf", "system:s") for c in many] + [(c, "dependsOn", f"out-{c}") for c in many]
    graph = system_map(catalog(names("system:s", *many), *relations), ref("system:s"), 30)
    assert len(graph.nodes) <= 30
    assert "catalog/?system=system:default/s" in {node.path for node in graph.nodes}


def test_the_organisation_is_a_tree_from_its_tops_bounded_and_counted():
    teams = [f"group:t{i}" for i in range(1, 200)]
    found = catalog(names("group:t0", *teams), *((t, "childOf", f"group:t{(i) // 5}") for i, t in enumerate(teams)))
    graph = organisation(found, 40)
    assert len(graph.nodes) <= 40
    assert graph.nodes[0].label == "t0"
    assert graph.nodes[0].sub == "199 sub-teams"
    assert any(node.state == "more" for node in graph.nodes)


@pytest.mark.parametrize(
    ("name", "relations", "around", "above"),
    [
        ("group:a", [("group:a", "childOf", "group:a")], set(), set()),
        (
            "group:a",
            [("group:a", "childOf", "group:b"), ("group:b", "childOf", "group:a")],
            {("a", "member", "b"), ("b", "member", "a")},
            {("a", "member", "b")},
        ),
        ("domain:a", [("domain:a", "partOf", "domain:b"), ("domain:b", "partOf", "domain:a")], set(), set()),
        (
            "a",
            [("a", "dependsOn", "a"), ("a", "consumesApi", "api:a"), ("a", "providesApi", "api:a")],
            {("a", "api", "a")},
            set(),
        ),
        ("system:a", [("system:a", "partOf", "system:a"), ("system:a", "dependsOn", "system:a")], set(), set()),
    ],
)
def test_circles_end(name, relations, around, above):
    """A circle of two is one line, whichever way it is gone; nothing leads from a thing to itself."""
    found = catalog(names(name, *(f"{ref(name).kind}:b",)), *relations)
    for graph, wanted in ((neighbourhood(found, ref(name)), around), (organisation(found), above)):
        assert edges(graph) == wanted
        assert draw(graph, Layouts(), "./").count("cb-graph__edge--") == bool(wanted)


@pytest.mark.parametrize("value", [{"a": 1}, ["x"], 5, None, True, "x" * 100_000, "\ud800\x00"])
def test_values_of_any_type_are_drawn(value):
    odd = [entity("a", title=value, type=value, lifecycle=value), entity("b", title=value)]
    svg = draw(neighbourhood(catalog(odd, ("a", "dependsOn", "b")), ref("a")), Layouts(), "./")
    assert svg.count("<a ") == 2
    assert len(svg.encode()) < 4_000
