import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.catalog import linking, references
from callboard.catalog.graph import FEW
from callboard.catalog.linking import PROBLEMS_PER_ENTITY, check_unidentified, link
from callboard.model.entity import Derived
from callboard.model.problem import Severity
from callboard.model.ref import EntityRef
from catalog_builders import KINDS, VECTORS, catalog_of, entity, linked, make, problems_of, ref
from descriptor_reading import read

CASES = json.loads((VECTORS / "relations.json").read_text())["cases"]


def canonical(part) -> EntityRef:
    return EntityRef(part["kind"].lower(), part["namespace"].lower(), part["name"].lower())


@pytest.mark.parametrize("case", [c for c in CASES if "relations" in c["expect"]], ids=lambda c: c["name"])
def test_relations_are_backstages(case):
    catalog, _ = link([entity(case["input"])], KINDS)
    found = {(r.source, r.type, r.target) for relations in catalog.relations.values() for r in relations}
    assert found == {(canonical(r["source"]), r["type"], canonical(r["target"])) for r in case["expect"]["relations"]}


@pytest.mark.parametrize("case", [c for c in CASES if "error" in c["expect"]], ids=lambda c: c["name"])
def test_a_dependency_without_a_kind_is_an_error_and_the_entity_stays(case):
    catalog, problems = link([entity(case["input"])], KINDS)
    assert len(catalog.entities) == 1
    [problem] = [p for p in problems if p.code == "REF002"]
    assert problem.severity is Severity.ERROR
    assert f"`{case['expect']['ref']}`" in problem.message
    assert problem.hint == f"Write `component:{case['expect']['ref']}` or `resource:{case['expect']['ref']}`, whichever it is."


def test_a_dependency_without_a_kind_is_told_what_exists():
    [problem] = problems_of("REF002", "component:shop dependsOn=[db]", "resource:db")
    assert problem.hint == "Write `resource:db`."
    assert problem.field == "spec.dependsOn[0]"


def test_a_compound_reference_is_a_reference():
    document = {"kind": "Component", "metadata": {"name": "x"}, "spec": {"owner": {"kind": "Group", "namespace": "ops", "name": "Web"}}}
    assert link([entity(document)], KINDS)[0].targets(ref("x"), "ownedBy") == (ref("group:ops/web"),)


@pytest.mark.parametrize("written", ["':a'", "'a:'", "'/a'", "'group:/a'"])
def test_what_is_no_reference_is_told_at_its_place(written):
    [problem] = problems_of("REF003", f"component:shop owner={written}")
    assert (problem.severity, problem.field) == (Severity.ERROR, "spec.owner")


@pytest.mark.parametrize("written", ["1", "null", "true", "''", "[null,1]", "~", "1.5", "{x:y}", "{}"])
def test_a_value_of_a_wrong_type_adds_no_relation(written):
    catalog, problems = linked(f"component:shop owner={written}")
    assert not catalog.relations
    assert not [p for p in problems if p.code.startswith("REF")]


def test_one_reference_in_place_of_a_list_is_read_and_a_list_in_place_of_one():
    catalog = catalog_of("component:shop consumesApis=orders system=[a]")
    assert catalog.targets(ref("shop"), "consumesApi", "partOf") == (ref("api:orders"), ref("system:a"))


def test_a_derived_owner_counts_where_the_descriptor_names_none():
    shop = replace(make("component:shop"), derived=(Derived("spec.owner", "web", "CODEOWNERS"),))
    catalog, problems = link([shop, make("group:web")], KINDS)
    assert catalog.targets(ref("shop"), "ownedBy") == (ref("group:web"),)
    assert "OWN001" not in [p.code for p in problems]


def test_what_both_ends_say_is_one_relation_and_each_keeps_its_own_statement():
    catalog = catalog_of("group:web members=[jane]", "user:jane memberOf=[web]")
    [up] = catalog.relations[ref("user:jane")]
    [down] = catalog.relations[ref("group:web")]
    assert (up.type, up.declared_by, up.field) == ("memberOf", ref("user:jane"), "spec.memberOf[0]")
    assert (down.type, down.declared_by, down.field) == ("hasMember", ref("group:web"), "spec.members[0]")


def test_the_holders_namespace_is_the_default_one():
    catalog = catalog_of("component:ops/shop owner=web system=default/all")
    assert catalog.targets(ref("component:ops/shop"), "ownedBy", "partOf") == (ref("group:ops/web"), ref("system:all"))


def test_a_missing_entity_still_knows_who_wants_it():
    catalog = catalog_of("component:shop dependsOn=[resource:db]")
    assert catalog.targets(ref("resource:db"), "dependencyOf") == (ref("shop"),)
    assert catalog.get(ref("resource:db")) is None


def test_an_unknown_kind_has_no_relations_and_does_no_harm():
    catalog = catalog_of("engagement:big owner=web", "group:web")
    assert list(catalog.entities) == [ref("engagement:big"), ref("group:web")]
    assert not catalog.relations


