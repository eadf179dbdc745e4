import json

import pytest

from callboard.descriptors.document import FileLocation, field_span, locate
from callboard.descriptors.kinds import builtin_kinds
from callboard.descriptors.reading import digest, read_file
from callboard.model.errors import MissingFileError, TooLargeError
from callboard.model.fields import dotted, undotted
from callboard.model.problem import Span
from callboard.model.tree import DescriptorFile
from callboard.settings.settings import Limits
from callboard.yaml.positions import compose
from descriptor_reading import GOOD, PLACE, cases, read


def codes(result):
    return [problem.code for problem in result.problems]


def test_a_good_descriptor_is_an_entity_without_problems():
    result = read(GOOD)
    [entity] = result.entities
    assert (str(entity.ref), entity.kind, entity.api_version) == ("component:default/orders", "Component", "backstage.io/v1alpha1")
    assert entity.metadata == {"name": "orders", "namespace": "default"}
    assert entity.spec["owner"] == "team-orders"
    assert entity.text == GOOD
    assert entity.digest == digest(entity)
    assert (result.problems, result.skipped) == ((), ())


@pytest.mark.parametrize("case", [case for case in cases("policies") if case["op"] == "default_namespace"], ids=lambda case: case["name"])
def test_the_namespace_is_filled_in_as_backstage_does(case):
    [entity] = read(json.dumps(case["input"])).entities
    assert dict(entity.metadata) == case["expect"]["metadata"]


def test_one_bad_document_never_loses_the_others():
    result = read(f"{GOOD}---\na: b: c\nkind: Component\n---\n{GOOD.replace('orders', 'payments')}")
    assert [str(entity.ref) for entity in result.entities] == ["component:default/orders", "component:default/payments"]
    assert [(entity.origin.document, entity.origin.line) for entity in result.entities] == [(0, 1), (2, 13)]
    assert [(problem.code, problem.span.line, problem.origin.document) for problem in result.problems] == [("YML001", 10, 1)]


def test_the_digest_is_of_the_meaning_and_not_of_the_spelling():
    other = "# note\n" + GOOD.replace("name: orders", 'name: "orders"').replace(
        "type: service\n  lifecycle: production", "lifecycle: production\n  type: service"
    )
    assert read(GOOD).entities[0].digest == read(other).entities[0].digest
    assert read(GOOD).entities[0].digest != read(GOOD.replace("production", "experimental")).entities[0].digest


def test_an_upper_case_namespace_is_read_in_lower_case_and_told():
    result = read(GOOD.replace("  name: orders\n", "  name: Orders\n  namespace: Shop\n"))
    assert str(result.entities[0].ref) == "component:shop/orders"
    assert result.entities[0].metadata["namespace"] == "Shop"
    assert [(problem.code, problem.severity) for problem in result.problems] == [("ENT007", "error")]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("kind: Component", "kind: a-b"), "ENT003"),
        (("name: orders", "name: 7"), "ENT006"),
        (("name: orders", "name: a b"), "ENT006"),
        (("name: orders", "name:"), "ENT006"),
        (("  name: orders\n", "  name: orders\n  namespace: a_b\n"), "ENT007"),
        (("  name: orders\n", "  name: orders\n  namespace:\n"), "ENT007"),
    ],
)
def test_what_cannot_be_referred_to_makes_no_entity(change, code):
    result = read(GOOD.replace(*change))
    assert result.entities == ()
    assert code in codes(result)


@pytest.mark.parametrize(
    "change",
    [("spec:", "specs:"), ("backstage.io/v1alpha1", "v7"), ("kind: Component", "kind: Wizard"), ("  owner: team-orders\n", "  owner: 7\n")],
)
def test_everything_else_is_an_entity_with_its_problems(change):
    result = read(GOOD.replace(*change))
    assert len(result.entities) == 1
    assert result.problems


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("# only a note\n", "empty"),
        ("null\n", "empty"),
        ("name: CI\non: [push]\njobs: {}\n", "not-a-descriptor"),
        ("openapi: 3.1.0\ninfo: {title: x}\n", "not-a-descriptor"),
        ("app:\n  title: Portal\nbackend: {}\n", "not-a-descriptor"),
        ("kind: pipeline\ntype: docker\n", "not-a-descriptor"),
        (GOOD.replace("name: orders", "name: ${{ values.name }}"), "template-skeleton"),
        (GOOD.replace("name: orders", "name: {{ cookiecutter.name }}"), "template-skeleton"),
        (GOOD.replace("  name: orders\n", "  {%- if x %}\n  name: a\n  {%- endif %}\n"), "template-skeleton"),
    ],
)
def test_what_is_no_descriptor_is_counted_and_not_reported(text, reason):
    result = read(text)
    assert (result.entities, result.problems) == ((), ())
    assert ([skipped.reason for skipped in result.skipped], result.documents) == ([reason], 0)


