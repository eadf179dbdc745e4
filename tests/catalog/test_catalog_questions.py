import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_linking import ENTITIES

from callboard.catalog import dependencies, organization, presentation, problem_assignment, structure
from callboard.catalog.dependencies import Dependency
from callboard.model import fields
from callboard.model.ref import humanize, parse_ref
from catalog_builders import VECTORS, catalog_of, entity, linked, make, ref

CASES = json.loads((VECTORS / "presentation.json").read_text())["cases"]
SHOWN = [c for c in CASES if isinstance(c["input"], dict) and isinstance(c["input"].get("metadata"), dict)]
REFERENCES = [c for c in CASES if "op" not in c and c not in SHOWN and c["input"] and c["input"] != {"metadata": 7}]


@pytest.mark.parametrize("case", SHOWN, ids=lambda c: c["name"])
def test_an_entity_is_shown_as_in_backstage(case):
    shown = entity(case["input"])
    expected = case["expect"]
    assert (str(shown.ref), presentation.title(shown), presentation.subtitle(shown)) == (
        expected["entityRef"],
        expected["primaryTitle"],
        expected["secondaryTitle"],
    )


@pytest.mark.parametrize("case", REFERENCES, ids=lambda c: c["name"])
def test_a_reference_is_shown_as_in_backstage(case):
    written = parse_ref(case["input"], default_kind="unknown").canonical()
    context = case.get("context", {})
    short = humanize(
        written, default_kind=context.get("defaultKind", written.kind), default_namespace=context.get("defaultNamespace", "default")
    )
    assert (str(written), short) == (case["expect"]["entityRef"], case["expect"]["primaryTitle"])


def test_a_member_of_the_owning_group_is_an_owner():
    catalog = catalog_of("user:user memberOf=[group]", "component:x owner=group", "component:y owner=other")
    assert organization.is_owner(catalog, ref("user:user"), ref("x"))
    assert organization.is_owner(catalog, ref("group:group"), ref("x"))
    assert not organization.is_owner(catalog, ref("user:user"), ref("y"))


def test_relations_can_be_asked_by_type_and_kind():
    catalog = catalog_of("user:u memberOf=[member,user:child]")
    assert [t for t in organization.memberships(catalog, ref("user:u")) if t.kind == "group"] == [ref("group:member")]


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=3),
    max_leaves=8,
)


@given(*(HOSTILE for _ in range(7)))
def test_no_value_of_a_wrong_type_breaks_the_presentation(title, description, tags, links, annotations, profile, kind_type):
    metadata = {"title": title, "description": description, "tags": tags, "links": links, "annotations": annotations, "labels": annotations}
    shown = replace(make("component:x"), metadata={**metadata, "name": "x"}, spec={"profile": profile, "type": kind_type})
    texts = [
        presentation.title(shown),
        presentation.description(shown),
        presentation.type_of(shown),
        presentation.subtitle(shown),
        *presentation.tags(shown),
    ]
    texts += [text for link in presentation.links(shown) for text in (link.url, link.title, link.icon, link.type)]
    texts += [text for pair in (*fields.annotations(shown).items(), *fields.labels(shown).items()) for text in pair]
    for text in texts:
        text.encode()
        assert "\0" not in text
    assert presentation.title(shown)


@pytest.mark.parametrize(
    ("value", "text"),
    [(" a ", "a"), (5, "5"), (1.5, "1.5"), (True, ""), (None, ""), ([], ""), ({}, ""), ("a\ud800\0b", "ab"), (10**5000, "")],
    ids=lambda value: repr(value)[:20] if not isinstance(value, int) else "number",
)
def test_texts_and_numbers_are_text_and_nothing_else_is(value, text):
    assert fields.text_at({"k": value}, "k") == text


def test_text_of_something_that_is_no_mapping_is_empty():
    assert fields.text_at(["k"], "k") == ""


def test_a_system_lies_in_a_domain_and_a_component_through_it():
    catalog = catalog_of(
        "domain:all", "domain:shop subdomainOf=all", "system:sales domain=shop", "component:web system=sales",
        "component:part subcomponentOf=web system=sales", "component:lost system=nowhere",
    )  # fmt: skip
    assert structure.domain_of(catalog, ref("web")) == ref("domain:shop")
    assert structure.domain_of(catalog, ref("domain:shop")) == ref("domain:all")
    assert structure.trail(catalog, ref("web")) == (ref("domain:all"), ref("domain:shop"), ref("system:sales"))
    assert structure.trail(catalog, ref("part")) == (*structure.trail(catalog, ref("web")), ref("web"))
    assert (structure.trail(catalog, ref("lost")), structure.system_of(catalog, ref("lost"))) == ((), ref("system:nowhere"))
    assert structure.contents(catalog, ref("system:sales")) == {"component": (ref("part"), ref("web"))}
    assert structure.systems_of(catalog, ref("domain:shop")) == (ref("system:sales"),)
    assert structure.subdomains_of(catalog, ref("domain:all")) == (ref("domain:shop"),)