def test_of_two_entities_with_one_reference_the_first_counts():
    catalog, _ = link([make("component:shop owner=a"), make("component:shop owner=b", path="z.yaml")], KINDS)
    assert catalog.targets(ref("shop"), "ownedBy") == (ref("group:a"),)


def test_one_descriptor_has_a_bounded_number_of_problems_and_says_how_many_are_left_out():
    many = "[" + ",".join(f"component:x{i}" for i in range(PROBLEMS_PER_ENTITY + 50)) + "]"
    found = linked(f"component:shop owner=web dependsOn={many}", "component:other owner=web")[1]
    mine = [problem for problem in found if problem.subject == ref("component:shop")]
    assert len(mine) == PROBLEMS_PER_ENTITY + 1
    told = next(problem for problem in mine if problem.code == "YML009")
    assert told.message == "component:default/shop has 51 more problems than are listed: 51 of REF001."


NAMES = st.sampled_from(["a", "b", "c", "ops/a", "d"])
REFS = st.builds("{}:{}".format, st.sampled_from(["component", "resource", "system", "domain", "group", "user", "api"]), NAMES)
FIELDS = ["owner", "system", "subcomponentOf", "dependsOn", "dependencyOf", "providesApis", "parent", "children", "memberOf", "domain"]
FIELD = st.builds("{}=[{}]".format, st.sampled_from(FIELDS), REFS)
ENTITIES = st.lists(
    st.builds(lambda r, f: " ".join([r, *f]), REFS, st.lists(FIELD, max_size=4, unique_by=lambda x: x.split("=")[0])), max_size=8
)


@given(ENTITIES)
def test_every_relation_has_its_way_back(texts):
    catalog = catalog_of(*texts)
    reverse = {f.type: f.reverse for kind in KINDS.by_name.values() for f in kind.relations}
    reverse |= {back: there for there, back in reverse.items()}
    found = {(r.source, r.type, r.target) for relations in catalog.relations.values() for r in relations}
    assert found == {(target, reverse[type_], source) for source, type_, target in found}
    assert sum(map(len, catalog.relations.values())) == len(found)


@given(ENTITIES)
def test_every_stated_reference_that_dangles_is_told(texts):
    catalog, problems = linked(*texts)
    stated = [r for rs in catalog.relations.values() for r in rs if r.declared_by == r.source and r.target not in catalog.entities]
    told = {(p.subject, p.field) for p in problems if p.code in {"REF001", "REF005", "OWN002"}}
    assert told >= {(r.source, r.field) for r in stated}


def test_the_relations_of_a_busy_group_are_found_by_type():
    many = [f"component:c{number} owner=web" for number in range(FEW + 5)]
    catalog = catalog_of("group:web parent=acme members=[ann,bob]", *many)
    web = ref("group:web")
    assert len(catalog.targets(web, "ownerOf")) == FEW + 5
    assert catalog.targets(web, "hasMember", "childOf") == (ref("group:acme"), ref("user:ann"), ref("user:bob"))
    assert catalog.targets(web, "nothing") == ()


def unidentified(name, **spec):
    document = {"apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": {"name": name}, "spec": spec}
    return read(json.dumps(document)).unidentified


def test_the_references_of_a_descriptor_without_a_valid_name_are_checked():
    """Report use, B17: ENT006 and ENT007 hid the dangling references of their document until the name was right."""
    found = unidentified("a b", type="service", lifecycle="production", owner="team-a", dependsOn=["x", "component:y", "component:z"])
    problems = check_unidentified(found, KINDS, {ref("component:z"), ref("group:team-b")})
    assert [(problem.code, problem.field, problem.subject) for problem in problems] == [
        ("REF001", "spec.owner", None), ("REF002", "spec.dependsOn[0]", None), ("REF001", "spec.dependsOn[1]", None),
    ]  # fmt: skip
    assert all(problem.span and problem.fingerprint for problem in problems)
    alone = check_unidentified(found, KINDS, (), has_all_names=False)
    assert [problem.code for problem in alone] == ["REF002"]


def test_a_rule_about_the_catalog_that_fails_is_a_problem_and_the_others_are_run(monkeypatch):
    def check_everything(catalog):
        yield from ()
        raise KeyError(len(catalog.entities))

    monkeypatch.setattr("callboard.catalog.linking.CHECKS", (check_everything, *linking.CHECKS))
    _, problems = link([make("component:a owner=nobody")], KINDS)
    assert {"YML012", "REF001"} <= {problem.code for problem in problems}
    assert "`everything` failed: KeyError: 1" in next(problem.message for problem in problems if problem.code == "YML012")


def test_an_entity_whose_references_cannot_be_read_hides_no_other(monkeypatch):
    original = references._values
    monkeypatch.setattr(references, "_values", lambda entity, field: 1 / 0 if entity.ref.name == "a" else original(entity, field))
    catalog, problems = link([make("component:a owner=x"), make("component:b owner=x")], KINDS)
    assert catalog.targets(ref("b"), "ownedBy") == (ref("group:x"),)
    assert [str(problem.subject) for problem in problems if problem.code == "YML012"] == ["component:default/a"]
