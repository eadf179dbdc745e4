"""Relations where Backstage's schemas and its processors say different things (catalog-backend 4.0, catalog-model 1.10)."""

import pytest

from callboard.catalog.linking import link
from catalog_builders import KINDS, entity

PLACES = {
    "Component": {"type": "service", "lifecycle": "production", "owner": "team"},
    "Resource": {"type": "database", "owner": "team"},
    "AiResource": {"lifecycle": "production", "owner": "team"},
}


def linked(kind, **spec):
    """Relations that the entity declares, and its problems apart from dangling references."""
    document = {"apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": {"name": "s"}, "spec": {**PLACES[kind], **spec}}
    catalog, problems = link([entity(document)], KINDS)
    mine = catalog.relations.get(next(iter(catalog.entities)), ())
    said = {(relation.type, str(relation.target)) for relation in mine}
    return said, [
        (problem.code, str(problem.severity)) for problem in problems if problem.code.startswith("REF") and problem.code != "REF001"
    ]


@pytest.mark.parametrize("kind", ["Component", "Resource"])
@pytest.mark.parametrize("value", [5, -1.5, True, [""], [None], [5], [["component:a"]], [[]], [0]], ids=str)
def test_dependency_of_refuses_what_is_no_reference(kind, value):
    assert linked(kind, dependencyOf=value)[1] == [("REF003", "error")]


@pytest.mark.parametrize("kind", ["Component", "Resource"])
@pytest.mark.parametrize("value", [None, 0, False, "", []], ids=str)
def test_dependency_of_may_say_nothing(kind, value):
    assert linked(kind, dependencyOf=value) == ({("ownedBy", "group:default/team")}, [])


@pytest.mark.parametrize(
    "value", ["component:a", ["component:A"], {"kind": "Component", "name": "a"}, [{"kind": "component", "name": "a"}]], ids=str
)
def test_dependency_of_may_be_one_reference_or_several(value):
    assert ("dependencyOf", "component:default/a") in linked("Component", dependencyOf=value)[0]


def test_a_blank_owner_is_a_reference_that_leads_nowhere():
    said, problems = linked("Component", owner=" ")
    assert said == {("ownedBy", "group:default/ ")}
    assert problems == []


FIELDS = {"dependsOn": ["x"], "skills": ["y"], "plugins": ["z"]}


@pytest.mark.parametrize(
    ("type_", "made"),
    [
        ("skill", {("dependsOn", "airesource:default/x")}),
        ("plugin", {("hasPart", "airesource:default/y")}),
        ("marketplace", {("hasPart", "airesource:default/z")}),
        ("rule", set()),
        ("other", set()),
    ],
)
def test_the_type_of_an_ai_resource_says_which_fields_make_relations(type_, made):
    assert linked("AiResource", type=type_, **FIELDS) == ({("ownedBy", "group:default/team"), *made}, [])


def test_a_reference_of_an_ai_resource_to_another_kind_makes_no_relation_and_is_told():
    said, problems = linked("AiResource", type="skill", owner="component:x", dependsOn=["component:y", "z"])
    assert said == {("dependsOn", "airesource:default/z")}
    assert problems == [("REF003", "warning"), ("REF003", "warning")]