def test_the_tree_of_groups_is_walked_up_and_down():
    catalog = catalog_of(
        "group:acme children=[shop]", "group:shop", "group:web parent=shop members=[ann]", "group:alone",
        "user:bob memberOf=[shop]", "component:x owner=web", "component:y owner=shop",
    )  # fmt: skip
    acme, shop, web = (ref(f"group:{n}") for n in ("acme", "shop", "web"))
    assert organization.roots(catalog) == (acme, ref("group:alone"))
    assert (organization.parent_of(catalog, web), organization.children_of(catalog, acme), organization.teams_below(catalog, acme)) == (
        shop,
        (shop,),
        (shop, web),
    )
    assert structure.trail(catalog, web) == (acme, shop)
    assert structure.trail(catalog, ref("user:bob")) == (acme, shop)
    assert (organization.members_of(catalog, shop), organization.all_members(catalog, acme)) == (
        (ref("user:bob"),),
        (ref("user:ann"), ref("user:bob")),
    )
    assert organization.owned(catalog, shop) == (ref("y"),)
    assert organization.owned_below(catalog, acme) == {shop: (ref("y"),), web: (ref("x"),)}


@pytest.mark.parametrize(
    ("groups", "parent", "reported"),
    [
        # C12: the own parent counts, wherever its name sorts
        (["group:a children=[x]", "group:b", "group:x parent=b"], "group:b", True),
        (["group:a", "group:b children=[x]", "group:x parent=a"], "group:a", True),
        (["group:a children=[x]", "group:b children=[x]", "group:x"], "group:a", True),
        (["group:a children=[x]", "group:x parent=a"], "group:a", False),
        (["group:a children=[x]", "group:x parent=gone"], "group:gone", False),  # REF001 reports it
        (["group:a", "component:x subcomponentOf=y", "group:x parent=a"], "group:a", False),
    ],
)
def test_a_group_is_below_the_parent_that_it_declares_and_several_are_reported(groups, parent, reported):
    catalog, problems = linked(*groups)
    assert organization.parent_of(catalog, ref("group:x")) == ref(parent)
    assert [(p.code, str(p.subject)) for p in problems if p.code == "GRP002"] == [("GRP002", "group:default/x")] * reported


def test_groups_that_contain_each_other_have_the_first_of_them_as_top():
    catalog = catalog_of("group:a parent=b", "group:b parent=a", "group:c parent=b")
    assert organization.roots(catalog) == (ref("group:a"),)
    assert organization.teams_below(catalog, ref("group:a")) == (ref("group:b"), ref("group:c"))


def test_dependencies_and_dependents_say_how():
    catalog = catalog_of(
        "component:shop dependsOn=[resource:db,component:shop] consumesApis=[pay]",
        "component:bank providesApis=[pay]", "resource:db dependencyOf=[component:bank]",
    )  # fmt: skip
    assert dependencies.dependencies(catalog, ref("shop")) == (
        Dependency(ref("resource:db"), "dependsOn"),
        Dependency(ref("api:pay"), "consumesApi"),
    )
    assert dependencies.dependents(catalog, ref("bank")) == (Dependency(ref("shop"), "consumesApi", ref("api:pay")),)
    assert dependencies.dependents(catalog, ref("api:pay")) == (Dependency(ref("shop"), "consumesApi"),)
    assert [d.ref for d in dependencies.dependents(catalog, ref("resource:db"))] == [ref("bank"), ref("shop")]


@given(ENTITIES)
def test_every_question_ends_whatever_the_circles(texts):
    catalog = catalog_of(*texts)
    for name in {*catalog.entities, *catalog.relations}:
        trail = structure.trail(catalog, name)
        assert name not in trail
        assert len(set(trail)) == len(trail)
        assert name not in organization.teams_below(catalog, name)
        organization.responsible(catalog, name), organization.owned_below(catalog, name), organization.all_members(catalog, name)
    below = {team for top in organization.roots(catalog) for team in (top, *organization.teams_below(catalog, top))}
    assert below == {e.ref for e in catalog.of_kind("group")}


def test_the_responsible_team_is_found_through_the_system_too():
    catalog = catalog_of("group:web", "system:shop owner=web", "component:x system=shop", "component:y owner=gone", "user:u memberOf=[web]")
    assert organization.responsible(catalog, ref("x")) == ref("group:web")
    assert organization.responsible(catalog, ref("user:u")) == ref("group:web")
    assert organization.responsible(catalog, ref("group:web")) == ref("group:web")
    assert organization.responsible(catalog, ref("y")) is None


def test_problems_are_handed_out_by_subject_and_by_team():
    catalog, problems = linked("group:web", "component:x owner=web system=gone", "component:y")
    assert set(problem_assignment.problems_by_subject(problems)) == {ref("x"), ref("y")}
    by_team = problem_assignment.problems_by_team(problem_assignment.with_responsible(catalog, problems))
    assert list(by_team) == [ref("group:web"), None]
    assert {p.subject for p in by_team[ref("group:web")]} == {ref("x")}