@pytest.mark.parametrize(
    "text",
    [
        "<html>: <body: x>: y",
        GOOD.replace("apiVersion: backstage.io/v1alpha1\n", ""),
        GOOD.replace("kind: Component\n", ""),
        GOOD.replace("apiVersion:", "apiversion:").replace("kind:", "Kind:"),
        "kind: component\n",
        "- a\n- b\n",
        "just a text",
    ],
)
def test_a_descriptor_with_a_mistake_is_a_problem_and_not_skipped(text):
    result = read(text)
    assert result.skipped == ()
    assert any(problem.severity == "error" for problem in result.problems)


def test_a_folder_of_a_skeleton_hides_the_problems_of_its_files():
    place = FileLocation("here", "tree", "acme/web", "", "${{ values.name }}/catalog-info.yaml")
    assert [skipped.reason for skipped in read(GOOD.replace("owner", "ownr"), place=place).skipped] == ["template-skeleton"]
    assert len(read(GOOD, place=place).entities) == 1


def test_an_empty_annotations_mapping_is_accepted_as_backstage_does():
    result = read(GOOD.replace("  name: orders\n", "  name: orders\n  annotations:\n"))
    assert [(problem.code, problem.severity) for problem in result.problems] == [("ENT009", "warning")]


def test_the_position_is_that_of_the_value_in_the_file():
    result = read("# top\n---\n" + GOOD.replace("  owner: team-orders", "  owner: 48113"))
    [problem] = result.problems
    assert problem.span == Span(10, 10, 10, 15)
    assert problem.field == "spec.owner"
    assert problem.hint == 'Put the value in quotes: "48113".'


@pytest.mark.parametrize(
    ("bad", "code", "hint"),
    [
        ("lifecyle: production", "SPC001", "Write lifecycle instead of lifecyle."),
        ("life_cycle: production", "SPC001", "Write lifecycle instead of life_cycle."),
    ],
)
def test_a_misspelt_field_that_is_needed_is_recognised(bad, code, hint):
    result = read(GOOD.replace("lifecycle: production", bad))
    assert [(problem.code, problem.hint) for problem in result.problems] == [(code, hint)]


@pytest.mark.parametrize(
    ("slip", "meant"), [("depends_on", "dependsOn"), ("dependson", "dependsOn"), ("providesApi", "providesApis"), ("sytem", "system")]
)
def test_a_misspelt_field_that_may_be_missing_is_a_warning(slip, meant):
    [problem] = read(GOOD + f"  {slip}: x\n").problems
    assert (problem.code, problem.severity, problem.hint) == ("SPC005", "warning", f"Did you mean {meant}?")


def test_own_fields_are_nobodys_business():
    assert read(GOOD.replace("  name: orders\n", "  name: orders\n  costCentre: 7\n") + "  runtime: java\n  tier: 1\n").problems == ()


def test_the_problems_of_a_file_are_bounded():
    tags = ", ".join("A" for _ in range(50))
    result = read(GOOD.replace("  name: orders\n", f"  name: orders\n  tags: [{tags}]\n"), limits=Limits(problems_per_file=10))
    assert len(result.problems) == 11
    assert codes(result)[-1] == "YML009"


def test_a_file_past_the_bound_is_not_parsed():
    assert codes(read(GOOD, limits=Limits(descriptor_bytes=10))) == ["YML005"]


def test_bytes_that_are_no_utf8_are_told_and_read_on():
    result = read(GOOD.encode().replace(b"  name: orders\n", b"  name: orders\n  title: Stra\xdfe\n"))
    assert [(problem.code, problem.span.line, problem.span.column) for problem in result.problems] == [("YML007", 5, 14)]
    assert result.entities[0].metadata["title"] == "Stra\ufffde"


@pytest.mark.parametrize(("error", "code"), [(MissingFileError("gone"), "YML010"), (TooLargeError("big"), "YML005")])
def test_a_file_that_its_tree_does_not_give_out_is_a_problem(error, code):
    class Closed:
        id = repository = "tree"
        revision = ""

        def read(self, path, limit):
            raise error

    assert codes(read_file(DescriptorFile("here", Closed(), "a.yaml"), builtin_kinds(), Limits())) == [code]


@pytest.mark.parametrize(
    ("field", "span"),
    [
        ("spec.owner", Span(18, 10, 18, 21)),
        ("spec.missing", Span(15, 1, 15, 5)),
        ("", Span(11, 1, 11, 11)),
        ("nothing.at[7].all", Span(11, 1, 11, 11)),
    ],
)
def test_a_field_is_located_and_a_missing_one_by_its_parent(field, span):
    assert locate(GOOD, 11, field) == span


def test_locating_in_what_is_no_yaml_gives_the_first_line():
    assert locate("a: b: c", 4, "a.b") == Span(4, 1, 4, 2)


def test_a_document_with_many_faults_is_composed_once(monkeypatch):
    composed = []
    monkeypatch.setattr("callboard.yaml.positions.compose", lambda text: composed.append(text) or compose(text))
    text = GOOD + "# a text of this test alone\n"
    places = [locate(text, 11, field) for field in ("metadata.name", "spec.owner", "metadata.name")]
    assert places[0] == places[2] != places[1]
    assert composed == [text]


@pytest.mark.parametrize(
    "path", [("spec", "dependsOn", 1), ("metadata", "annotations", "a.b/c"), ("metadata", "labels", 'q"x]'), ("a", 0, 1, "b")]
)
def test_a_path_survives_being_written(path):
    assert undotted(dotted(path)) == path


def test_a_problem_of_the_catalog_gets_its_place_from_the_entity():
    [entity] = read(GOOD).entities
    assert field_span(entity, "spec.owner") == Span(8, 10, 8, 21)
    assert PLACE.origin() == entity.origin


@pytest.mark.parametrize(
    "extra",
    [
        "  labels: {" + ", ".join(f"l{number}: 'a b'" for number in range(20_000)) + "}\n",
        "  tags: [" + "A, " * 40_000 + "]\n",
        "".join(f"  descriptio{number}: x\n" for number in range(20_000)),
        '  title: "' + "[" * 300_000 + ']"\n',
        '  title: "' + "eyJ-" * 100_000 + '"\n',
        '  title: "://' + "a:" * 200_000 + '"\n',
        "  title: " + " " * 300_000 + "x\n",
        "  title: '" + "[a]{b}," * 50_000 + "'\n",
    ],
    ids=["labels", "tags", "slips", "brackets", "tokens", "colons", "blanks", "mixed"],
)
@pytest.mark.long
def test_work_on_hostile_descriptors_is_bounded(extra):
    """Each of these takes minutes where work grows with the square of the size."""
    result = read(GOOD.replace("  name: orders\n", "  name: orders\n" + extra))
    assert len(result.problems) <= Limits().problems_per_file + 1
    assert len(result.entities) == 1


@pytest.mark.parametrize("line", ["\u00a0\u00a0name: shop", "  name:\u00a0shop"])
def test_a_no_break_space_is_named_where_yaml_does_not_take_it_for_a_space(line):
    """descriptors.md, C2: text that was copied from a wiki."""
    (problem,) = [
        p for p in read(f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n{line}\n").problems if p.code == "ENT005"
    ]
    assert "U+00A0" in problem.hint


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("name: shop", "name: ~", [("ENT006", 'Write a string after "name:".')]),
        ("owner: team-a", "owner: {}", [("SPC002", 'Write a single string after "owner:".')]),
        ("owner: team-a", "owner: group: team-a", [("YML001", "Put the string in quotes: it contains ': '.")]),
        ("owner: team-a", "owner: group:", [("YML001", 'Put the string in quotes, or remove the ":" at its end.')]),
    ],
)
def test_one_mistake_is_one_problem_with_a_hint_that_holds(old, new, expected):
    """descriptors.md, C5 and C7."""
    text = (
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: shop\n"
        "spec:\n  type: service\n  lifecycle: production\n  owner: team-a\n"
    )
    assert [(problem.code, problem.hint) for problem in read(text.replace(old, new)).problems] == expected
